//! Why one exchange with a store failed.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;

use snowflake_transport as transport;

use super::refusal::Refusal;
use crate::error::ErrorKind;

/// A failed exchange. It travels through the layers of `object_store` as a cause, and is found there again: what
/// those layers say themselves may quote addresses with signatures, and is shown to nobody.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The store answered, but not what was asked for.
    Refused(Box<Refusal>),
    /// No answer arrived, or only a part of one.
    Lost(Arc<transport::Error>),
    /// The answer makes no sense.
    Strange(&'static str),
    /// What should be written cannot be read.
    Source(Arc<io::Error>),
    /// The object became another one while it was read.
    Changed,
    /// The request cannot be made.
    Unusable(&'static str),
}

impl Failure {
    pub(super) fn refused(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }

    /// The failure inside an error of `object_store`.
    pub(super) fn within(error: &object_store::Error) -> Self {
        let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
        while let Some(error) = cause {
            if let Some(failure) = error.downcast_ref::<Self>() {
                return failure.clone();
            }
            cause = error.source();
        }
        Self::Strange("its answer is not complete")
    }

    /// What a caller makes of it.
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused(refusal) => match refusal.status.as_u16() {
                401 | 403 => ErrorKind::Auth,
                400 if matches!(refusal.code.as_deref(), Some("ExpiredToken") | None) => ErrorKind::Auth,
                404 => ErrorKind::NotFound,
                408 | 409 | 429 | 500.. => ErrorKind::Network,
                _ => ErrorKind::Protocol,
            },
            Self::Lost(_) => ErrorKind::Network,
            Self::Strange(_) => ErrorKind::Protocol,
            Self::Source(_) => ErrorKind::Io,
            Self::Changed => ErrorKind::Incomplete,
            Self::Unusable(_) => ErrorKind::Configuration,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "the store answered {refusal}"),
            Self::Lost(_) => f.write_str("the store was not reached"),
            Self::Strange(reason) => write!(f, "the store's answer cannot be used: {reason}"),
            Self::Source(_) => f.write_str("what should be written cannot be read"),
            Self::Changed => f.write_str("the file was replaced while it was read: read it again"),
            Self::Unusable(reason) => f.write_str(reason),
        }
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Lost(error) => Some(error),
            Self::Source(error) => Some(error),
            _ => None,
        }
    }
}

impl From<transport::Error> for Failure {
    /// The last answer says more than the loop that gave up on it.
    fn from(error: transport::Error) -> Self {
        match error.response() {
            Some(answer) => Self::refused(Refusal::read(answer.status(), answer.headers(), answer.body())),
            None => Self::Lost(Arc::new(error)),
        }
    }
}
