//! What the warehouses and the account use up, hour by hour.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::BoxFuture;
use time::OffsetDateTime;
use tokio::time::Instant;

use super::ledger::{Hour, Ledger};
use super::question::{Collector, Look, Question, Questions, Row};
use super::questions::metering;
use crate::answer::AnswerRow;
use crate::error::Result;
use crate::metric::{MetricValues, metric_catalogue};

const VIEW: &str = "WAREHOUSE_METERING_HISTORY";
const COUNTER: &str = "snowflake_credits_used_total";
/// Hours that are looked at again, since those of cloud services come up to six hours late.
const OVERLAP: u64 = 36;
/// The most hours that are looked at after a long time without an answer.
const MOST: u64 = 8 * 24;

/// Counts the credits of each warehouse, and shows what the last 24 hours used.
#[derive(Debug)]
pub(super) struct Credits {
    ledger: Ledger,
    /// When the last look succeeded.
    last: Option<Instant>,
    metering: Question,
}

#[derive(Debug)]
struct Metered {
    hour: Hour,
    compute: f64,
    cloud_services: f64,
    is_recent: bool,
}

impl Credits {
    pub(super) fn new() -> Self {
        let memory = time::Duration::hours(9 * 24);
        Self { ledger: Ledger::new(most_warehouses(), memory), last: None, metering: metering() }
    }

    /// The hours to look at: those since the last look and an overlap.
    fn hours(&self) -> u64 {
        let since = self.last.map_or(Duration::ZERO, |last| last.elapsed());
        (since.as_secs() / 3600).saturating_add(OVERLAP).min(MOST)
    }

    fn show(&self, rows: &[Metered], look: Look<'_>) {
        let totals = self.ledger.totals().map(|(name, total)| (vec![name.to_owned()], total));
        look.figures.set(COUNTER, totals.collect::<Vec<Row>>());
        look.figures.set("snowflake_warehouse_used_compute_credits", a_day(rows, |row| row.compute));
        look.figures
            .set("snowflake_warehouse_used_cloud_service_credits", a_day(rows, |row| row.cloud_services));
    }
}

impl Collector for Credits {
    fn collect<'a>(&'a mut self, look: Look<'a>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let begun = Instant::now();
            let sql = format!(
                "SELECT WAREHOUSE_NAME, START_TIME, CREDITS_USED, CREDITS_USED_COMPUTE, \
                 CREDITS_USED_CLOUD_SERVICES, IFF(START_TIME >= DATEADD('hour', -24, CURRENT_TIMESTAMP()), 'Y', 'N') \
                 AS RECENT FROM SNOWFLAKE.ACCOUNT_USAGE.WAREHOUSE_METERING_HISTORY \
                 WHERE START_TIME >= DATEADD('hour', -{}, CURRENT_TIMESTAMP())",
                self.hours()
            );
            let rows = look.account.read_usage(sql, look.limit, VIEW, Metered::read).await?;
            self.ledger.take(rows.iter().map(|row| row.hour.clone()));
            self.last = Some(begun);
            self.show(&rows, look);
            Questions(vec![self.metering.clone()]).collect(look).await
        })
    }
}

impl Metered {
    fn read(row: &AnswerRow<'_>) -> Result<Self> {
        let start: OffsetDateTime = row.required_instant("START_TIME")?;
        let compute = row.number("CREDITS_USED_COMPUTE").unwrap_or(0.0);
        let cloud_services = row.number("CREDITS_USED_CLOUD_SERVICES").unwrap_or(0.0);
        let amount = row.number("CREDITS_USED").unwrap_or(compute + cloud_services);
        Ok(Self {
            hour: Hour { name: row.text("WAREHOUSE_NAME")?, start, amount },
            compute,
            cloud_services,
            is_recent: row.flag("RECENT").unwrap_or(false),
        })
    }
}

/// The average of each warehouse over the last 24 hours.
fn a_day(rows: &[Metered], figure: impl Fn(&Metered) -> f64) -> Vec<Row> {
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for row in rows {
        let sum = sums.entry(&row.hour.name).or_default();
        if row.is_recent {
            *sum += figure(row);
        }
    }
    sums.into_iter().map(|(name, sum)| (vec![name.to_owned()], sum / 24.0)).collect()
}

/// How many warehouses the catalogue lets the counter show.
fn most_warehouses() -> usize {
    let metric = metric_catalogue().iter().find(|metric| metric.name == COUNTER);
    match metric.and_then(|metric| metric.labels.first()).map(|label| label.values) {
        Some(MetricValues::AtMost(most)) => most,
        _ => 1,
    }
}
