//! Without the feature `sim` there is nothing to record or replay with.

use std::sync::Arc;

use snowflake_transport::Transport;

use crate::config::{SimulationMode, SnowflakeConfig};
use crate::error::SnowflakeError;

/// What stands between a client and the network: nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Simulated;

impl Simulated {
    /// Refuses what the feature is needed for.
    pub(crate) fn wrap(
        transport: Arc<dyn Transport>,
        config: &SnowflakeConfig,
    ) -> Result<(Arc<dyn Transport>, Self), SnowflakeError> {
        if config.simulation_mode == SimulationMode::Disabled {
            return Ok((transport, Self));
        }
        let message = "recording and replaying need the feature `sim` of snowflake-client".to_owned();
        Err(SnowflakeError::Configuration { message })
    }

    /// Has nothing to do.
    #[expect(clippy::unused_async, reason = "its twin with the feature `sim` waits for a file")]
    pub(crate) async fn close(&self) {}
}
