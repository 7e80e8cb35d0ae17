//! The account and the credentials, from the environment.

use snowflake_client::{ErrorKind, SnowflakeClient, SnowflakeConfig, SnowflakeError};

/// The settings of the environment, with the name by which the query history shows this program.
pub(super) fn config() -> Result<SnowflakeConfig, SnowflakeError> {
    let mut config = SnowflakeConfig::from_env()?;
    config.application.get_or_insert_with(|| "snowflake-ops".to_owned());
    Ok(config)
}

/// A client for one command, which opens no more sessions than it needs.
pub(super) fn client() -> Result<SnowflakeClient, SnowflakeError> {
    let mut config = config()?;
    config.pool_min = 0;
    SnowflakeClient::lazy(config)
}

/// Whether the settings are at fault, and not what came of them.
pub(super) fn is_at_fault(error: &(dyn std::error::Error + 'static)) -> bool {
    let is_wrong = |kind| kind == ErrorKind::Configuration;
    error.downcast_ref::<SnowflakeError>().is_some_and(|error| is_wrong(error.kind()))
        || error.downcast_ref::<snowflake_ops::Error>().is_some_and(|error| is_wrong(error.kind()))
}
