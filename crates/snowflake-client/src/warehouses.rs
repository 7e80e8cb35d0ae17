//! Warehouses: how they do, and changing that.

use std::sync::Arc;

use snowflake_ops::{WarehouseConfig, WarehouseLoad, WarehouseSize, WarehouseSource, WarehouseStatus};
use snowflake_transport::{BoxFuture, Clock, SystemClock};
use time::OffsetDateTime;

use crate::client::SnowflakeClient;
use crate::error::SnowflakeError;

/// Warehouses: how they do, and changing that. [`WarehouseRouter`](crate::WarehouseRouter) chooses one for each piece
/// of work.
///
/// Names are read as in SQL: `wh` and `WH` are the same, `"wh"` is another one.
///
/// ```
/// # #[cfg(feature = "sim-server")]
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// # use snowflake_client::{Protocol, SnowflakeClient, sim::SimServer};
/// # let server = SimServer::builder().user("me", "secret").start().await?;
/// # let client = SnowflakeClient::builder().account(server.account()).host(server.host()).port(server.port())
/// #     .protocol(Protocol::Http).user("me").password("secret").build().await?;
/// use snowflake_client::{WarehouseSize, WarehouseState};
///
/// client.execute("CREATE WAREHOUSE etl_wh WAREHOUSE_SIZE = SMALL").await?;
/// client.resize_warehouse("etl_wh", WarehouseSize::Large).await?;
/// client.suspend_warehouse("etl_wh").await?;
/// let status = client.warehouse_status("etl_wh").await?;
/// assert_eq!((status.size, status.state), (Some(WarehouseSize::Large), WarehouseState::Suspended));
/// for warehouse in client.list_warehouses().await? {
///     println!("{}: {} run, {} wait", warehouse.name, warehouse.running, warehouse.queued);
/// }
/// # client.close().await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl SnowflakeClient {
    /// The warehouses that the role sees. This wakes none.
    ///
    /// # Errors
    /// As [`snowflake_ops::list_warehouses`].
    ///
    /// # Cancellation
    /// Dropping the future tells the service to stop the statement.
    pub async fn list_warehouses(&self) -> Result<Vec<WarehouseStatus>, SnowflakeError> {
        Ok(snowflake_ops::list_warehouses(self.pool()?).await?)
    }

    /// How one warehouse is doing. This wakes none.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such warehouse, or none that the role may see;
    /// otherwise as [`snowflake_ops::warehouse_status`].
    ///
    /// # Cancellation
    /// Dropping the future tells the service to stop the statement.
    pub async fn warehouse_status(&self, name: &str) -> Result<WarehouseStatus, SnowflakeError> {
        Ok(snowflake_ops::warehouse_status(self.pool()?, name).await?)
    }

    /// How busy a warehouse was between two times of the last 14 days.
    ///
    /// # Errors
    /// As [`snowflake_ops::warehouse_load`].
    ///
    /// # Cancellation
    /// Dropping the future tells the service to stop the statement.
    pub async fn warehouse_load(
        &self,
        name: &str,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Result<Vec<WarehouseLoad>, SnowflakeError> {
        Ok(snowflake_ops::warehouse_load(self.pool()?, name, from, to).await?)
    }

    /// Suspends a warehouse. One that is suspended already is no error.
    ///
    /// # Errors
    /// As [`resize_warehouse`](Self::resize_warehouse), the privilege being `OPERATE`.
    ///
    /// # Cancellation
    /// Dropping the future tells the service to stop the statement, which may have been carried out.
    pub async fn suspend_warehouse(&self, name: &str) -> Result<(), SnowflakeError> {
        Ok(snowflake_ops::suspend_warehouse(self.pool()?, name).await?)
    }

    /// Resumes a warehouse, which uses credits from then on. One that runs is no error.
    ///
    /// # Errors
    /// As [`resize_warehouse`](Self::resize_warehouse), the privilege being `OPERATE`.
    ///
    /// # Cancellation
    /// Dropping the future tells the service to stop the statement, which may have been carried out.
    pub async fn resume_warehouse(&self, name: &str) -> Result<(), SnowflakeError> {
        Ok(snowflake_ops::resume_warehouse(self.pool()?, name).await?)
    }

    /// Changes the size of a warehouse.
    ///
    /// # Errors
    /// [`Sql`](crate::ErrorKind::Sql) when the warehouse does not exist or the role lacks `MODIFY` on it, which the
    /// message names; otherwise as [`snowflake_ops::resize_warehouse`].
    ///
    /// # Cancellation
    /// Dropping the future tells the service to stop the statement, which may have been carried out.
    pub async fn resize_warehouse(&self, name: &str, size: WarehouseSize) -> Result<(), SnowflakeError> {
        Ok(snowflake_ops::resize_warehouse(self.pool()?, name, size).await?)
    }
}

/// A router learns from the client's account; [`WarehouseRouter::from_config`](crate::WarehouseRouter::from_config) also
/// from [`SnowflakeConfig::warehouses`](crate::SnowflakeConfig::warehouses), and takes the client's warehouse for its
/// default.
impl WarehouseSource for SnowflakeClient {
    fn warehouses(&self) -> BoxFuture<'_, snowflake_ops::Result<Vec<WarehouseStatus>>> {
        Box::pin(async move {
            let pool = self.pool().map_err(|error| snowflake_ops::Error::configuration(error.to_string()))?;
            snowflake_ops::list_warehouses(pool).await
        })
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.pool().map_or_else(|_| Arc::new(SystemClock) as _, |pool| Arc::clone(pool.clock()))
    }

    fn configured(&self) -> Vec<WarehouseConfig> {
        self.routing().warehouses.clone()
    }

    fn default_warehouse(&self) -> Option<String> {
        self.routing().default.clone()
    }
}
