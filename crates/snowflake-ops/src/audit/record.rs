//! One entry of an audit.

use std::fmt;

use serde::{Serialize, Serializer};
use snowflake_query::{Ending, Observed, Uuid};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::AuditStatements;
use super::statement::Kept;

/// What an entry tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AuditEvent {
    /// A statement was submitted.
    Submitted,
    /// A statement ended.
    Ended,
}

/// One entry of an audit. As JSON it is one line, without the fields that are not known.
///
/// What the server said about a failure is left out, because it quotes data; its code is there.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AuditRecord {
    /// What it tells of.
    pub event: AuditEvent,
    /// When the statement was submitted; in JSON as RFC 3339.
    #[serde(serialize_with = "rfc3339")]
    pub submitted_at: OffsetDateTime,
    /// The name of who is logged in, as the server says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The role at submission; like the other names, as far as the server has told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The server's number of the session.
    pub session_id: i64,
    /// The warehouse at submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warehouse: Option<String>,
    /// The database at submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// The schema at submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The id that the statement was submitted with.
    #[serde(serialize_with = "displayed")]
    pub request_id: Uuid,
    /// The server's id of the statement, once it gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_id: Option<String>,
    /// See [`fingerprint`](crate::fingerprint).
    pub fingerprint: String,
    /// The first word, such as `SELECT`, where it is a plain one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verb: Option<String>,
    /// The kind of the statement, where the server told it, such as `INSERT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement_type: Option<&'static str>,
    /// What [`AuditStatements`] keeps of the text, at most 16 KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// Whether the text is longer than what is kept of it, or its fingerprint is of its first MiB only.
    #[serde(skip_serializing_if = "is_false")]
    pub is_cut: bool,
    /// The query tag that the statement was given, not that of its session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// How many values are bound.
    pub binds: usize,
    /// Whether the client ran it on its own account.
    #[serde(skip_serializing_if = "is_false")]
    pub is_internal: bool,
    /// `success`, `failed`, `timed_out`, `cancelled`, `abandoned`, `detached` or `unknown`, when it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<&'static str>,
    /// Milliseconds from submission to the end, as seen from here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Rows that it changed, or else rows of its result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// The server's code of a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// What the checker of statements suspects, where it was asked; see [`suspicions`](crate::suspicions).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suspicions: Vec<&'static str>,
}

impl AuditRecord {
    pub(super) fn submitted(statement: &Observed<'_>, keep: AuditStatements) -> Self {
        let kept = Kept::of(statement.sql, keep);
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            event: AuditEvent::Submitted,
            submitted_at: statement.submitted_at,
            user: owned(statement.user),
            role: owned(statement.role),
            session_id: statement.session_id,
            warehouse: owned(statement.warehouse),
            database: owned(statement.database),
            schema: owned(statement.schema),
            request_id: statement.request_id,
            query_id: None,
            fingerprint: kept.fingerprint,
            verb: kept.verb,
            statement_type: None,
            statement: kept.statement,
            is_cut: kept.is_cut,
            tag: owned(statement.tag),
            binds: statement.binds,
            is_internal: statement.is_internal,
            outcome: None,
            duration_ms: None,
            rows: None,
            error_code: None,
            suspicions: Vec::new(),
        }
    }

    pub(super) fn ended(statement: &Observed<'_>, ending: &Ending<'_>, keep: AuditStatements) -> Self {
        let code = ending.error.and_then(|error| error.code());
        Self {
            event: AuditEvent::Ended,
            query_id: ending.query_id.map(|id| id.to_string()),
            statement_type: ending.statement_type.map(snowflake_proto::StatementType::name),
            outcome: Some(ending.outcome.as_str()),
            duration_ms: Some(u64::try_from(ending.elapsed.as_millis()).unwrap_or(u64::MAX)),
            rows: ending.rows,
            error_code: code.map(|code| code.as_str().to_owned()),
            ..Self::submitted(statement, keep)
        }
    }
}

/// Shows neither the text nor the tag.
impl fmt::Debug for AuditRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditRecord")
            .field("event", &self.event)
            .field("request_id", &self.request_id)
            .field("query_id", &self.query_id)
            .field("fingerprint", &self.fingerprint)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_false(value: &bool) -> bool {
    !value
}

fn rfc3339<S: Serializer>(at: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&at.format(&Rfc3339).map_err(serde::ser::Error::custom)?)
}

fn displayed<S: Serializer>(value: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
