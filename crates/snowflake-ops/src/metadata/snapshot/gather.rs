//! Rows about many tables at once, however many there are.

use std::collections::BTreeSet;

use snowflake_proto::Identifier;
use snowflake_query::Pool;

use super::super::listing::is_too_many;
use super::super::scope::Scope;
use super::super::show::MOST_ROWS;
use crate::answer::{AnswerRow, read_all};
use crate::error::{IncompleteSnafu, Result};
use crate::names;

/// The tables that are in a scope, by schema and name.
pub(super) struct Tables<'a> {
    pub(super) database: &'a Identifier,
    pub(super) paths: BTreeSet<(String, String)>,
}

/// The rows of a command that has no pages. Where a whole scope would be too many, each of its schemas is asked, and where
/// a schema is too many, each of its tables.
pub(super) async fn gather<T: Send>(
    pool: &Pool,
    statement: &'static str,
    scope: &Scope,
    tables: &Tables<'_>,
    read: fn(&AnswerRow<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    if let Some(rows) = all(pool, statement, scope.to_string(), read).await? {
        return Ok(rows);
    }
    let mut rows = Vec::new();
    let schemas: BTreeSet<&String> = tables.paths.iter().map(|(schema, _)| schema).collect();
    for schema in schemas {
        let part = Scope::Schema(tables.database.clone(), names::exact(schema)?);
        if part != *scope
            && let Some(more) = all(pool, statement, part.to_string(), read).await?
        {
            rows.extend(more);
            continue;
        }
        for (_, table) in tables.paths.iter().filter(|(of, _)| of == schema) {
            let (database, schema) = (tables.database, names::exact(schema)?);
            let part = format!("TABLE {database}.{schema}.{}", names::exact(table)?);
            match all(pool, statement, part.clone(), read).await? {
                Some(more) => rows.extend(more),
                None => return IncompleteSnafu { statement, scope: part, most: MOST_ROWS }.fail()?,
            }
        }
    }
    Ok(rows)
}

/// All rows, unless they are too many for one answer.
async fn all<T: Send>(
    pool: &Pool,
    statement: &'static str,
    scope: String,
    read: fn(&AnswerRow<'_>) -> Result<T>,
) -> Result<Option<Vec<T>>> {
    match read_all(pool, format!("{statement} IN {scope}"), statement, read).await {
        Err(error) if is_too_many(&error) => Ok(None),
        rows => Ok(Some(rows?).filter(|rows| rows.len() < MOST_ROWS)),
    }
}
