//! What can go wrong between a request and its answer, and what to do about each.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use snafu::Snafu;
use snowflake_proto::Recovery;

/// Any error of another library, kept as the source of ours.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Delivery of a request, or of its answer, failed.
///
/// Neither `Display` nor `Debug` shows a query string, a body or a header.
#[derive(Debug, Snafu)]
#[snafu(source(from(Repr, Box::new)))]
pub struct Error(Box<Repr>);

/// What happened, cut by what a caller would do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No connection: unknown host, refused port, unreachable network or proxy. Retried.
    Connect,
    /// The certificate or the protocol of the other side is not acceptable, or no root certificates
    /// are there to judge it by. Never retried.
    Tls,
    /// A time limit passed: connecting, the first byte, the whole exchange or the deadline. Retried
    /// while the deadline allows.
    Timeout,
    /// The answer came too slowly to be worth waiting for. Retried.
    Stalled,
    /// The connection broke. Retried.
    Reset,
    /// The answer ended before its announced end. Retried.
    Truncated,
    /// The answer is larger than the caller allows. Never retried.
    TooLarge,
    /// The service sent us elsewhere, and we did not go. Never retried.
    Redirect,
    /// The last answer had a status that asks for a later try (408, 429 or 5xx) and no try is left.
    Status,
    /// The answer arrived but is not what it claims to be, or its reader refused it.
    Content,
    /// Retrying was given up early because too many requests are failing at once. Try later.
    BudgetExhausted,
    /// The request or the options cannot be used as they are. Never retried.
    InvalidRequest,
}

/// Whether a request may have reached the service although no answer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Not a byte of the request left, or too few for the service to act on it.
    NotSent,
    /// The service may have received and executed the request.
    MaybeSent,
}

/// A complete answer that an error carries; its `Debug` shows neither headers nor body.
pub(crate) struct Answer(Box<http::Response<Bytes>>);

impl Answer {
    pub(crate) fn new(response: http::Response<Bytes>) -> Self {
        Self(Box::new(response))
    }
}

/// The time limit that passed.
#[derive(Debug)]
pub(crate) enum Limit {
    Connect { address: String },
    FirstByte,
    Total,
    Deadline,
}

/// Why a retry loop stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// The failure is of a sort that is not repeated, or all attempts are used.
    Attempts,
    /// The deadline passed, or would pass before the next attempt.
    Deadline,
    /// The shared budget is empty.
    Budget,
}

#[derive(Debug, Snafu)]
#[snafu(visibility(pub(crate)))]
pub(crate) enum Repr {
    #[snafu(display("could not connect to {address}"))]
    Connect { address: String, source: BoxError },

    #[snafu(display("the TLS handshake with {address} failed"))]
    Tls { address: String, source: BoxError },

