//! The one error of the facade.

use snafu::Snafu;
use snowflake_proto::{Recovery, ServerCode};
use snowflake_query::{QueryId, Uuid};
#[cfg(feature = "sim")]
use snowflake_sim::RecordingErrorKind;

/// What went wrong, whichever layer it happened in.
///
/// [`kind`](Self::kind) says what happened in terms of what to do next, [`recovery`](Self::recovery)
/// whether trying again can help.
#[derive(Debug, Snafu)]
#[non_exhaustive]
pub enum SnowflakeError {
    /// The configuration or an argument cannot work as it is; `message` says which and why.
    #[snafu(display("{message}"))]
    Configuration {
        /// What is wrong, and what would be right.
        message: String,
    },
    /// A name, host, key or token could not be used to log in.
    #[snafu(display("cannot log in"), context(false))]
    Auth {
        /// The cause.
        source: snowflake_auth::Error,
    },
    /// A statement or its result failed.
    #[snafu(transparent)]
    Query {
        /// The cause.
        source: snowflake_query::Error,
    },
    /// A file could not be moved to or from a stage.
    #[snafu(transparent)]
    Ingest {
        /// The cause.
        source: snowflake_ingest::Error,
    },
    /// A question about the account could not be answered.
    #[snafu(transparent)]
    Ops {
        /// The cause.
        source: snowflake_ops::Error,
    },
    /// HTTP could not be set up.
    #[snafu(display("cannot set up HTTP"), context(false))]
    Transport {
        /// The cause.
        source: snowflake_transport::Error,
    },
    /// A recording could not be read or written.
    #[cfg(feature = "sim")]
    #[snafu(transparent)]
    Recording {
        /// The cause.
        source: snowflake_sim::RecordingError,
    },
    /// A file or folder of the caller's own could not be read or written: `?` on [`std::io`] makes this.
    #[snafu(transparent)]
    Io {
        /// The cause.
        source: std::io::Error,
    },
    /// A name or value cannot be sent.
    #[snafu(transparent)]
    Value {
        /// The cause.
        source: snowflake_proto::Error,
    },
}

/// The situations a [`SnowflakeError`] tells apart; those of a statement are [`snowflake_query::ErrorKind`]'s.
pub use snowflake_query::ErrorKind;

impl SnowflakeError {
    /// What happened, for a `match`.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Configuration { .. } | Self::Value { .. } => ErrorKind::Configuration,
            Self::Auth { .. } => ErrorKind::Auth,
            Self::Query { source } => source.kind(),
            Self::Ingest { source } => source.kind(),
            Self::Ops { source } => source.kind(),
            Self::Transport { .. } => ErrorKind::Network,
            Self::Io { .. } => ErrorKind::Io,
            #[cfg(feature = "sim")]
            Self::Recording { source } => match source.kind() {
                RecordingErrorKind::Unreadable | RecordingErrorKind::Unwritable => ErrorKind::Io,
                _ => ErrorKind::Configuration,
            },
        }
    }

    /// What may be done about it.
    #[must_use]
    pub fn recovery(&self) -> Recovery {
        match self {
            Self::Configuration { .. } | Self::Io { .. } => Recovery::Never,
            Self::Auth { source } => source.recovery(),
            Self::Query { source } => source.recovery(),
            Self::Ingest { source } => source.recovery(),
            Self::Ops { source } => source.recovery(),
            Self::Transport { source } => source.recovery(),
            #[cfg(feature = "sim")]
            Self::Recording { .. } => Recovery::Never,
            Self::Value { source } => source.recovery(),
        }
    }

    /// Whether trying the same again can help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self.recovery(), Recovery::Retry | Recovery::RetryIfIdempotent)
    }

    /// Whether a limit of time passed.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.query().is_some_and(snowflake_query::Error::is_timeout)
    }

    /// The query id, once the server gave one.
    #[must_use]
    pub fn query_id(&self) -> Option<QueryId> {
        self.query().and_then(snowflake_query::Error::query_id)
    }

    /// The query id that the statement had before, of an error of kind
    /// [`DuplicateSuspected`](ErrorKind::DuplicateSuspected).
    #[must_use]
    pub fn earlier_query_id(&self) -> Option<QueryId> {
        self.query().and_then(snowflake_query::Error::earlier_query_id)
    }

    /// The request id that the statement was submitted with: with it
    /// [`QueryBuilder::request_id`](crate::QueryBuilder::request_id) asks again when the outcome is unknown.
    #[must_use]
    pub fn request_id(&self) -> Option<Uuid> {
        self.query().and_then(snowflake_query::Error::request_id)
    }

    /// The id to repeat a bulk load under, when it is open whether its rows were loaded: the same records loaded under
    /// it again are not doubled.
    #[must_use]
    pub fn batch_id(&self) -> Option<&str> {
        match self {
            Self::Ingest { source } => source.batch_id(),
            _ => None,
        }
    }

    /// What a statement was estimated to cost that a [cost limit](crate::SnowflakeClient::with_cost_limit) refused.
    #[must_use]
    pub fn cost_estimate(&self) -> Option<&snowflake_ops::CostEstimate> {
        match self {
            Self::Ops { source } => source.cost_estimate(),
            _ => None,
        }
    }

    /// Which of several statements that were submitted together failed, from 0.
    #[must_use]
    pub fn statement_index(&self) -> Option<usize> {
        self.query().and_then(snowflake_query::Error::statement_index)
    }

    /// The server's code, such as `001003` for a syntax error.
    #[must_use]
    pub fn code(&self) -> Option<&ServerCode> {
        match self {
            Self::Auth { source } => source.code(),
            _ => self.query().and_then(snowflake_query::Error::code),
        }
    }

    /// The SQLSTATE, where the server gave one.
    #[must_use]
    pub fn sql_state(&self) -> Option<&str> {
        self.query().and_then(snowflake_query::Error::sql_state)
    }

    /// The line of a syntax error, from 1.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.query().and_then(snowflake_query::Error::line)
    }

    /// The position in the line of a syntax error, from 0.
    #[must_use]
    pub fn position(&self) -> Option<u64> {
        self.query().and_then(snowflake_query::Error::position)
    }

    fn query(&self) -> Option<&snowflake_query::Error> {
        match self {
            Self::Query { source } => Some(source),
            Self::Ingest { source } => source.query(),
            Self::Ops { source } => source.query(),
            _ => None,
        }
    }
}
