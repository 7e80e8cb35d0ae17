//! What can go wrong between a statement and its last row, told by what the caller does next.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use snafu::Snafu;
use snowflake_proto::{Recovery, ServerCode};
use uuid::Uuid;

use crate::result::Fault;
use crate::statement::QueryId;

/// Server messages are cut to this many bytes.
const MAX_MESSAGE: usize = 8 * 1024;

/// A failure of this crate.
///
/// [`Error::kind`] says what happened, [`Error::recovery`] what may be done about it; ids and codes have accessors.
/// Neither `Display` nor `Debug` shows statement text, bind values or tokens.
#[derive(Debug, Snafu)]
#[snafu(source(from(Repr, Box::new)))]
pub struct Error(Box<Repr>);

/// The result of a fallible function of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The kinds of [`Error`], cut by what a caller does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server refused or failed the statement: look at `code()`, `sql_state()`, `line()` and correct it.
    Sql,
    /// A limit of time passed, on either side; the statement was told to stop.
    Timeout,
    /// The statement was stopped: by a call, or because its pool was closed.
    Cancelled,
    /// The credentials or the session are no longer accepted: log in again, or correct them.
    Auth,
    /// The server could not be reached or did not answer properly; it may be tried again.
    Network,
    /// Rows of the result are missing or damaged, although they were fetched twice: run the statement again.
    Incomplete,
    /// No session could be had from the pool.
    Pool,
    /// A value does not fit the type that was asked for.
    Conversion,
    /// The column, query or result does not exist (any more).
    NotFound,
    /// The statement may or may not have run: ask again with the same `request_id()`, see
    /// [`QueryBuilder::request_id`](crate::QueryBuilder::request_id).
    OutcomeUnknown,
    /// The statement has probably run twice: look at `query_id()` and `earlier_query_id()` in the query history, and
    /// undo one of them.
    DuplicateSuspected,
    /// The session ended inside a transaction, of which nothing remains: begin again in another session.
    TransactionLost,
    /// The answer breaks the rules of the protocol.
    Protocol,
    /// The call itself is wrong: an option, a bind, a statement that this function does not take.
    Configuration,
    /// A local file or stream failed.
    Io,
}

#[derive(Debug, Snafu)]
#[snafu(visibility(pub(crate)))]
pub(crate) enum Repr {
    #[snafu(display("{failure}"))]
    Server { failure: Box<Failure> },
    #[snafu(display("the statement did not finish within {limit:?}"))]
    Timeout { limit: Duration, request_id: Option<Uuid>, query_id: Option<QueryId> },
    #[snafu(display("the statement was told to stop, because its pool was closed"))]
    Closed { request_id: Uuid },
    #[snafu(display("the session cannot be used"))]
    Session { request_id: Option<Uuid>, query_id: Option<QueryId>, source: snowflake_auth::Error },
    #[snafu(display("the outcome of the statement is unknown; {}", advice(*request_id, *query_id, source)))]
    OutcomeUnknown {
        request_id: Uuid,
        query_id: Option<QueryId>,
        attempts: u32,
        #[snafu(source(from(Error, Box::new)))]
        source: Box<Error>,
    },
    #[snafu(display(
        "the outcome of the statement with request id {request_id} is unknown, and the session that could tell is \
         over: look for it in the query history before it is run under another id"
    ))]
    OutcomeForgotten { request_id: Uuid },
    #[snafu(display(
        "request id {request_id} was answered with two query ids, {earlier} and {query_id}: the statement has \
         probably run twice"
    ))]
    DuplicateSuspected { request_id: Uuid, query_id: QueryId, earlier: QueryId },
    #[snafu(display("the session ended inside a transaction, of which nothing remains"))]
    TransactionLost { request_id: Uuid, source: snowflake_auth::Error },
    #[snafu(display(
        "request id {request_id} was given to another statement before: each needs one of its own"
    ))]
    RequestIdReused { request_id: Uuid },
    #[snafu(display(
        "no session became free within {waited:?}: all {max} are in use ({busy} busy, {waiters} waiting)"
    ))]
    PoolTimeout { waited: Duration, max: u32, busy: u32, waiters: usize },
    #[snafu(display("the pool could not open a session"))]
    PoolConnect { source: SharedError },
    #[snafu(display(
        "the pool stopped: its credentials were refused and further logins could lock the account"
    ))]
    PoolRejected { source: SharedError },
    #[snafu(display("the pool is closed"))]
    PoolClosed,
    #[snafu(display("`{value}` is not a query id"))]
    InvalidQueryId { value: String },
    #[snafu(display("the query is not known to the server"))]
    UnknownQuery { query_id: QueryId },
    #[snafu(display("the server sent us to an address outside its own: refused"))]
    ForeignUrl { query_id: Option<QueryId> },
    #[snafu(display("the answer makes no sense: {reason}"))]
    Answer { reason: &'static str, query_id: Option<QueryId> },
    #[snafu(display("{message}"))]
    Configuration { message: String },
    #[snafu(display("{message}"))]
    Argument { message: String, source: snowflake_proto::Error },
    #[snafu(transparent)]
    Result { source: Fault },
}

