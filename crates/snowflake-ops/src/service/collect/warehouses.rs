//! What the warehouses do now. `SHOW WAREHOUSES` needs no warehouse and wakes none.

use futures::future::BoxFuture;

use super::question::{Collector, Look, Row};
use crate::error::Result;
use crate::warehouse::WarehouseStatus;

const STATEMENT: &str = "SHOW WAREHOUSES";

/// Looks at the list of warehouses.
#[derive(Debug)]
pub(super) struct Warehouses;

impl Collector for Warehouses {
    fn collect<'a>(&'a mut self, look: Look<'a>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let warehouses = look.account.read_show(STATEMENT, look.limit, WarehouseStatus::read).await?;
            let show = |name: &'static str, figure: &dyn Fn(&WarehouseStatus) -> Option<f64>| {
                let row =
                    |warehouse: &WarehouseStatus| Some((vec![warehouse.name.clone()], figure(warehouse)?));
                look.figures.set(name, warehouses.iter().filter_map(row).collect::<Vec<Row>>());
            };
            show("snowflake_warehouse_running_queries", &|warehouse| Some(number(warehouse.running)));
            show("snowflake_warehouse_queued_queries", &|warehouse| Some(number(warehouse.queued)));
            show("snowflake_warehouse_started_clusters", &|warehouse| {
                Some(f64::from(warehouse.started_clusters))
            });
            show("snowflake_warehouse_credits_per_hour", &|warehouse| warehouse.credits_per_hour());
            Ok(())
        })
    }
}

/// A count as a figure.
fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
