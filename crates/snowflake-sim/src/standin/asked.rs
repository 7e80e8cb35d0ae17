//! A statement that asks for an answer.

use std::collections::BTreeMap;
use std::fmt;

use snowflake_proto::wire::query::{Binding, BindingValue};

/// A statement that asks for an answer.
#[derive(Clone)]
pub struct Asked {
    pub(super) sql: String,
    pub(super) normalized: String,
    pub(super) session_id: i64,
    pub(super) binds: BTreeMap<String, Binding>,
}

impl Asked {
    /// The statement as it was sent.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The statement with its white space, comments and keywords brought into one form, as
    /// [`normalize`](snowflake_proto::sql::normalize) does.
    #[must_use]
    pub fn normalized(&self) -> &str {
        &self.normalized
    }

    /// The session that asks.
    #[must_use]
    pub fn session_id(&self) -> i64 {
        self.session_id
    }

    /// How many values are bound.
    #[must_use]
    pub fn bind_count(&self) -> usize {
        self.binds.len()
    }

    /// The text of the value that is bound to a placeholder, by its name or its number from `"1"`; `None`
    /// when nothing, NULL or a list is bound to it.
    #[must_use]
    pub fn bind(&self, placeholder: &str) -> Option<&str> {
        match &self.binds.get(placeholder)?.value {
            BindingValue::Text(text) => Some(text),
            BindingValue::Null | BindingValue::List(_) => None,
        }
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Statements and binds hold data.
        f.debug_struct("Asked")
            .field("session_id", &self.session_id)
            .field("length", &self.sql.len())
            .field("binds", &self.binds.len())
            .finish_non_exhaustive()
    }
}
