//! `snowflake-ops cost`: what the account has used, by warehouse and day, by tag, and by statement.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use snowflake_client::{AttributionKey, CostAttribution, CreditUsage, SnowflakeClient};
use time::{Date, Duration, OffsetDateTime};

use super::json::{Object, list};
use super::output::print;
use super::table::Table;
use super::{Error, settings};

#[derive(Args)]
pub(super) struct Cost {
    /// How many days back, today included.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=365))]
    days: u16,
    /// Only this warehouse, spelled as in SQL.
    #[arg(long)]
    warehouse: Option<String>,
    /// By what the credits of statements are told apart.
    #[arg(long, value_enum, default_value_t = Key::Tag)]
    by: Key,
    /// Prints one JSON object instead of tables.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Key {
    Tag,
    User,
    Warehouse,
    Database,
}

impl Key {
    fn attribution(self) -> AttributionKey {
        match self {
            Self::Tag => AttributionKey::Tag,
            Self::User => AttributionKey::User,
            Self::Warehouse => AttributionKey::Warehouse,
            Self::Database => AttributionKey::Database,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::User => "user",
            Self::Warehouse => "warehouse",
            Self::Database => "database",
        }
    }
}

/// Credits of a day and a warehouse: for compute, and for cloud services.
type Days = BTreeMap<(Date, String), (f64, f64)>;

impl Cost {
    pub(super) async fn run(self) -> Result<ExitCode, Error> {
        let client = settings::client()?;
        let outcome = self.tell(&client).await;
        client.close().await;
        outcome.map(|()| ExitCode::SUCCESS)
    }

    async fn tell(&self, client: &SnowflakeClient) -> Result<(), Error> {
        let now = OffsetDateTime::now_utc();
        let midnight = now.replace_time(time::Time::MIDNIGHT);
        let start = midnight - Duration::days(i64::from(self.days) - 1);
        let usage = client.get_credit_usage(start, now, self.warehouse.as_deref()).await?;
        let parts = client.attribute_credits(start, now, self.by.attribution()).await?;
        let days = by_day(&usage);
        let text = if self.json { self.json(&days, &parts) + "\n" } else { self.tables(&days, &parts) };
        Ok(print(&text)?)
    }

    fn tables(&self, days: &Days, parts: &CostAttribution) -> String {
        let mut table = Table::new(&["DAY", "WAREHOUSE", "COMPUTE", "CLOUD SERVICES", "CREDITS"], 2);
        for ((day, warehouse), (compute, cloud)) in days {
            let numbers = [compute, cloud, &(compute + cloud)].map(|credits| format!("{credits:.4}"));
            table.row([day.to_string(), warehouse.clone()].into_iter().chain(numbers));
        }
        let mut by = Table::new(&[&self.by.word().to_uppercase(), "STATEMENTS", "CREDITS"], 1);
        for line in &parts.lines {
            let key = line.key.clone().unwrap_or_else(|| "(none)".to_owned());
            by.row([key, line.statements.to_string(), format!("{:.4}", line.credits)]);
        }
        by.row(["(idle)".to_owned(), String::new(), format!("{:.4}", parts.not_attributed)]);
        by.row(["(cloud services)".to_owned(), String::new(), format!("{:.4}", parts.cloud_services)]);
        by.row(["(total)".to_owned(), String::new(), format!("{:.4}", parts.total)]);
        let used = if table.is_empty() { "No warehouse was metered.\n".to_owned() } else { table.text() };
        format!("{used}\n{}", by.text())
    }

    fn json(&self, days: &Days, parts: &CostAttribution) -> String {
        let days = days.iter().map(|((day, warehouse), (compute, cloud))| {
            Object::default()
                .text("day", &day.to_string())
                .text("warehouse", warehouse)
                .raw("compute", &number(*compute))
                .raw("cloud_services", &number(*cloud))
                .end()
        });
        let lines = parts.lines.iter().map(|line| {
            Object::default()
                .optional(self.by.word(), line.key.as_deref())
                .raw("statements", &line.statements.to_string())
                .raw("credits", &number(line.credits))
                .end()
        });
        Object::default()
            .raw("days", &list(days))
            .raw("lines", &list(lines))
            .raw("not_attributed", &number(parts.not_attributed))
            .raw("cloud_services", &number(parts.cloud_services))
            .raw("total", &number(parts.total))
            .end()
    }
}

fn by_day(usage: &[CreditUsage]) -> Days {
    let mut days = Days::new();
    for hour in usage {
        let day = hour.start.to_offset(time::UtcOffset::UTC).date();
        let (compute, cloud) = days.entry((day, hour.warehouse.clone())).or_default();
        *compute += hour.credits_used_compute;
        *cloud += hour.credits_used_cloud_services;
    }
    days
}

/// JSON has no word for what is no number.
fn number(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { "null".to_owned() }
}