/// What the server said about a failed statement.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) code: Option<ServerCode>,
    pub(crate) sql_state: Option<String>,
    pub(crate) message: String,
    pub(crate) line: Option<u64>,
    pub(crate) position: Option<u64>,
    /// Which of several statements it was, from 0.
    pub(crate) index: Option<usize>,
    pub(crate) query_id: Option<QueryId>,
    pub(crate) request_id: Option<Uuid>,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(index) = self.index {
            write!(f, "statement {}: ", index.saturating_add(1))?;
        }
        if let Some(code) = &self.code {
            f.write_str(code.as_str())?;
            if let Some(state) = &self.sql_state {
                write!(f, " ({state})")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

/// An error that several waiters receive at once.
#[derive(Clone, Debug)]
pub(crate) struct SharedError(pub(crate) Arc<Error>);

impl std::fmt::Display for SharedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for SharedError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

impl ErrorKind {
    /// A short lower-case word for logs, spans and metric labels.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sql => "sql",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Auth => "auth",
            Self::Network => "network",
            Self::Incomplete => "incomplete",
            Self::Pool => "pool",
            Self::Conversion => "conversion",
            Self::NotFound => "not_found",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::DuplicateSuspected => "duplicate_suspected",
            Self::TransactionLost => "transaction_lost",
            Self::Protocol => "protocol",
            Self::Configuration => "configuration",
            Self::Io => "io",
        }
    }
}

