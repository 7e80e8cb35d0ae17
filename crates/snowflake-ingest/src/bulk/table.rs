//! The table that rows go into, as `DESCRIBE TABLE` tells it.

use snafu::ResultExt;
use snowflake_proto::{DataType, ObjectName, ServerCode};
use snowflake_query::{Pool, Row};

use super::statement::Statements;
use crate::error::{AnswerSnafu, Result};

/// A column of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableColumn {
    /// Its exact name.
    pub(crate) name: String,
    pub(crate) data_type: DataType,
    pub(crate) nullable: bool,
    /// Whether it has a value of its own where a row gives none: a default, a sequence.
    pub(crate) has_default: bool,
    /// Whether the table is still to get it.
    pub(crate) is_new: bool,
    /// Whether its type was read off the first values, which later ones have to fit exactly.
    pub(crate) is_guessed: bool,
}

/// The columns of a table; `None` when there is no such table.
pub(super) async fn describe(
    pool: &Pool,
    statements: &Statements,
    table: &ObjectName,
) -> Result<Option<Vec<TableColumn>>> {
    let answer = pool.execute(statements.query(format!("DESCRIBE TABLE {table}"))).await;
    let described = match answer {
        Ok(described) => described,
        Err(error) if error.code() == Some(&ServerCode::OBJECT_DOES_NOT_EXIST) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let read = |row: Row| TableColumn::read(&row).context(AnswerSnafu { statement: "DESCRIBE TABLE" });
    let columns: Vec<_> = described.rows.iter().map(read).collect::<Result<_, _>>()?;
    Ok(Some(columns.into_iter().flatten().collect()))
}

impl TableColumn {
    /// A column that can be written; nothing for a computed one.
    fn read(row: &Row) -> snowflake_query::Result<Option<Self>> {
        let kind: String = row.get("kind")?;
        let data_type: String = row.get("type")?;
        let nullable: String = row.get("null?")?;
        let default: Option<String> = row.get("default")?;
        let column = Self {
            name: row.get("name")?,
            data_type: DataType::from_sql(&data_type),
            nullable: nullable != "N",
            has_default: default.is_some_and(|default| !default.is_empty()),
            is_new: false,
            is_guessed: false,
        };
        Ok((kind == "COLUMN").then_some(column))
    }
}
