//! Tables and columns that a load makes for its records.

use snafu::ResultExt;
use snowflake_proto::{Identifier, ObjectName};

use super::options::CreateTable;
use super::table::TableColumn;
use crate::error::{NameSnafu, Result};

/// The statements that give the table what its new columns need, in order.
pub(super) fn statements(
    table: &ObjectName,
    columns: &[TableColumn],
    exists: bool,
    create: CreateTable,
) -> Result<Vec<String>> {
    let new: Vec<String> =
        columns.iter().filter(|column| column.is_new).map(definition).collect::<Result<_>>()?;
    if exists {
        let add = |column: &String| format!("ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column}");
        return Ok(new.iter().map(add).collect());
    }
    let verb = match create {
        CreateTable::OrReplace => "CREATE OR REPLACE TABLE",
        CreateTable::Never | CreateTable::IfNotExists => "CREATE TABLE IF NOT EXISTS",
    };
    Ok(vec![format!("{verb} {table} ({})", new.join(", "))])
}

/// A temporary table with these columns, all of which may be NULL.
pub(super) fn temporary(table: &ObjectName, columns: &[TableColumn]) -> Result<String> {
    let columns: Vec<String> = columns.iter().map(definition).collect::<Result<_>>()?;
    Ok(format!("CREATE TEMPORARY TABLE {table} ({})", columns.join(", ")))
}

fn definition(column: &TableColumn) -> Result<String> {
    let name =
        Identifier::new(column.name.as_str()).context(NameSnafu { name: format!("{:?}", column.name) })?;
    Ok(format!("{name} {}", column.data_type))
}
