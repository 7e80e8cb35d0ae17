//! What can go wrong between a user's credentials and a living session, and what to do about each.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use http::StatusCode;
use snafu::Snafu;
use snowflake_proto::{Recovery, ServerCode};

use crate::file;
use crate::key;
use crate::server::Failure;

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Logging in, keeping a session alive, or talking to the server failed.
///
/// A clone shares the cause, because one failed renewal is the answer to everyone who waited for it.
/// Neither `Display` nor `Debug` shows a password, token, key or the body of an answer.
#[derive(Clone)]
pub struct Error(Arc<Repr>);

/// What happened, cut by what a caller would do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Something that the login needs was not given, or cannot be sent.
    Configuration,
    /// The private key cannot be used. The message says how to get one that can.
    Key,
    /// The private key is encrypted, and the passphrase is missing or wrong.
    Passphrase,
    /// A token could not be obtained, such as from its file.
    Credential,
    /// The server looked at the credential and refused it. Repeating this can lock the user out.
    Rejected,
    /// The session is over and cannot be renewed: log in again.
    Expired,
    /// The server reported another failure; [`Error::code`] says which.
    Server,
    /// No usable answer was delivered, after all retries.
    Network,
    /// An answer was delivered and is not what the protocol promises.
    Protocol,
}

impl ErrorKind {
    /// A short lower-case word for logs and spans.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Key => "key",
            Self::Passphrase => "passphrase",
            Self::Credential => "credential",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Server => "server",
            Self::Network => "network",
            Self::Protocol => "protocol",
        }
    }
}

