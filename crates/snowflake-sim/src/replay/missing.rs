//! What a recording does not have.

use std::fmt;

use snowflake_proto::sql::{Literals, normalize};
use snowflake_transport::{Delivery, Error, ErrorKind};

use crate::fingerprint::{Difference, Statement, nearest};

/// Characters of a statement in a message.
const SHOWN: usize = 400;

/// Something was asked for that is not in the recording. It is the source of the transport's error.
///
/// Its `Display` shows the statement that was asked for and the nearest that is recorded, because that is what
/// its reader needs to know: do not write it where statements may not be seen.
pub struct NotRecorded(Box<Repr>);

#[derive(Debug)]
enum Repr {
    Statement { wanted: Statement, nearest: Option<(Statement, Difference)> },
    UsedUp { wanted: Statement, times: usize },
    Unfinished { of: Statement },
    LeftOut { what: String, reason: String },
    Request { what: String },
}

impl NotRecorded {
    pub(super) fn statement<'r>(
        wanted: &Statement,
        recorded: impl IntoIterator<Item = &'r Statement>,
    ) -> Self {
        let nearest = nearest(wanted, recorded).map(|found| (found.statement.clone(), found.difference));
        Repr::Statement { wanted: wanted.clone(), nearest }.into()
    }

    pub(super) fn used_up(wanted: &Statement, times: usize) -> Self {
        Repr::UsedUp { wanted: wanted.clone(), times }.into()
    }

    pub(super) fn unfinished(of: &Statement) -> Self {
        Repr::Unfinished { of: of.clone() }.into()
    }

    pub(super) fn left_out(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Repr::LeftOut { what: what.into(), reason: reason.into() }.into()
    }

    pub(super) fn request(what: impl Into<String>) -> Self {
        Repr::Request { what: what.into() }.into()
    }

    /// The statement that was asked for, if it was one.
    #[must_use]
    pub fn wanted(&self) -> Option<&Statement> {
        match &*self.0 {
            Repr::Statement { wanted, .. } | Repr::UsedUp { wanted, .. } => Some(wanted),
            Repr::Unfinished { of } => Some(of),
            Repr::LeftOut { .. } | Repr::Request { .. } => None,
        }
    }

    /// The recorded statement that comes nearest to one that is not recorded.
    #[must_use]
    pub fn nearest(&self) -> Option<&Statement> {
        match &*self.0 {
            Repr::Statement { nearest: Some((nearest, _)), .. } => Some(nearest),
            _ => None,
        }
    }
}

impl From<Repr> for NotRecorded {
    fn from(repr: Repr) -> Self {
        Self(Box::new(repr))
    }
}

impl From<NotRecorded> for Error {
    /// Nothing was sent, and asking again would find nothing either.
    fn from(missing: NotRecorded) -> Self {
        Error::reported(ErrorKind::InvalidRequest, Delivery::NotSent, missing)
    }
}

impl fmt::Display for NotRecorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Repr::Statement { wanted, nearest: None } => {
                write!(f, "the recording has no statement at all, and not {}", Shown(wanted))
            }
            Repr::Statement { wanted, nearest: Some((nearest, difference)) } => write!(
                f,
                "the recording does not have {}; the nearest that it has is {}; the difference: {difference}",
                Shown(wanted),
                Shown(nearest),
            ),
            Repr::UsedUp { wanted, times } => write!(
                f,
                "the recording has only {times} answers to {}; record again, or let the replay repeat the last",
                Shown(wanted),
            ),
            Repr::Unfinished { of } => {
                write!(f, "the recording ends before the statement did: {}", Shown(of))
            }
            Repr::LeftOut { what, reason } => {
                write!(f, "{what} was left out of the recording: {reason}")
            }
            Repr::Request { what } => write!(f, "the recording does not have {what}"),
        }
    }
}

impl fmt::Debug for NotRecorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for NotRecorded {}

/// A statement with its names, for people.
struct Shown<'s>(&'s Statement);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sql = normalize(&self.0.sql, Literals::Keep);
        match sql.char_indices().nth(SHOWN) {
            Some((end, _)) => write!(f, "`{}…`", &sql[..end])?,
            None => write!(f, "`{sql}`")?,
        }
        let context = &self.0.context;
        let names = [
            ("role", &context.role),
            ("warehouse", &context.warehouse),
            ("database", &context.database),
            ("schema", &context.schema),
        ];
        let names: Vec<_> = names
            .into_iter()
            .filter_map(|(what, name)| Some(format!("{what} {}", name.as_deref()?)))
            .collect();
        if names.is_empty() { Ok(()) } else { write!(f, " ({})", names.join(", ")) }
    }
}
