//! Where a router learns how warehouses are doing.

use std::fmt;
use std::sync::Arc;

use snowflake_query::Pool;
use snowflake_transport::{BoxFuture, Clock};

use super::{WarehouseConfig, WarehouseStatus, list_warehouses};
use crate::error::Result;

/// Where a [`WarehouseRouter`](super::WarehouseRouter) learns how warehouses are doing: a pool, a client, or something
/// of the caller's own.
pub trait WarehouseSource: fmt::Debug + Send + Sync {
    /// The warehouses of the account, as far as they may be seen.
    ///
    /// # Errors
    /// Whatever keeps the source from knowing; the router then does without.
    fn warehouses(&self) -> BoxFuture<'_, Result<Vec<WarehouseStatus>>>;

    /// The clock by which what is known grows old.
    fn clock(&self) -> Arc<dyn Clock>;

    /// What is configured for the router, for [`WarehouseRouter::from_config`](super::WarehouseRouter::from_config).
    fn configured(&self) -> Vec<WarehouseConfig> {
        Vec::new()
    }

    /// The warehouse to use when nothing is known, for
    /// [`WarehouseRouter::from_config`](super::WarehouseRouter::from_config).
    fn default_warehouse(&self) -> Option<String> {
        None
    }
}

impl WarehouseSource for Pool {
    fn warehouses(&self) -> BoxFuture<'_, Result<Vec<WarehouseStatus>>> {
        Box::pin(list_warehouses(self))
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(self.clock())
    }
}