#[derive(Debug, Snafu)]
#[snafu(visibility(pub(crate)))]
pub(crate) enum Repr {
    #[snafu(display("{message}"))]
    Configuration { message: &'static str },

    #[snafu(display("the request cannot be written as JSON"))]
    Encode { source: serde_json::Error },

    #[snafu(display("the private key{} cannot be used: {source}", In(path)))]
    Key { path: Option<PathBuf>, source: key::Problem },

    #[snafu(display("the private key file {} {source}", path.display()))]
    KeyFile { path: PathBuf, source: file::Problem },

    #[snafu(display("the login token could not be signed with the private key"))]
    Sign { source: jsonwebtoken::signature::Error },

    #[snafu(display("the token file {} {source}", path.display()))]
    TokenFile { path: PathBuf, source: file::Problem },

    #[snafu(display("the token file {} {reason}", path.display()))]
    TokenText { path: PathBuf, reason: &'static str },

    #[snafu(display("the task that read the token file was stopped"))]
    TokenTask { source: tokio::task::JoinError },

    #[snafu(display("the login was rejected {failure}"))]
    Rejected { failure: Failure },

    #[snafu(display(
        "the login was refused with HTTP status {}; check the account name and the host, and whether a proxy or a \
         network policy stands in between{}",
        status.as_u16(),
        Explained(failure)
    ))]
    Refused { status: StatusCode, failure: Option<Failure> },

    #[snafu(display("the session is over ({reason}); log in again"))]
    Expired { reason: &'static str, failure: Option<Failure> },

    #[snafu(display("the {what} failed {failure}"))]
    Server { what: &'static str, failure: Failure },

    #[snafu(display("the {what} was not answered{}", Explained(failure)))]
    Transport { what: &'static str, failure: Option<Failure>, source: snowflake_transport::Error },

    #[snafu(display("the {what} was answered with HTTP status {}{}", status.as_u16(), Explained(failure)))]
    Status { what: &'static str, status: StatusCode, failure: Option<Failure> },

    #[snafu(display("the answer to the {what} was cut off after {length} bytes"))]
    Truncated { what: &'static str, status: StatusCode, length: usize },

    #[snafu(display(
        "the answer to the {what} is not from the service: HTTP status {}, content type {content_type}, {length} bytes; \
         check the host, and whether a proxy or a login page of the network answers instead",
        status.as_u16()
    ))]
    UnexpectedContent { what: &'static str, status: StatusCode, content_type: String, length: usize },

    #[snafu(display("the answer to the {what} has no usable field {field}: {reason}"))]
    Malformed { what: &'static str, field: &'static str, reason: &'static str },

    #[snafu(display("the answer to the {what} does not have the expected fields"))]
    Undecodable { what: &'static str, source: serde_json::Error },
}

impl Error {
    /// Something that the login needs was not given.
    pub(crate) fn configuration(message: &'static str) -> Self {
        Repr::Configuration { message }.into()
    }

    /// What happened, cut by what a caller would do next.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &*self.0 {
            Repr::Configuration { .. } | Repr::Encode { .. } => ErrorKind::Configuration,
            Repr::Key { source, .. } if source.is_passphrase() => ErrorKind::Passphrase,
            Repr::Key { .. } | Repr::KeyFile { .. } | Repr::Sign { .. } => ErrorKind::Key,
            Repr::TokenFile { .. } | Repr::TokenText { .. } | Repr::TokenTask { .. } => ErrorKind::Credential,
            Repr::Rejected { .. } | Repr::Refused { .. } => ErrorKind::Rejected,
            Repr::Expired { .. } => ErrorKind::Expired,
            Repr::Server { .. } => ErrorKind::Server,
            Repr::Transport { .. } | Repr::Status { .. } | Repr::Truncated { .. } => ErrorKind::Network,
            Repr::UnexpectedContent { .. } | Repr::Malformed { .. } | Repr::Undecodable { .. } => {
                ErrorKind::Protocol
            }
        }
    }

    /// What a caller can do now.
    #[must_use]
    pub fn recovery(&self) -> Recovery {
        match &*self.0 {
            Repr::Expired { .. } => Recovery::Reauthenticate,
            Repr::Server { failure, .. } => failure.code().map_or(Recovery::Never, ServerCode::recovery),
            Repr::Transport { source, .. } => source.recovery(),
            Repr::Truncated { .. } | Repr::UnexpectedContent { .. } => Recovery::RetryIfIdempotent,
            _ => Recovery::Never,
        }
    }

    /// The server's code, when it gave one.
    #[must_use]
    pub fn code(&self) -> Option<&ServerCode> {
        self.failure().and_then(Failure::code)
    }

    /// The SQL state that the server gave.
    #[must_use]
    pub fn sql_state(&self) -> Option<&str> {
        self.failure().and_then(Failure::sql_state)
    }

    /// The statement that the server named in its answer.
    #[must_use]
    pub fn query_id(&self) -> Option<&str> {
        self.failure().and_then(Failure::query_id)
    }

    /// The server's own words.
    #[must_use]
    pub fn server_message(&self) -> Option<&str> {
        self.failure().and_then(Failure::message)
    }

    /// The status of the answer, when it is part of the failure.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match &*self.0 {
            Repr::Refused { status, .. }
            | Repr::Status { status, .. }
            | Repr::Truncated { status, .. }
            | Repr::UnexpectedContent { status, .. } => Some(*status),
            Repr::Transport { source, .. } => source.status(),
            _ => None,
        }
    }

    /// The field of an answer that is missing or wrong.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        match &*self.0 {
            Repr::Malformed { field, .. } => Some(field),
            _ => None,
        }
    }

    /// The failed delivery underneath, with its attempts and waits.
    #[must_use]
    pub fn transport(&self) -> Option<&snowflake_transport::Error> {
        match &*self.0 {
            Repr::Transport { source, .. } => Some(source),
            _ => None,
        }
    }

    /// Whether the server may have acted on the request although no usable answer came.
    #[must_use]
    pub fn was_sent(&self) -> bool {
        match &*self.0 {
            Repr::Transport { source, .. } => source.was_sent(),
            Repr::Configuration { .. }
            | Repr::Encode { .. }
            | Repr::Key { .. }
            | Repr::KeyFile { .. }
            | Repr::Sign { .. }
            | Repr::TokenFile { .. }
            | Repr::TokenText { .. }
            | Repr::TokenTask { .. } => false,
            _ => true,
        }
    }

    /// Whether a time limit passed.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.transport().is_some_and(snowflake_transport::Error::is_timeout)
    }

    pub(crate) fn failure(&self) -> Option<&Failure> {
        match &*self.0 {
            Repr::Rejected { failure } | Repr::Server { failure, .. } => Some(failure),
            Repr::Refused { failure, .. }
            | Repr::Expired { failure, .. }
            | Repr::Transport { failure, .. }
            | Repr::Status { failure, .. } => failure.as_ref(),
            _ => None,
        }
    }
}

impl From<Repr> for Error {
    fn from(repr: Repr) -> Self {
        Self(Arc::new(repr))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            // What is wrong with a key or a file is the whole message, so it is part of ours.
            Repr::Key { .. } => None,
            Repr::KeyFile { source, .. } | Repr::TokenFile { source, .. } => source.source(),
            repr => repr.source(),
        }
    }
}

/// ` in <path>`, or nothing.
struct In<'a>(&'a Option<PathBuf>);

impl fmt::Display for In<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |path| write!(f, " in {}", path.display()))
    }
}

/// A blank and the failure, or nothing.
struct Explained<'a>(&'a Option<Failure>);

impl fmt::Display for Explained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |failure| write!(f, " {failure}"))
    }
}
