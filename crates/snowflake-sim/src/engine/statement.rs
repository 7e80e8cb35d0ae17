//! What is asked of the engine.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;
use snowflake_proto::wire::query::Binding;

use super::history::Work;
use super::syntax::{lex, split_tokens};
use super::{CancelToken, SqlError};

/// Bind values by position (`"1"`, …) or name.
pub(crate) type Binds = BTreeMap<String, Binding>;

/// One statement to run.
#[derive(Clone, Default)]
pub(crate) struct Statement {
    /// Its text.
    pub(crate) sql: String,
    /// The id that the server gave it.
    pub(crate) query_id: String,
    /// Its bind values.
    pub(crate) binds: Binds,
    /// The stage that holds its bind values instead, such as `@SYSTEM$BIND/…`.
    pub(crate) bind_stage: Option<String>,
    /// Parameters of this statement alone.
    pub(crate) parameters: BTreeMap<String, Value>,
    /// Raised when it shall stop.
    pub(crate) cancel: CancelToken,
    /// Compile only.
    pub(crate) describe_only: bool,
    /// Told what it does.
    pub(crate) work: Work,
}

impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Statement")
            .field("query_id", &self.query_id)
            .field("binds", &self.binds.len())
            .field("describe_only", &self.describe_only)
            .finish_non_exhaustive()
    }
}

/// The single statements of a text, in order, without their semicolons.
///
/// # Errors
/// `001003` when a literal or comment does not end.
pub(crate) fn split(sql: &str) -> Result<Vec<String>, SqlError> {
    let tokens = lex(sql)?;
    Ok(split_tokens(&tokens).iter().map(|part| part.all().to_owned()).collect())
}
