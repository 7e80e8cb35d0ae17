//! Credits by warehouse and hour.

use std::time::Duration;

use snowflake_proto::Literal;
use snowflake_query::{ErrorKind, Pool, Query, QueryBuilder};
use time::OffsetDateTime;

use super::rate::exact;
use crate::account_usage::{read_account_usage, spelled};
use crate::answer::{AnswerRow, read_all};
use crate::error::Result;

/// How far back the function of INFORMATION_SCHEMA looks: six months.
const RECENT: time::Duration = time::Duration::days(180);

/// What one warehouse used in one hour.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CreditUsage {
    /// The exact name of the warehouse.
    pub warehouse: String,
    /// The beginning of the hour.
    pub start: OffsetDateTime,
    /// The end of the hour.
    pub end: OffsetDateTime,
    /// All credits: those of compute and those of cloud services. What is billed may be less, because cloud services
    /// are free up to a tenth of a day's compute.
    pub credits_used: f64,
    /// Credits of the warehouse itself, idle time included.
    pub credits_used_compute: f64,
    /// Credits of the services around it: compiling, metadata, results that were kept.
    pub credits_used_cloud_services: f64,
    /// Where the row comes from, which says how late it can be.
    pub source: UsageSource,
}

/// Where figures about usage come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UsageSource {
    /// A view of `SNOWFLAKE.ACCOUNT_USAGE`: a year, complete, late.
    AccountUsage,
    /// A function of INFORMATION_SCHEMA: six months, at once; over a long range it may lack rows.
    InformationSchema,
}

impl UsageSource {
    /// How late a row of [`CreditUsage`] can appear in it, and its cloud services twice as late.
    #[must_use]
    pub fn latency(self) -> Duration {
        match self {
            Self::AccountUsage => Duration::from_secs(3 * 3_600),
            Self::InformationSchema => Duration::ZERO,
        }
    }
}

/// The credits of every hour that begins in a span of time, of one warehouse or of all, in the order of the hours.
///
/// The name of the warehouse is spelled as in SQL. The rows are those of
/// `SNOWFLAKE.ACCOUNT_USAGE.WAREHOUSE_METERING_HISTORY`; where the role may not read it, those of the function of
/// INFORMATION_SCHEMA with that name, for spans of the last six months and roles with the privilege MONITOR USAGE.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) for a name that is none; where the role may read neither source,
/// one of which [`Error::lacks_account_usage`](crate::Error::lacks_account_usage) is true, and whose text has the
/// missing grant; the other kinds of a statement.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement.
pub async fn fetch_credit_usage(
    pool: &Pool,
    start: OffsetDateTime,
    end: OffsetDateTime,
    warehouse: Option<&str>,
) -> Result<Vec<CreditUsage>> {
    const NAME: &str = "WAREHOUSE_METERING_HISTORY";
    let warehouse = warehouse.map(exact).transpose()?;
    let account =
        select("snowflake.account_usage.warehouse_metering_history", start, end, warehouse.as_deref());
    let refused = match read_account_usage(pool, account, NAME, reader(UsageSource::AccountUsage)).await {
        Err(error) if error.lacks_account_usage() => error,
        rows => return rows,
    };
    if pool.clock().wall() - start > RECENT {
        return Err(refused);
    }
    let function = select(&function(start, end, warehouse.as_deref()), start, end, warehouse.as_deref());
    match read_all(pool, function, NAME, reader(UsageSource::InformationSchema)).await {
        Err(error) if error.kind() == ErrorKind::Sql => Err(refused),
        rows => rows,
    }
}

fn select(source: &str, start: OffsetDateTime, end: OffsetDateTime, warehouse: Option<&str>) -> Query {
    let filter = if warehouse.is_some() { " AND warehouse_name = ?" } else { "" };
    let sql = format!(
        "SELECT warehouse_name, start_time, end_time, credits_used, credits_used_compute, \
         credits_used_cloud_services FROM {source} \
         WHERE start_time >= ? AND start_time < ?{filter} ORDER BY start_time, warehouse_name"
    );
    let query = QueryBuilder::new(sql).bind(start).bind(end);
    match warehouse {
        Some(name) => query.bind(name).build(),
        None => query.build(),
    }
}