    #[snafu(display(
        "no root certificates were found in the operating system; install them or give some with TransportOptions::with_root_certificates"
    ))]
    NoRoots { source: BoxError },

    #[snafu(display("{limit} took longer than {after:?}"))]
    Timeout { limit: Limit, after: Duration, delivery: Delivery },

    #[snafu(display("the answer stalled: {received} bytes in {window:?}"))]
    Stalled { received: u64, window: Duration },

    #[snafu(display("the connection broke"))]
    Reset { delivery: Delivery, source: BoxError },

    #[snafu(display("the answer ended early, after {received} bytes"))]
    Truncated { received: u64, source: BoxError },

    #[snafu(display("the answer is larger than the limit of {cap} bytes"))]
    TooLarge { cap: usize },

    #[snafu(display("refused to follow a redirect ({status}): {reason}"))]
    Redirect { status: StatusCode, reason: &'static str },

    #[snafu(display("the service answered with status {}", answer.0.status()))]
    Status { answer: Answer, retry_after: Option<Duration> },

    #[snafu(display("the answer cannot be used: {reason}"))]
    Content { reason: &'static str, source: BoxError },

    #[snafu(display("the answer (status {}) was not accepted: {reason}", answer.0.status()))]
    Refused { reason: &'static str, answer: Answer },

    #[snafu(display("the request cannot be sent: {reason}"))]
    InvalidRequest { reason: &'static str },

    #[snafu(display("the request cannot be sent: {reason}"))]
    Unsendable { reason: &'static str, source: BoxError },

    #[snafu(display("the transport failed ({kind})"))]
    Reported { kind: ErrorKind, delivery: Delivery, source: BoxError },

    #[snafu(display("gave up after {attempts} attempts in {elapsed:?}: {stopped}"))]
    GaveUp { stopped: Stopped, attempts: u32, elapsed: Duration, delivery: Delivery, source: Error },
}

impl Error {
    /// An error for a [`Transport`](crate::Transport) that is implemented elsewhere: what happened,
    /// whether the request may have arrived, and the cause.
    pub fn reported(kind: ErrorKind, delivery: Delivery, source: impl Into<BoxError>) -> Self {
        Repr::Reported { kind, delivery, source: source.into() }.into()
    }

    /// What happened, cut by what a caller would do next.
    pub fn kind(&self) -> ErrorKind {
        match &*self.0 {
            Repr::Connect { .. } => ErrorKind::Connect,
            Repr::Tls { .. } | Repr::NoRoots { .. } => ErrorKind::Tls,
            Repr::Timeout { .. } => ErrorKind::Timeout,
            Repr::Stalled { .. } => ErrorKind::Stalled,
            Repr::Reset { .. } => ErrorKind::Reset,
            Repr::Truncated { .. } => ErrorKind::Truncated,
            Repr::TooLarge { .. } => ErrorKind::TooLarge,
            Repr::Redirect { .. } => ErrorKind::Redirect,
            Repr::Status { .. } => ErrorKind::Status,
            Repr::Content { .. } | Repr::Refused { .. } => ErrorKind::Content,
            Repr::InvalidRequest { .. } | Repr::Unsendable { .. } => ErrorKind::InvalidRequest,
            Repr::Reported { kind, .. } => *kind,
            Repr::GaveUp { stopped, source, .. } => match stopped {
                Stopped::Attempts => source.kind(),
                Stopped::Deadline => ErrorKind::Timeout,
                Stopped::Budget => ErrorKind::BudgetExhausted,
            },
        }
    }

    /// What a caller can do now.
    pub fn recovery(&self) -> Recovery {
        match self.kind() {
            ErrorKind::Tls | ErrorKind::TooLarge | ErrorKind::Redirect | ErrorKind::InvalidRequest => {
                Recovery::Never
            }
            _ if self.was_sent() => Recovery::RetryIfIdempotent,
            _ => Recovery::Retry,
        }
    }

    /// Whether the service may have received the request, in this or an earlier attempt.
    ///
    /// When it is `true` for a statement that changes data, the outcome of the statement is unknown.
    pub fn was_sent(&self) -> bool {
        self.delivery() == Delivery::MaybeSent
    }

    /// How many attempts were made.
    pub fn attempts(&self) -> u32 {
        match &*self.0 {
            Repr::GaveUp { attempts, .. } => *attempts,
            _ => 1,
        }
    }

    /// How long all attempts and the waits between them took, when there was more than one.
    pub fn elapsed(&self) -> Option<Duration> {
        match &*self.0 {
            Repr::GaveUp { elapsed, .. } => Some(*elapsed),
            _ => None,
        }
    }

    /// The status of the last answer, or of the redirect that was refused.
    pub fn status(&self) -> Option<StatusCode> {
        match &*self.0 {
            Repr::Redirect { status, .. } => Some(*status),
            Repr::GaveUp { source, .. } => source.status(),
            _ => self.response().map(http::Response::status),
        }
    }

    /// The last answer, when there was a complete one: its body may explain the failure.
    pub fn response(&self) -> Option<&http::Response<Bytes>> {
        match &*self.0 {
            Repr::Status { answer, .. } | Repr::Refused { answer, .. } => Some(&answer.0),
            Repr::GaveUp { source, .. } => source.response(),
            _ => None,
        }
    }

    /// How long the service asked us to wait before trying again.
    pub fn retry_after(&self) -> Option<Duration> {
        match &*self.0 {
            Repr::Status { retry_after, .. } => *retry_after,
            Repr::GaveUp { source, .. } => source.retry_after(),
            _ => None,
        }
    }

    /// Whether a time limit passed.
    pub fn is_timeout(&self) -> bool {
        matches!(self.kind(), ErrorKind::Timeout | ErrorKind::Stalled)
    }

    pub(crate) fn delivery(&self) -> Delivery {
        match &*self.0 {
            Repr::Connect { .. }
            | Repr::Tls { .. }
            | Repr::NoRoots { .. }
            | Repr::InvalidRequest { .. }
            | Repr::Unsendable { .. } => Delivery::NotSent,
            Repr::Timeout { delivery, .. }
            | Repr::Reset { delivery, .. }
            | Repr::Reported { delivery, .. }
            | Repr::GaveUp { delivery, .. } => *delivery,
            Repr::Stalled { .. }
            | Repr::Truncated { .. }
            | Repr::TooLarge { .. }
            | Repr::Redirect { .. }
            | Repr::Status { .. }
            | Repr::Content { .. }
            | Repr::Refused { .. } => Delivery::MaybeSent,
        }
    }
}

impl ErrorKind {
    /// A short lower-case word for logs and metric labels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Stalled => "stalled",
            Self::Reset => "reset",
            Self::Truncated => "truncated",
            Self::TooLarge => "too_large",
            Self::Redirect => "redirect",
            Self::Status => "status",
            Self::Content => "content",
            Self::BudgetExhausted => "budget_exhausted",
            Self::InvalidRequest => "invalid_request",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect { address } => write!(f, "connecting to {address}"),
            Self::FirstByte => f.write_str("waiting for the first byte of the answer"),
            Self::Total => f.write_str("the exchange"),
            Self::Deadline => f.write_str("the request with its retries"),
        }
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Attempts => "no attempt is left",
            Self::Deadline => "the deadline is reached",
            Self::Budget => "too many requests are failing at once",
        })
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.0.status())
            .field("length", &self.0.body().len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use snowflake_proto::Recovery;

    use super::{Answer, Delivery, Error, ErrorKind, Repr, Stopped};

    fn unavailable() -> Error {
        let mut answer = http::Response::new(Bytes::from_static(b"token=secret"));
        *answer.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
        Repr::Status { answer: Answer::new(answer), retry_after: Some(Duration::from_secs(2)) }.into()
    }

    #[test]
    fn an_error_is_one_pointer_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn a_loop_that_gave_up_tells_of_the_last_answer_and_shows_none_of_it() {
        let error = Error::from(Repr::GaveUp {
            stopped: Stopped::Budget,
            attempts: 3,
            elapsed: Duration::from_secs(5),
            delivery: Delivery::MaybeSent,
            source: unavailable(),
        });
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::BudgetExhausted, 3));
        assert_eq!(error.status().unwrap().as_u16(), 503);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
        assert_eq!(error.elapsed(), Some(Duration::from_secs(5)));
        assert_eq!(error.response().unwrap().body(), "token=secret");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(source, "the service answered with status 503 Service Unavailable");
        assert!(!format!("{error} {error:?} {source}").contains("secret"));
    }

    #[test]
    fn recovery_follows_from_kind_and_delivery() {
        let recovery = |kind, delivery| Error::reported(kind, delivery, "cause").recovery();
        assert_eq!(recovery(ErrorKind::Reset, Delivery::NotSent), Recovery::Retry);
        assert_eq!(recovery(ErrorKind::Reset, Delivery::MaybeSent), Recovery::RetryIfIdempotent);
        assert_eq!(recovery(ErrorKind::Tls, Delivery::NotSent), Recovery::Never);
        assert_eq!(recovery(ErrorKind::Redirect, Delivery::MaybeSent), Recovery::Never);
        assert_eq!(unavailable().recovery(), Recovery::RetryIfIdempotent);
    }

    #[test]
    fn errors_and_futures_can_move_between_threads() {
        fn movable<T: Send + Sync + 'static>() {}
        movable::<Error>();
        movable::<crate::Body>();
        movable::<crate::Retrier>();
    }
}
