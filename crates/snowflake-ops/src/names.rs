//! Names that a caller gives as text, spelled as in SQL.

use snafu::ResultExt;
use snowflake_proto::{Identifier, ObjectName};
use snowflake_query::{Pool, Wanted};

use crate::error::{NameSnafu, NotInASchemaSnafu, Result};

/// An object with, where given, its schema and database.
pub(crate) fn object(text: &str) -> Result<ObjectName> {
    Ok(ObjectName::parse(text).context(NameSnafu { name: shown(text) })?)
}

/// One name.
pub(crate) fn identifier(text: &str) -> Result<Identifier> {
    Ok(Identifier::parse(text).context(NameSnafu { name: shown(text) })?)
}

/// A name that the service gave, exactly as it stands there.
pub(crate) fn exact(name: &str) -> Result<Identifier> {
    Ok(Identifier::new(name).context(NameSnafu { name: shown(name) })?)
}

/// A name with its database and schema: those of the session where it has none of its own.
pub(crate) async fn complete(pool: &Pool, name: ObjectName) -> Result<[Identifier; 3]> {
    if let (Some(database), Some(schema)) = (name.database(), name.schema()) {
        return Ok([database.clone(), schema.clone(), name.name().clone()]);
    }
    let session = pool.get(&Wanted::default()).await?;
    let schema = name.schema().map(|schema| schema.name().to_owned()).or_else(|| session.schema());
    let (Some(database), Some(schema)) = (session.database(), schema) else {
        return NotInASchemaSnafu { name: name.to_string() }.fail()?;
    };
    Ok([exact(&database)?, exact(&schema)?, name.name().clone()])
}

/// The name for an error: in quotes, escaped and not too long.
fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(128).collect::<String>())
}
