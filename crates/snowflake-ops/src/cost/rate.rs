//! What an hour of a warehouse costs.

use snafu::OptionExt;
use snowflake_query::Pool;

use crate::error::{NoRateSnafu, Result};
use crate::names::identifier;
use crate::warehouse::{WarehouseSize, WarehouseStatus, warehouse_status};

/// A warehouse as far as its cost goes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rate {
    /// Its exact name.
    pub(super) name: String,
    pub(super) size: WarehouseSize,
    /// Credits for an hour of one cluster.
    pub(super) per_hour: f64,
    /// Whether it would have to start first.
    pub(super) is_suspended: bool,
}

/// The least time that is billed when a warehouse starts.
pub(super) const LEAST_BILLED_SECONDS: f64 = 60.0;
pub(super) const SECONDS_PER_HOUR: f64 = 3_600.0;
/// Snowpark-optimized warehouses, and standard ones of the second generation, where that depends on the cloud: the
/// dearer of the two.
const SNOWPARK_FACTOR: f64 = 1.5;
const SECOND_GENERATION_FACTOR: f64 = 1.35;

/// Asks for a warehouse by its name as SQL spells it. Wakes nothing and costs nothing.
pub(super) async fn fetch_rate(pool: &Pool, warehouse: &str) -> Result<Rate> {
    let status = warehouse_status(pool, warehouse).await?;
    let size = status.size.with_context(|| NoRateSnafu { name: &*status.name })?;
    Ok(Rate {
        per_hour: size.credits_per_hour() * factor(&status),
        size,
        is_suspended: status.state.is_suspended(),
        name: status.name,
    })
}

/// The exact name that a spelling of SQL means.
pub(super) fn exact(warehouse: &str) -> Result<String> {
    Ok(identifier(warehouse)?.name().to_owned())
}

fn factor(status: &WarehouseStatus) -> f64 {
    status.warehouse_type.as_deref().and_then(kind_factor).unwrap_or_else(|| {
        let second = status.generation.as_deref().is_some_and(|text| text == "2" || text == "STANDARD_GEN_2");
        if second { SECOND_GENERATION_FACTOR } else { 1.0 }
    })
}

/// How many times the credits of a standard warehouse one of another type costs.
pub(super) fn kind_factor(kind: &str) -> Option<f64> {
    kind.eq_ignore_ascii_case("SNOWPARK-OPTIMIZED").then_some(SNOWPARK_FACTOR)
}

#[cfg(test)]
mod tests {
    use snowflake_sim::{Answer, StandIn, Table};

    use super::fetch_rate;
    use crate::error::ErrorKind;
    use crate::testing::pool;

    fn warehouses() -> Table {
        Table::new()
            .text("name")
            .text("state")
            .text("type")
            .text("size")
            .text("generation")
            .row(("WH", "STARTED", "STANDARD", "Large", "1"))
            .row(("NEW_WH", "SUSPENDED", "STANDARD", "Small", "2"))
            .row(("ML", "STARTED", "SNOWPARK-OPTIMIZED", "Medium", None::<&str>))
            .row(("odd \"one\"", "STARTED", "STANDARD", "X-Small", "1"))
    }

    #[tokio::test(start_paused = true)]
    async fn a_warehouse_costs_what_its_size_type_and_generation_say() {
        let pool = pool(&StandIn::new().on_prefix("SHOW WAREHOUSES LIKE", Answer::rows(warehouses())));
        for (name, rate, suspended) in [
            ("wh", 8.0, false),
            ("NEW_WH", 2.7, true),
            ("ml", 6.0, false),
            ("\"odd \"\"one\"\"\"", 1.0, false),
        ] {
            let found = fetch_rate(&pool, name).await.unwrap();
            assert!((found.per_hour - rate).abs() < 1e-9, "{found:?}");
            assert_eq!(found.is_suspended, suspended, "{found:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn q01_a_name_is_a_name_and_a_missing_warehouse_is_named() {
        let service = StandIn::new().on_any(|asked| {
            // A name with signs of its own reaches the service as one literal.
            asked.sql().contains(r"LIKE 'a\\_\\%''b'").then(|| Answer::rows(warehouses()))
        });
        let pool = pool(&service);
        let error = fetch_rate(&pool, "\"a_%'b\"").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("a_%'b"), "{error}");
        for name in ["", "a b", "x; drop warehouse y", "\"a"] {
            assert_eq!(fetch_rate(&pool, name).await.unwrap_err().kind(), ErrorKind::Configuration, "{name}");
        }
    }
}
