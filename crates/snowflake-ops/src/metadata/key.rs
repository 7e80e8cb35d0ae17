//! The keys of a table: declared, and but for hybrid tables not enforced.

use std::collections::BTreeMap;

use snowflake_query::Pool;

use crate::answer::{AnswerRow, read_all};
use crate::error::Result;
use crate::names;

/// The keys of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableKeys {
    /// The primary key.
    pub primary: Option<Key>,
    /// The unique keys, by name.
    pub unique: Vec<Key>,
    /// The foreign keys, by name.
    pub foreign: Vec<ForeignKey>,
}

/// A primary or unique key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Key {
    /// The name of the constraint.
    pub name: String,
    /// Its columns in order.
    pub columns: Vec<String>,
    /// Whether the optimizer may rely on it.
    pub rely: bool,
    /// Its comment.
    pub comment: Option<String>,
}

/// A key of another table that columns of this one refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignKey {
    /// The name of the constraint.
    pub name: String,
    /// Its columns in order.
    pub columns: Vec<String>,
    /// The database of the table that it refers to.
    pub referenced_database: String,
    /// The schema of the table that it refers to.
    pub referenced_schema: String,
    /// The table that it refers to.
    pub referenced_table: String,
    /// The columns that it refers to, in the order of `columns`.
    pub referenced_columns: Vec<String>,
    /// What an update of the other table does: `NO ACTION`, `CASCADE`.
    pub on_update: Option<String>,
    /// What a deletion in the other table does.
    pub on_delete: Option<String>,
    /// Whether the optimizer may rely on it.
    pub rely: bool,
    /// Its comment.
    pub comment: Option<String>,
}

/// The keys of a table. The name is spelled as in SQL: `ANALYTICS.PUBLIC.USERS`.
///
/// # Errors
/// As [`describe_table`](crate::describe_table).
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement.
pub async fn keys(pool: &Pool, table: &str) -> Result<TableKeys> {
    let table = names::object(table)?;
    let rows = |command: &'static str| {
        let sql = format!("{command} IN TABLE {table}");
        async move { read_all(pool, sql, command, KeyRow::read).await }
    };
    let primary = grouped(rows("SHOW PRIMARY KEYS").await?);
    let unique = grouped(rows("SHOW UNIQUE KEYS").await?);
    let sql = format!("SHOW IMPORTED KEYS IN TABLE {table}");
    let foreign = read_all(pool, sql, "SHOW IMPORTED KEYS", ForeignKeyRow::read).await?;
    Ok(TableKeys {
        primary: primary.into_iter().next().map(|(_, key)| key),
        unique: unique.into_iter().map(|(_, key)| key).collect(),
        foreign: grouped_foreign(foreign).into_iter().map(|(_, key)| key).collect(),
    })
}

/// The schema and the name of a table.
pub(super) type TablePath = (String, String);

/// One column of a key.
pub(super) struct KeyRow {
    pub(super) table: TablePath,
    sequence: u64,
    column: String,
    key: Key,
}

impl KeyRow {
    pub(super) fn read(row: &AnswerRow<'_>) -> Result<Self> {
        Ok(Self {
            table: (row.text("schema_name")?, row.text("table_name")?),
            sequence: row.required_count("key_sequence")?,
            column: row.text("column_name")?,
            key: Key {
                name: row.text("constraint_name")?,
                columns: Vec::new(),
                rely: row.flag("rely").unwrap_or_default(),
                comment: row.optional_text("comment"),
            },
        })
    }
}

/// The keys that the columns make up, by table and name.
pub(super) fn grouped(mut rows: Vec<KeyRow>) -> Vec<(TablePath, Key)> {
    rows.sort_by_key(|row| row.sequence);
    let mut keys = BTreeMap::new();
    for KeyRow { table, column, key, .. } in rows {
        let entry = keys.entry((table, key.name.clone())).or_insert(key);
        entry.columns.push(column);
    }
    keys.into_iter().map(|((table, _), key)| (table, key)).collect()
}

/// One column of a foreign key.
pub(super) struct ForeignKeyRow {
    pub(super) table: TablePath,
    sequence: u64,
    column: String,
    referenced: String,
    key: ForeignKey,
}

impl ForeignKeyRow {
    pub(super) fn read(row: &AnswerRow<'_>) -> Result<Self> {
        Ok(Self {
            table: (row.text("fk_schema_name")?, row.text("fk_table_name")?),
            sequence: row.required_count("key_sequence")?,
            column: row.text("fk_column_name")?,
            referenced: row.text("pk_column_name")?,
            key: ForeignKey {
                name: row.text("fk_name")?,
                columns: Vec::new(),
                referenced_database: row.text("pk_database_name")?,
                referenced_schema: row.text("pk_schema_name")?,
                referenced_table: row.text("pk_table_name")?,
                referenced_columns: Vec::new(),
                on_update: row.optional_text("update_rule"),
                on_delete: row.optional_text("delete_rule"),
                rely: row.flag("rely").unwrap_or_default(),
                comment: row.optional_text("comment"),
            },
        })
    }
}

/// The foreign keys that the columns make up, by table and name.
pub(super) fn grouped_foreign(mut rows: Vec<ForeignKeyRow>) -> Vec<(TablePath, ForeignKey)> {
    rows.sort_by_key(|row| row.sequence);
    let mut keys = BTreeMap::new();
    for ForeignKeyRow { table, column, referenced, key, .. } in rows {
        let entry = keys.entry((table, key.name.clone())).or_insert(key);
        entry.columns.push(column);
        entry.referenced_columns.push(referenced);
    }
    keys.into_iter().map(|((table, _), key)| (table, key)).collect()
}