impl Error {
    /// What happened, for a `match`.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &*self.0 {
            Repr::Server { failure } => failure.kind(),
            Repr::Timeout { .. } => ErrorKind::Timeout,
            Repr::Closed { .. } => ErrorKind::Cancelled,
            Repr::Session { source, .. } => session_kind(source),
            Repr::OutcomeUnknown { .. } | Repr::OutcomeForgotten { .. } => ErrorKind::OutcomeUnknown,
            Repr::DuplicateSuspected { .. } => ErrorKind::DuplicateSuspected,
            Repr::TransactionLost { .. } => ErrorKind::TransactionLost,
            Repr::PoolTimeout { .. } | Repr::PoolClosed => ErrorKind::Pool,
            Repr::PoolConnect { source } | Repr::PoolRejected { source } => source.0.kind(),
            Repr::UnknownQuery { .. } => ErrorKind::NotFound,
            Repr::ForeignUrl { .. } | Repr::Answer { .. } => ErrorKind::Protocol,
            Repr::Result { source } => source.kind(),
            Repr::InvalidQueryId { .. }
            | Repr::RequestIdReused { .. }
            | Repr::Configuration { .. }
            | Repr::Argument { .. } => ErrorKind::Configuration,
        }
    }

    /// What may be done about it.
    #[must_use]
    pub fn recovery(&self) -> Recovery {
        match &*self.0 {
            Repr::Server { failure } => failure.code.as_ref().map_or(Recovery::Never, ServerCode::recovery),
            Repr::Session { source, .. } | Repr::TransactionLost { source, .. } => source.recovery(),
            Repr::OutcomeUnknown { .. } => Recovery::RetryIfIdempotent,
            Repr::PoolTimeout { .. } => Recovery::Retry,
            Repr::PoolConnect { source } => source.0.recovery(),
            Repr::Result { source } => source.recovery(),
            _ => Recovery::Never,
        }
    }

    /// Whether a limit of time passed.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout || matches!(&*self.0, Repr::PoolTimeout { .. })
    }

    /// Whether trying again may help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self.recovery(), Recovery::Retry | Recovery::RetryIfIdempotent)
    }

    /// The query id, once the server gave one.
    #[must_use]
    pub fn query_id(&self) -> Option<QueryId> {
        match &*self.0 {
            Repr::Server { failure } => failure.query_id,
            Repr::Session { query_id, source, .. } => {
                query_id.or_else(|| QueryId::parse(source.query_id()?).ok())
            }
            Repr::OutcomeUnknown { query_id, source, .. } => query_id.or_else(|| source.query_id()),
            Repr::DuplicateSuspected { query_id, .. } => Some(*query_id),
            Repr::Timeout { query_id, .. }
            | Repr::ForeignUrl { query_id }
            | Repr::Answer { query_id, .. } => *query_id,
            Repr::UnknownQuery { query_id } => Some(*query_id),
            Repr::Result { source } => source.query_id(),
            _ => None,
        }
    }

    /// The query id that the statement had before, where two were seen for one request id.
    #[must_use]
    pub fn earlier_query_id(&self) -> Option<QueryId> {
        match &*self.0 {
            Repr::DuplicateSuspected { earlier, .. } => Some(*earlier),
            _ => None,
        }
    }

    /// The column at fault, where there is one.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match &*self.0 {
            Repr::Result { source } => source.column(),
            _ => None,
        }
    }

    /// The request id that the statement was submitted with.
    #[must_use]
    pub fn request_id(&self) -> Option<Uuid> {
        match &*self.0 {
            Repr::Server { failure } => failure.request_id,
            Repr::Timeout { request_id, .. } | Repr::Session { request_id, .. } => *request_id,
            Repr::OutcomeUnknown { request_id, .. }
            | Repr::OutcomeForgotten { request_id }
            | Repr::Closed { request_id }
            | Repr::DuplicateSuspected { request_id, .. }
            | Repr::TransactionLost { request_id, .. }
            | Repr::RequestIdReused { request_id } => Some(*request_id),
            _ => None,
        }
    }

    /// The server's code, such as `001003`.
    #[must_use]
    pub fn code(&self) -> Option<&ServerCode> {
        match &*self.0 {
            Repr::Server { failure } => failure.code.as_ref(),
            Repr::Session { source, .. } | Repr::TransactionLost { source, .. } => source.code(),
            Repr::OutcomeUnknown { source, .. } => source.code(),
            Repr::PoolConnect { source } | Repr::PoolRejected { source } => source.0.code(),
            _ => None,
        }
    }

    /// The SQLSTATE, where the server gave one.
    #[must_use]
    pub fn sql_state(&self) -> Option<&str> {
        match &*self.0 {
            Repr::Session { source, .. } | Repr::TransactionLost { source, .. } => source.sql_state(),
            Repr::OutcomeUnknown { source, .. } => source.sql_state(),
            _ => self.failure().and_then(|failure| failure.sql_state.as_deref()),
        }
    }

    /// The server's own words, escaped and cut to 8 KiB.
    #[must_use]
    pub fn server_message(&self) -> Option<&str> {
        self.failure().map(|failure| failure.message.as_str())
    }

    /// The line of a syntax error, from 1.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.failure().and_then(|failure| failure.line)
    }

    /// The position in the line of a syntax error, from 0.
    #[must_use]
    pub fn position(&self) -> Option<u64> {
        self.failure().and_then(|failure| failure.position)
    }

    /// Which of several statements that were submitted together failed, from 0, where
    /// [`Session::child_results`](crate::Session::child_results) tells.
    #[must_use]
    pub fn statement_index(&self) -> Option<usize> {
        self.failure().and_then(|failure| failure.index)
    }

    /// How often the request was sent, where that is known.
    #[must_use]
    pub fn attempts(&self) -> Option<u32> {
        match &*self.0 {
            Repr::OutcomeUnknown { attempts, .. } => Some(*attempts),
            _ => None,
        }
    }

    fn failure(&self) -> Option<&Failure> {
        match &*self.0 {
            Repr::Server { failure } => Some(failure),
            Repr::PoolConnect { source } | Repr::PoolRejected { source } => source.0.failure(),
            Repr::OutcomeUnknown { source, .. } => source.failure(),
            _ => None,
        }
    }

    /// Whether logging in again with the same credentials is useless, or could lock the account.
    pub(crate) fn is_permanent_rejection(&self) -> bool {
        use snowflake_auth::ErrorKind as Auth;
        let Repr::Session { source, .. } = &*self.0 else { return false };
        match source.kind() {
            // A bare status may come from a proxy, and locks nobody out.
            Auth::Rejected => source.code().is_some(),
            kind => matches!(kind, Auth::Key | Auth::Passphrase | Auth::Configuration),
        }
    }

    /// Whether the server did not run the statement because the session was over.
    pub(crate) fn found_session_over(&self) -> bool {
        let Repr::Session { source, query_id: None, .. } = &*self.0 else { return false };
        source.kind() == snowflake_auth::ErrorKind::Expired
    }

    /// Whether the session cannot be used any more.
    pub(crate) fn is_session_over(&self) -> bool {
        matches!(&*self.0, Repr::Session { source, .. } if source.kind() == snowflake_auth::ErrorKind::Expired)
    }

    /// Whether the server itself reports that the statement failed.
    pub(crate) fn is_reported(&self) -> bool {
        matches!(&*self.0, Repr::Server { .. })
    }

    /// Whether the statement may run on although nobody will hear of it: it is to be aborted.
    pub(crate) fn may_still_run(&self) -> bool {
        match &*self.0 {
            Repr::Timeout { .. } | Repr::Closed { .. } | Repr::Answer { .. } | Repr::ForeignUrl { .. } => {
                true
            }
            Repr::Session { source, .. } => may_have_run(source),
            _ => false,
        }
    }

    /// Whether the statement may have an outcome that this error does not tell.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.kind(), ErrorKind::OutcomeUnknown | ErrorKind::DuplicateSuspected)
            || self.may_still_run()
    }

    /// Tells which of several statements failed.
    pub(crate) fn in_statement(mut self, index: usize) -> Self {
        if let Repr::Server { failure } = &mut *self.0 {
            failure.index = Some(index);
        }
        self
    }

    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Repr::Configuration { message: message.into() }.into()
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Repr::from(fault).into()
    }
}

