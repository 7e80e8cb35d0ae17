//! The columns of a table or view.

use snowflake_proto::DataType;
use snowflake_query::Pool;

use crate::answer::{AnswerRow, read_all};
use crate::error::Result;
use crate::names;

/// A column, as `DESCRIBE TABLE` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableColumn {
    /// Its exact name.
    pub name: String,
    /// Its type as the service spells it: `NUMBER(38,0)`, `VARCHAR(16777216)`.
    pub data_type: String,
    /// Whether it may hold NULL.
    pub nullable: bool,
    /// What it is.
    pub kind: ColumnKind,
    /// The expression of its default, or its sequence.
    pub default: Option<String>,
    /// Whether it is of the primary key.
    pub primary_key: bool,
    /// Whether it is of a unique key.
    pub unique_key: bool,
    /// The expression that it is computed by.
    pub expression: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// The masking policy that is set on it.
    pub policy: Option<String>,
}

/// What a column is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ColumnKind {
    /// One whose values are stored.
    Stored,
    /// One that is computed.
    Virtual,
    /// Something that this version does not know, as the service says it.
    Other(String),
}

impl TableColumn {
    /// The type, read.
    ///
    /// ```
    /// # use snowflake_ops::TableColumn;
    /// # fn show(column: &TableColumn) {
    /// if let snowflake_query::DataType::Number { precision, scale } = column.parsed_type() {
    ///     println!("{}: {precision} digits, {scale} of them after the point", column.name);
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn parsed_type(&self) -> DataType {
        DataType::from_sql(&self.data_type)
    }

    fn read(row: &AnswerRow<'_>) -> Result<Self> {
        Ok(Self {
            name: row.text("name")?,
            data_type: row.text("type")?,
            nullable: row.flag("null?").unwrap_or(true),
            kind: ColumnKind::of(row.optional_text("kind")),
            default: row.optional_text("default"),
            primary_key: row.flag("primary key").unwrap_or_default(),
            unique_key: row.flag("unique key").unwrap_or_default(),
            expression: row.optional_text("expression"),
            comment: row.optional_text("comment"),
            policy: row.optional_text("policy name"),
        })
    }
}

impl ColumnKind {
    fn of(kind: Option<String>) -> Self {
        match kind.as_deref() {
            None | Some("COLUMN") => Self::Stored,
            Some("VIRTUAL" | "VIRTUAL_COLUMN") => Self::Virtual,
            Some(other) => Self::Other(other.to_owned()),
        }
    }
}

/// The columns of a table or view in order. The name is spelled as in SQL: `ANALYTICS.PUBLIC.USERS`.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) for a text that is no name; [`Sql`](crate::ErrorKind::Sql) when
/// there is no such table or the role may not see it; the other kinds of a statement.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement.
pub async fn describe_table(pool: &Pool, name: &str) -> Result<Vec<TableColumn>> {
    let sql = format!("DESCRIBE TABLE {}", names::object(name)?);
    read_all(pool, sql, "DESCRIBE TABLE", TableColumn::read).await
}
