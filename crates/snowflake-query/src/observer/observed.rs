//! A statement as observers see it.

use std::fmt;

use time::OffsetDateTime;
use uuid::Uuid;

/// A statement as observers see it.
///
/// The text is what was sent, with whatever literals it holds: an observer decides what of it to keep.
/// The values of binds are not shown.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Observed<'a> {
    /// The text.
    pub sql: &'a str,
    /// The id that it is submitted with.
    pub request_id: Uuid,
    /// The server's number of the session.
    pub session_id: i64,
    /// Who is logged in, as the server says it.
    pub user: Option<&'a str>,
    /// The role at the time of submission; like the other names, as far as the server has told it.
    pub role: Option<&'a str>,
    /// The warehouse at the time of submission.
    pub warehouse: Option<&'a str>,
    /// The database at the time of submission.
    pub database: Option<&'a str>,
    /// The schema at the time of submission.
    pub schema: Option<&'a str>,
    /// The query tag that the statement was given, not that of its session.
    pub tag: Option<&'a str>,
    /// How many values are bound.
    pub binds: usize,
    /// When it was submitted.
    pub submitted_at: OffsetDateTime,
    /// Whether the client runs it on its own account, such as a `USE` before another statement.
    pub is_internal: bool,
}

/// Shows no text.
impl fmt::Debug for Observed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observed")
            .field("sql_bytes", &self.sql.len())
            .field("request_id", &self.request_id)
            .field("session_id", &self.session_id)
            .finish_non_exhaustive()
    }
}