/// Whether the server may have begun to run a statement although no usable answer came.
pub(crate) fn may_have_run(error: &snowflake_auth::Error) -> bool {
    use snowflake_auth::ErrorKind as Auth;
    let refused = error.status().is_some_and(|status| status.is_client_error());
    matches!(error.kind(), Auth::Network | Auth::Protocol) && error.was_sent() && !refused
}

/// How to learn what became of a statement.
fn advice(request_id: Uuid, query_id: Option<QueryId>, source: &Error) -> String {
    match query_id {
        None if source.is_session_over() => {
            format!("its session is over: look for request id {request_id} in the query history")
        }
        _ => format!("ask again with request id {request_id}"),
    }
}

fn session_kind(source: &snowflake_auth::Error) -> ErrorKind {
    use snowflake_auth::ErrorKind as Auth;
    match source.kind() {
        Auth::Configuration => ErrorKind::Configuration,
        Auth::Network if source.is_timeout() => ErrorKind::Timeout,
        Auth::Network => ErrorKind::Network,
        Auth::Protocol => ErrorKind::Protocol,
        _ => ErrorKind::Auth,
    }
}

impl Failure {
    fn kind(&self) -> ErrorKind {
        let Some(code) = &self.code else { return ErrorKind::Sql };
        match code {
            code if *code == ServerCode::QUERY_CANCELLED => ErrorKind::Cancelled,
            code if *code == ServerCode::STATEMENT_TIMED_OUT
                || *code == ServerCode::STATEMENT_TIMED_OUT_AND_CANCELLED =>
            {
                ErrorKind::Timeout
            }
            code if *code == ServerCode::RESULT_NOT_FOUND || *code == ServerCode::RESULT_EXPIRED => {
                ErrorKind::NotFound
            }
            code if matches!(code.recovery(), Recovery::Reauthenticate | Recovery::RenewSession) => {
                ErrorKind::Auth
            }
            _ => ErrorKind::Sql,
        }
    }
}

