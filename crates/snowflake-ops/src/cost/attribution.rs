//! Who or what the credits of an account went to.

use snowflake_query::{Pool, QueryBuilder};
use time::OffsetDateTime;

use crate::account_usage::read_account_usage;
use crate::error::Result;

/// By what credits are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributionKey {
    /// The query tag that a statement carried.
    Tag,
    /// The user who ran it.
    User,
    /// The warehouse on which it ran.
    Warehouse,
    /// The database that was current.
    Database,
}

/// The credits of a span of time, told apart.
///
/// The credits of the lines, those that are nobody's and those of cloud services add up to the total.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CostAttribution {
    /// What statements used, from the most.
    pub lines: Vec<AttributionLine>,
    /// Compute that no statement used: the time for which warehouses ran idle. It falls below zero where statements
    /// that began in the span ran on after its end, or where their metering is not there yet.
    pub not_attributed: f64,
    /// Cloud services, before a tenth of a day's compute of them is taken off.
    pub cloud_services: f64,
    /// Everything: the compute of all warehouses, cloud services, query acceleration.
    pub total: f64,
}

/// The credits of one tag, user, warehouse or database.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AttributionLine {
    /// The tag or name; `None` for statements without one.
    pub key: Option<String>,
    /// Compute and query acceleration together.
    pub credits: f64,
    /// The part that warehouses used.
    pub compute: f64,
    /// The part that the query acceleration service used.
    pub query_acceleration: f64,
    /// How many statements.
    pub statements: u64,
}

impl AttributionKey {
    fn column(self) -> &'static str {
        match self {
            Self::Tag => "a.query_tag",
            Self::User => "a.user_name",
            Self::Warehouse => "a.warehouse_name",
            Self::Database => "q.database_name",
        }
    }

    /// The attribution knows no database: the history does.
    fn join(self) -> &'static str {
        match self {
            Self::Database => {
                " LEFT JOIN snowflake.account_usage.query_history q ON q.query_id = a.query_id AND q.start_time >= ?"
            }
            _ => "",
        }
    }
}

/// The credits of the statements and warehouses of a span of time, told apart.
///
/// Take whole hours, which end at least eight hours ago: so late can the account attribute.
///
/// # Errors
/// Where the role may not read the account's usage, one of which
/// [`Error::lacks_account_usage`](crate::Error::lacks_account_usage) is true, and whose text has the missing grant; the
/// other kinds of a statement.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement that it waits for.
pub async fn attribute_credits(
    pool: &Pool,
    start: OffsetDateTime,
    end: OffsetDateTime,
    key: AttributionKey,
) -> Result<CostAttribution> {
    let (compute, cloud_services) = metered(pool, start, end).await?;
    Ok(CostAttribution::of(lines(pool, start, end, key).await?, compute, cloud_services))
}

impl CostAttribution {
    fn of(mut lines: Vec<AttributionLine>, compute: f64, cloud_services: f64) -> Self {
        lines.sort_by(|one, other| {
            other.credits.total_cmp(&one.credits).then_with(|| one.key.cmp(&other.key))
        });
        let used: f64 = lines.iter().map(|line| line.compute).sum();
        let accelerated: f64 = lines.iter().map(|line| line.query_acceleration).sum();
        Self {
            lines,
            not_attributed: compute - used,
            cloud_services,
            total: compute + cloud_services + accelerated,
        }
    }
}

async fn lines(
    pool: &Pool,
    start: OffsetDateTime,
    end: OffsetDateTime,
    key: AttributionKey,
) -> Result<Vec<AttributionLine>> {
    let (column, join) = (key.column(), key.join());
    let sql = format!(
        "SELECT NULLIF({column}, '') AS line, COUNT(*) AS statements, \
         SUM(a.credits_attributed_compute) AS compute, SUM(a.credits_used_query_acceleration) AS acceleration \
         FROM snowflake.account_usage.query_attribution_history a{join} \
         WHERE a.start_time >= ? AND a.start_time < ? GROUP BY NULLIF({column}, '')"
    );
    let mut query = QueryBuilder::new(sql);
    if !join.is_empty() {
        query = query.bind(start);
    }
    read_account_usage(pool, query.bind(start).bind(end), "QUERY_ATTRIBUTION_HISTORY", |row| {
        let compute = row.number("compute").unwrap_or(0.0);
        let query_acceleration = row.number("acceleration").unwrap_or(0.0);
        Ok(AttributionLine {
            key: row.optional_text("line"),
            credits: compute + query_acceleration,
            compute,
            query_acceleration,
            statements: row.count("statements").unwrap_or(0),
        })
    })
    .await
}

async fn metered(pool: &Pool, start: OffsetDateTime, end: OffsetDateTime) -> Result<(f64, f64)> {
    let sql = "SELECT SUM(credits_used_compute) AS compute, SUM(credits_used_cloud_services) AS cloud_services \
               FROM snowflake.account_usage.warehouse_metering_history WHERE start_time >= ? AND start_time < ?";
    let query = QueryBuilder::new(sql).bind(start).bind(end);
    let rows = read_account_usage(pool, query, "WAREHOUSE_METERING_HISTORY", |row| {
        Ok((row.number("compute").unwrap_or(0.0), row.number("cloud_services").unwrap_or(0.0)))
    });
    Ok(rows.await?.into_iter().next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use snowflake_sim::{Answer, StandIn, Table};
    use time::Duration;

    use super::{AttributionKey, AttributionLine, CostAttribution, attribute_credits};
    use crate::testing::{NOW, pool};

    proptest! {
        #[test]
        fn e05_the_parts_add_up_to_the_whole(
            used in prop::collection::vec((0.0..50.0_f64, 0.0..5.0_f64), 0..12),
            compute in 0.0..500.0_f64,
            cloud in 0.0..50.0_f64,
        ) {
            let lines = used.iter().enumerate().map(|(n, (compute, acceleration))| AttributionLine {
                key: (n > 0).then(|| n.to_string()),
                credits: compute + acceleration,
                compute: *compute,
                query_acceleration: *acceleration,
                statements: 1,
            });
            let told = CostAttribution::of(lines.collect(), compute, cloud);
            let parts: f64 = told.lines.iter().map(|line| line.credits).sum();
            prop_assert!((parts + told.not_attributed + told.cloud_services - told.total).abs() < 1e-9);
            prop_assert!(told.lines.windows(2).all(|pair| pair[0].credits >= pair[1].credits));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn idle_time_and_statements_without_a_tag_are_lines_of_their_own() {
        let tags = Table::new()
            .text("LINE")
            .number("STATEMENTS", 0)
            .float("COMPUTE")
            .float("ACCELERATION")
            .row((None::<&str>, 3, 1.0, None::<f64>))
            .row(("etl", 5, 2.0, 0.5));
        let metering = Table::new().float("COMPUTE").float("CLOUD_SERVICES").row((4.0, 0.25));
        let service = StandIn::new()
            .on_prefix("SELECT SUM(credits_used_compute)", Answer::rows(metering))
            .on_any(move |asked| {
                (asked.sql().contains("NULLIF(a.query_tag") && asked.bind_count() == 2)
                    .then(|| Answer::rows(tags.clone()))
            });
        let told = attribute_credits(&pool(&service), NOW - Duration::days(1), NOW, AttributionKey::Tag)
            .await
            .unwrap();
        assert_eq!(
            told.lines.iter().map(|line| line.key.as_deref()).collect::<Vec<_>>(),
            [Some("etl"), None]
        );
        assert!((told.not_attributed - 1.0).abs() < 1e-9 && (told.total - 4.75).abs() < 1e-9, "{told:?}");
    }
}
