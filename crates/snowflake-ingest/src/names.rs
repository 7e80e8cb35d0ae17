//! Names that a caller gives as text, spelled as in SQL.

use snafu::ResultExt;
use snowflake_proto::{Identifier, ObjectName};

use crate::error::{NameSnafu, Result};

/// A table, stage or file format with, where given, its schema and database.
pub(crate) fn object(text: &str) -> Result<ObjectName> {
    Ok(ObjectName::parse(text).context(NameSnafu { name: shown(text) })?)
}

/// A column.
pub(crate) fn column(text: &str) -> Result<Identifier> {
    Ok(Identifier::parse(text).context(NameSnafu { name: shown(text) })?)
}

/// The name for an error: in quotes, escaped and not too long.
fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(128).collect::<String>())
}
