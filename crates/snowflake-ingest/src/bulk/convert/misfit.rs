//! Why a value, or a whole record, cannot go into its table.

use std::fmt;

/// What is wrong. Never holds the value itself: that may be nobody else's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// A value does not go into its column.
    Value(String),
    /// The table has no column for this field.
    Unknown(String),
    /// A value does not go into this column.
    Column { column: String, reason: String },
    /// The record is none.
    Record(String),
}

impl Misfit {
    pub(super) fn value(reason: impl Into<String>) -> Self {
        Self::Value(reason.into())
    }

    /// The same, with the column that it is about.
    pub(super) fn at(self, column: &str) -> Self {
        match self {
            Self::Value(reason) => Self::Column { column: column.to_owned(), reason },
            other => other,
        }
    }

    /// The column that it is about.
    pub(crate) fn column(&self) -> Option<&str> {
        match self {
            Self::Unknown(column) | Self::Column { column, .. } => Some(column),
            Self::Value(_) | Self::Record(_) => None,
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(reason) | Self::Record(reason) => f.write_str(reason),
            Self::Unknown(field) => write!(f, "the table has no column for the field `{field}`"),
            Self::Column { column, reason } => write!(f, "column `{column}`: {reason}"),
        }
    }
}

impl std::error::Error for Misfit {}

/// What a type's own `Serialize` complains about.
impl serde::ser::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Value(message.to_string())
    }
}
