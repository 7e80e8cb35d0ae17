//! The service on a client: health and figures of its account over HTTP.

use snowflake_ops::{Exposition, Service};

use crate::client::SnowflakeClient;
use crate::error::SnowflakeError;

impl SnowflakeClient {
    /// Answers `/health`, `/health/snowflake` and `/metrics` until `stop` completes, and gathers the figures of the
    /// account meanwhile.
    ///
    /// ```
    /// # #[cfg(feature = "sim-server")]
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// use snowflake_client::service::{Exposition, Service, ServiceOptions};
    /// # use snowflake_client::{Authentication, Protocol, SnowflakeClient, SnowflakeConfig, sim::SimServer};
    ///
    /// # let server = SimServer::builder().user("me", "secret").warehouse("WH").start().await?;
    /// # let config = SnowflakeConfig {
    /// #     account: server.account().to_owned(),
    /// #     host: Some(server.host()),
    /// #     port: Some(server.port()),
    /// #     protocol: Protocol::Http,
    /// #     user: Some("me".to_owned()),
    /// #     authentication: Some(Authentication::Password("secret".into())),
    /// #     ..SnowflakeConfig::default()
    /// # };
    /// let options = ServiceOptions::default().with_http_port(0).with_metrics_port(0).with_warehouse("WH");
    /// let service = Service::bind(options).await?;
    /// let exposition = Exposition::install()?;
    /// let client = SnowflakeClient::lazy(config)?;
    /// # let at_once = std::future::ready(());
    /// client.serve(service, exposition, at_once).await?;
    /// client.close().await;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the client's settings cannot work. A Snowflake that
    /// refuses or cannot be reached is told by `/health/snowflake` instead.
    ///
    /// # Cancellation
    /// Dropping the future closes both ports and every connection.
    pub async fn serve(
        &self,
        service: Service,
        exposition: Exposition,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), SnowflakeError> {
        Box::pin(service.run(self.pool()?, exposition, stop)).await;
        Ok(())
    }
}
