//! `snowflake-ops serve`: the service until a signal ends it.

use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use snowflake_client::SnowflakeClient;
use snowflake_client::service::{Exposition, Service, ServiceOptions};

use super::signals::Signals;
use super::{Error, settings};

/// The variable that names the file of options.
const CONFIG: &str = "SNOWFLAKE_OPS_CONFIG";

#[derive(Args)]
pub(super) struct Serve {
    /// The port of /health and /health/snowflake; 0 takes any that is free. 8080 unless the file says otherwise.
    #[arg(long, value_name = "PORT")]
    http_port: Option<u16>,
    /// The port of /metrics; 0 takes any that is free. 9090 unless the file says otherwise.
    #[arg(long, value_name = "PORT")]
    metrics_port: Option<u16>,
    /// The address to listen on; all of them unless the file says otherwise.
    #[arg(long, value_name = "ADDRESS")]
    bind: Option<IpAddr>,
    /// A TOML file with the options of the service and its collectors; SNOWFLAKE_OPS_CONFIG names it too.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Serve {
    pub(super) async fn run(self) -> Result<(), Error> {
        let config = settings::config()?;
        // First the ports, then the signals, and last of all Snowflake.
        let service = Service::bind(self.options()?).await?;
        let signals = Signals::listen()?;
        let exposition = Exposition::install()?;
        let client = SnowflakeClient::lazy(config)?;
        tracing::info!(
            version = env!("CARGO_PKG_VERSION"),
            http = %service.http_address(),
            metrics = %service.metrics_address(),
            "the service listens"
        );
        let again = client.clone();
        let stop = signals.stop(move || {
            tracing::info!("SIGHUP: logging in again is allowed");
            again.reopen();
        });
        client.serve(service, exposition, stop).await?;
        client.close().await;
        tracing::info!("the service has ended");
        Ok(())
    }

    /// The options of the file, with what the command line says.
    fn options(&self) -> Result<ServiceOptions, Error> {
        let named = std::env::var_os(CONFIG).filter(|path| !path.is_empty()).map(PathBuf::from);
        let mut options = match self.config.as_ref().or(named.as_ref()) {
            Some(path) => {
                let text =
                    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
                ServiceOptions::from_toml(&text)?
            }
            None => ServiceOptions::default(),
        };
        if let Some(port) = self.http_port {
            options = options.with_http_port(port);
        }
        if let Some(port) = self.metrics_port {
            options = options.with_metrics_port(port);
        }
        if let Some(address) = self.bind {
            options = options.with_address(address);
        }
        Ok(options)
    }
}
