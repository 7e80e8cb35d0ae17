//! The heartbeats that keep a session while nobody uses it, as its parameters ask for them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use snowflake_auth::{LoginOptions, Server, SessionTokens, keep_alive};
use snowflake_proto::ParameterValue;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::state::State;

/// Whether there are heartbeats.
const KEEP_ALIVE: &str = "CLIENT_SESSION_KEEP_ALIVE";
/// The seconds between two of them.
const FREQUENCY: &str = "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY";

/// How often heartbeats are asked for; how often they are sent is decided by the life of the session's tokens too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    every: Option<Duration>,
}

impl Wish {
    /// What the session's parameters ask for; `None` when no heartbeats are wanted.
    pub(super) fn of(state: &State) -> Option<Self> {
        let wanted = state.parameter(KEEP_ALIVE).and_then(ParameterValue::as_bool);
        wanted.unwrap_or(false).then(|| Self { every: state.parameter(FREQUENCY).and_then(seconds) })
    }
}

/// Every number is a wish, however odd: one below zero is as good as zero, and no limit is too high.
fn seconds(value: &ParameterValue) -> Option<Duration> {
    let seconds: i128 = match value {
        ParameterValue::Integer(seconds) => i128::from(*seconds),
        value => value.as_str()?.trim().parse().ok()?,
    };
    Some(Duration::from_secs(u64::try_from(seconds.max(0)).unwrap_or(u64::MAX)))
}

/// Fills in what the login asked for where the server does not tell what is in force.
pub(super) fn adopt(parameters: &mut BTreeMap<String, Value>, login: &LoginOptions) {
    for name in [KEEP_ALIVE, FREQUENCY] {
        if let Some(asked) = login.parameter(name) {
            parameters.entry(name.to_owned()).or_insert_with(|| asked.clone());
        }
    }
}

/// The heartbeats of one session. They end with the session, and when this is dropped.
#[derive(Debug)]
pub(super) struct Heartbeat {
    wish: Wish,
    task: AbortHandle,
}

impl Heartbeat {
    pub(super) fn start(runtime: &Handle, server: Server, tokens: SessionTokens, wish: Wish) -> Self {
        let task = async move {
            let end = keep_alive(&server, &tokens, wish.every).await;
            tracing::debug!(session_id = tokens.session_id(), reason = %end, "heartbeats ended");
        };
        Self { wish, task: runtime.spawn(task).abort_handle() }
    }

    pub(super) fn wish(&self) -> Wish {
        self.wish
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;
    use snowflake_auth::heartbeat_interval;

    use super::seconds;

    #[test]
    fn s10_every_number_asks_for_an_interval_within_the_limits() {
        let four_hours = Duration::from_secs(4 * 3600);
        let table = [
            (json!(1), 900),
            (json!(899), 900),
            (json!(3601), 3600),
            (json!(-1), 900),
            (json!(i64::MIN), 900),
            (json!(u64::MAX), 3600),
            (json!("1800"), 1800),
            (json!(" -1 "), 900),
            (json!("99999999999999999999999"), 3600),
            (json!("often"), 900),
            (json!(true), 900),
        ];
        for (value, interval) in table {
            let wanted = seconds(&serde_json::from_value(value.clone()).unwrap());
            assert_eq!(heartbeat_interval(four_hours, wanted).as_secs(), interval, "{value}");
        }
    }
}