/// The server's words on one line: what could forge a line of a log or reorder text is escaped, and the end of very
/// long ones is cut.
pub(crate) fn escape_message(message: &str) -> String {
    let mut escaped = String::with_capacity(message.len().min(MAX_MESSAGE));
    for character in message.trim_end().chars() {
        if escaped.len() >= MAX_MESSAGE - 16 {
            escaped.push('…');
            break;
        }
        match character {
            '\n' => escaped.push(' '),
            '\r' => {}
            // Left-to-right and right-to-left marks, embeddings, overrides and isolates, line and paragraph ends.
            '\u{200e}'
            | '\u{200f}'
            | '\u{61c}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{2028}'
            | '\u{2029}' => {
                escaped.extend(character.escape_unicode());
            }
            character if character.is_control() => escaped.extend(character.escape_default()),
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use snowflake_proto::{Recovery, ServerCode};

    use super::{Error, ErrorKind, Failure, MAX_MESSAGE, Repr, escape_message};

    fn server(code: &str, message: &str) -> Error {
        let failure = Failure {
            code: Some(ServerCode::new(code)),
            sql_state: Some("42000".into()),
            message: escape_message(message),
            line: Some(1),
            position: Some(7),
            index: None,
            query_id: None,
            request_id: None,
        };
        Repr::Server { failure: Box::new(failure) }.into()
    }

    #[test]
    fn an_error_is_one_pointer_wide_and_can_travel() {
        fn travels<T: Send + Sync + 'static>() {}
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        travels::<Error>();
    }

    #[test]
    fn g10_the_servers_words_cannot_forge_or_flood_a_log() {
        let error = server("001003", "SQL compilation error:\nsyntax\r\x1b[31m\u{202e}error");
        assert_eq!(
            error.to_string(),
            "001003 (42000): SQL compilation error: syntax\\u{1b}[31m\\u{202e}error"
        );
        let error = server("001003", &"x".repeat(10_000_000));
        assert!(error.to_string().len() < MAX_MESSAGE + 64);
        let error = server("001003", &"\u{1}".repeat(MAX_MESSAGE));
        assert!(error.server_message().is_some_and(|message| message.len() <= MAX_MESSAGE));
    }

    #[test]
    fn codes_decide_the_kind() {
        let table = [
            ("001003", ErrorKind::Sql),
            ("999999", ErrorKind::Sql),
            ("000604", ErrorKind::Cancelled),
            ("000630", ErrorKind::Timeout),
            ("000612", ErrorKind::NotFound),
            ("390111", ErrorKind::Auth),
        ];
        for (code, kind) in table {
            assert_eq!(server(code, "x").kind(), kind, "{code}");
        }
        let error = server("001003", "x");
        assert_eq!((error.line(), error.position()), (Some(1), Some(7)));
        assert_eq!(error.recovery(), Recovery::Never);
        assert_eq!(error.sql_state(), Some("42000"));
    }
}
