//! The part of a failed answer that an error keeps: code, state, statement and the server's words.

use std::fmt;

use bytes::Bytes;
use serde::Deserialize;
use snowflake_proto::ServerCode;
use snowflake_proto::wire::Envelope;

/// More of the server's words is never shown in a message.
const SHOWN_CHARACTERS: usize = 128;

/// What the server said about a request that it did not carry out.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    code: Option<ServerCode>,
    message: Option<String>,
    sql_state: Option<String>,
    query_id: Option<String>,
}

/// The fields of a failure's `data` that clients read.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Details {
    sql_state: Option<String>,
    query_id: Option<String>,
}

impl Failure {
    /// From an envelope whose `success` is false.
    pub(crate) fn of<T>(envelope: &Envelope<T>) -> Self {
        Self {
            code: envelope.code.clone().map(ServerCode::new),
            message: envelope.message.clone().filter(|message| !message.is_empty()),
            sql_state: None,
            query_id: None,
        }
    }

    /// From a body that may be a failed envelope: a proxy's page is not.
    pub(crate) fn in_body(body: &Bytes) -> Option<Self> {
        let envelope: Envelope<Details> = serde_json::from_slice(body).ok()?;
        if envelope.success || (envelope.code.is_none() && envelope.message.is_none()) {
            return None;
        }
        let mut failure = Self::of(&envelope);
        if let Some(details) = envelope.data {
            failure.sql_state = details.sql_state;
            failure.query_id = details.query_id;
        }
        Some(failure)
    }

    pub(crate) fn code(&self) -> Option<&ServerCode> {
        self.code.as_ref()
    }

    pub(crate) fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    pub(crate) fn sql_state(&self) -> Option<&str> {
        self.sql_state.as_deref()
    }

    pub(crate) fn query_id(&self) -> Option<&str> {
        self.query_id.as_deref()
    }
}

/// `(390100): Incorrect username or password was specified.; check the user name`
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.as_ref().map_or("no code", ServerCode::as_str);
        write!(f, "({code})")?;
        if let Some(message) = &self.message {
            let line = message.lines().next().unwrap_or_default();
            let shown: String = line.chars().take(SHOWN_CHARACTERS).collect();
            write!(f, ": {}", shown.trim_end_matches('.'))?;
        }
        if let Some(advice) = self.code.as_ref().and_then(ServerCode::advice) {
            write!(f, "; {advice}")?;
        }
        Ok(())
    }
}

/// The server's words can quote a statement, so only a message that is asked for shows them.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("code", &self.code)
            .field("sql_state", &self.sql_state)
            .field("query_id", &self.query_id)
            .finish_non_exhaustive()
    }
}