/// The function takes days, which are those of the session's zone: a day more at each end holds every hour.
fn function(start: OffsetDateTime, end: OffsetDateTime, warehouse: Option<&str>) -> String {
    let first = start.saturating_sub(time::Duration::DAY).date();
    let last = end.saturating_add(time::Duration::DAY).date();
    let name = warehouse
        .map_or_else(String::new, |name| format!(", WAREHOUSE_NAME => {}", Literal::text(spelled(name))));
    format!(
        "TABLE(INFORMATION_SCHEMA.WAREHOUSE_METERING_HISTORY(\
         DATE_RANGE_START => '{first}', DATE_RANGE_END => '{last}'{name}))"
    )
}

fn reader(source: UsageSource) -> impl Fn(&AnswerRow<'_>) -> Result<CreditUsage> {
    move |row| {
        Ok(CreditUsage {
            warehouse: row.text("warehouse_name")?,
            start: row.required_instant("start_time")?,
            end: row.required_instant("end_time")?,
            credits_used: row.required_number("credits_used")?,
            credits_used_compute: row.number("credits_used_compute").unwrap_or(0.0),
            credits_used_cloud_services: row.number("credits_used_cloud_services").unwrap_or(0.0),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use snowflake_proto::DataType;
    use snowflake_sim::{Answer, CellValue, StandIn, Table};
    use time::Duration;

    use super::{UsageSource, fetch_credit_usage};
    use crate::error::ErrorKind;
    use crate::testing::{NOW, pool};

    fn hours() -> Answer {
        let instant = DataType::TimestampLtz { scale: 3 };
        let table = Table::new()
            .text("WAREHOUSE_NAME")
            .column("START_TIME", instant.clone())
            .column("END_TIME", instant)
            .number("CREDITS_USED", 9)
            .number("CREDITS_USED_COMPUTE", 9)
            .number("CREDITS_USED_CLOUD_SERVICES", 9);
        let (start, end) = (CellValue::Instant(NOW - Duration::HOUR), CellValue::Instant(NOW));
        let credits = ["1.250000001", "1.000000000", "0.250000001"].map(CellValue::from);
        Answer::rows(table.row([vec!["WH".into(), start, end], credits.to_vec()].concat()))
    }

    fn refused() -> Answer {
        Answer::error("002003", "02000", "Database 'SNOWFLAKE' does not exist or not authorized.")
    }

    #[tokio::test(start_paused = true)]
    async fn hours_come_from_the_accounts_view() {
        let service = StandIn::new().on_any(|asked| {
            let is_view = asked.sql().contains("FROM snowflake.account_usage.warehouse_metering_history");
            (is_view && asked.bind("3") == Some("WH")).then(hours)
        });
        let usage =
            fetch_credit_usage(&pool(&service), NOW - Duration::days(7), NOW, Some("wh")).await.unwrap();
        let [hour] = usage.as_slice() else { panic!("{usage:?}") };
        assert!((hour.credits_used - 1.250000001).abs() < 1e-12 && hour.end == NOW);
        assert_eq!(hour.source.latency(), std::time::Duration::from_secs(10_800));
    }

    #[tokio::test(start_paused = true)]
    async fn q01_a_role_without_the_view_is_served_by_the_function() {
        let service = StandIn::new()
            .on_any(|asked| asked.sql().contains("account_usage").then(refused))
            .on_any(|asked| {
                let call = "DATE_RANGE_START => '2026-02-21', DATE_RANGE_END => '2026-03-02', \
                            WAREHOUSE_NAME => '\"it''s \"\"me\"\"\"')";
                asked.sql().contains(call).then(hours)
            });
        let name = Some("\"it's \"\"me\"\"\"");
        let usage = fetch_credit_usage(&pool(&service), NOW - Duration::days(7), NOW, name).await.unwrap();
        assert_eq!(usage[0].source, UsageSource::InformationSchema);
    }

    #[tokio::test(start_paused = true)]
    async fn e03_a_span_that_only_the_view_has_fails_with_the_missing_grant() {
        let service = StandIn::new()
            .on_any(|asked| asked.sql().contains("account_usage").then(refused))
            .on_any(|asked| {
                asked.sql().contains("INFORMATION_SCHEMA").then(|| Answer::error("002141", "42601", "no"))
            });
        for days in [7, 300] {
            let start = NOW - Duration::days(days);
            let error = fetch_credit_usage(&pool(&service), start, NOW, None).await.unwrap_err();
            assert!(error.lacks_account_usage(), "{error}");
            assert!(error.to_string().contains("GRANT IMPORTED PRIVILEGES"), "{error}");
        }
        let error = fetch_credit_usage(&pool(&service), NOW, NOW, Some("a; b")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
}
