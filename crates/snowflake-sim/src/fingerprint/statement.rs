//! What a recording knows a statement by.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use snowflake_proto::sql::{Literals, normalize};

use super::Fingerprint;

/// A statement as it is matched.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// The text, as it was sent.
    pub sql: String,
    /// The `bindings` of the request: by position or name an object of `type` and `value`; null for none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub binds: Value,
    /// The names that were current when the statement was sent.
    #[serde(default)]
    pub context: StatementContext,
    /// Whether the statement was only to be described, not run.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub describe_only: bool,
}

/// The names that a session works with; none where nothing is current.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatementContext {
    /// The current role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The current warehouse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warehouse: Option<String>,
    /// The current database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// The current schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
}

impl Statement {
    /// What this statement shares with every spelling of it, and with nothing else.
    ///
    /// The text counts as [`normalize`] writes it, so white space, comments, the case of unquoted words and
    /// semicolons at the end do not matter; with [`Literals::Mask`] neither do its literals.
    /// The binds, the names of the context and whether it is only described count as they are.
    ///
    /// ```
    /// use snowflake_sim::{Literals, Statement, StatementContext};
    ///
    /// let statement = |sql: &str| Statement {
    ///     sql: sql.to_owned(),
    ///     binds: serde_json::Value::Null,
    ///     context: StatementContext::default(),
    ///     describe_only: false,
    /// };
    /// let (one, other) = (statement("select 1 -- one"), statement("SELECT\n2;"));
    /// assert_ne!(one.fingerprint(Literals::Keep), other.fingerprint(Literals::Keep));
    /// assert_eq!(one.fingerprint(Literals::Mask), other.fingerprint(Literals::Mask));
    /// ```
    #[must_use]
    pub fn fingerprint(&self, literals: Literals) -> Fingerprint {
        Fingerprint::of(self, &normalize(&self.sql, literals))
    }
}

impl StatementContext {
    /// The names with what they name, in the order in which a fingerprint counts them.
    pub(super) fn names(&self) -> [(&'static str, Option<&str>); 4] {
        [
            ("role", self.role.as_deref()),
            ("warehouse", self.warehouse.as_deref()),
            ("database", self.database.as_deref()),
            ("schema", self.schema.as_deref()),
        ]
    }
}

/// The text and the binds may hold a user's data, which no log should show.
impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Statement")
            .field("fingerprint", &self.fingerprint(Literals::Keep))
            .field("context", &self.context)
            .field("describe_only", &self.describe_only)
            .finish_non_exhaustive()
    }
}
