//! Results that the engine makes itself: of SHOW, DESCRIBE, DDL and DML.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, Schema, SchemaRef};
use futures::stream;
use snowflake_proto::{Column, StatementType};

use super::edge::{canonical_schema, to_canonical};
use super::env::Env;
use super::time::Stamp;
use super::types::{INTEGER, SqlType, TEXT, field};
use super::value::{Builder, Value};
use super::{BatchStream, Outcome, Rows, SqlError};

/// A whole number in a result of SHOW.
pub(super) const COUNT: SqlType = SqlType::Number { precision: 18, scale: 0 };
/// A time in a result of SHOW.
pub(super) const INSTANT: SqlType = SqlType::TimestampLtz { scale: 3 };
/// The counters of DML.
const AFFECTED: SqlType = SqlType::Number { precision: 19, scale: 0 };

/// A small result that is built row by row.
#[derive(Debug)]
pub(super) struct Answer {
    columns: Vec<Column>,
    rows: Vec<Vec<Value<'static>>>,
}

impl Answer {
    pub(super) fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Nullable columns as a text lists them: `created_on: time, name, rows: count`. A column of no stated
    /// type is text.
    pub(super) fn listing(columns: &str) -> Self {
        Self::new(columns.split(',').map(listed).collect())
    }

    /// Nullable text columns.
    pub(super) fn of_text(names: &[&str]) -> Self {
        Self::new(names.iter().map(|name| Column::new(*name, TEXT, true)).collect())
    }

    /// Changes the type of some columns.
    pub(super) fn with(mut self, names: &[&str], data_type: &SqlType) -> Self {
        for column in &mut self.columns {
            if names.contains(&column.name.as_str()) {
                column.data_type = data_type.clone();
            }
        }
        self
    }

    /// Adds a column after another, or at the end.
    pub(super) fn with_column(mut self, column: &str, after: &str) -> Self {
        let place = self.columns.iter().position(|each| each.name == after);
        self.columns.insert(place.map_or(self.columns.len(), |at| at + 1), listed(column));
        self
    }

    /// Says that no column is ever NULL.
    pub(super) fn without_nulls(mut self) -> Self {
        for column in &mut self.columns {
            column.nullable = false;
        }
        self
    }

    pub(super) fn row(&mut self, values: Vec<Value<'static>>) {
        self.rows.push(values);
    }

    /// Adds a row that names its values; columns that are not named are NULL.
    pub(super) fn named(&mut self, values: Vec<(&str, Value<'static>)>) {
        let mut row: Vec<Value<'static>> = self.columns.iter().map(|_| Value::Null).collect();
        for (name, value) in values {
            if let Some(at) = self.columns.iter().position(|column| column.name == name) {
                row[at] = value;
            }
        }
        self.rows.push(row);
    }

    /// Keeps the named columns, in that order; what is not there is NULL, but for `kind`.
    pub(super) fn terse(self, names: &[&str], kind: Option<&'static str>) -> Self {
        let places: Vec<Option<usize>> =
            names.iter().map(|name| self.columns.iter().position(|column| column.name == *name)).collect();
        let column = |(name, place): (&&str, &Option<usize>)| {
            place.map_or_else(|| Column::new(*name, TEXT, true), |at| self.columns[at].clone())
        };
        let columns = names.iter().zip(&places).map(column).collect();
        let absent = |name: &str| kind.filter(|_| name == "kind").map_or(Value::Null, Value::text);
        let rows = self.rows.into_iter().map(|row| {
            let cells = names.iter().zip(&places);
            cells.map(|(name, place)| place.map_or_else(|| absent(name), |at| row[at].clone())).collect()
        });
        Self { columns, rows: rows.collect() }
    }

    pub(super) fn into_columns(self) -> Vec<Column> {
        self.columns
    }

    /// The result as a table to query.
    ///
    /// # Errors
    /// `300010` when a value is not of its column's type.
    pub(super) fn table(self) -> Result<(SchemaRef, Vec<RecordBatch>), SqlError> {
        let (batch, _) = self.batch()?;
        Ok((batch.schema(), vec![batch]))
    }

    /// The result.
    ///
    /// # Errors
    /// `300010` when a value is not of its column's type.
    pub(super) fn finish(self, statement_type: StatementType) -> Result<Outcome, SqlError> {
        self.rows(statement_type).map(Outcome::Rows)
    }

    /// As [`Self::finish`], to be changed further.
    ///
    /// # Errors
    /// `300010` when a value is not of its column's type.
    pub(super) fn rows(self, statement_type: StatementType) -> Result<Rows, SqlError> {
        let (batch, columns) = self.batch()?;
        let schema = canonical_schema(&columns)?;
        let batch = to_canonical(&batch, &columns, &schema, &Env::default())?;
        Ok(Rows::new(columns, one_batch(batch), statement_type))
    }

    fn batch(self) -> Result<(RecordBatch, Vec<Column>), SqlError> {
        let fields: Vec<Field> =
            self.columns.iter().map(|column| field(&column.name, &column.data_type, true)).collect();
        let count = self.rows.len();
        let mut builders: Vec<Builder> =
            self.columns.iter().map(|column| Builder::new(&column.data_type, count)).collect();
        for row in self.rows {
            for (builder, value) in builders.iter_mut().zip(row) {
                builder.push(value)?;
            }
        }
        let arrays = builders.into_iter().map(Builder::finish).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options);
        Ok((batch.map_err(SqlError::internal)?, self.columns))
    }
}

/// The column that a word or two of a listing describe.
fn listed(text: &str) -> Column {
    let (name, kind) = text.split_once(':').unwrap_or((text, ""));
    let data_type = match kind.trim() {
        "time" => INSTANT,
        "count" => COUNT,
        "number" => INTEGER,
        "timestamp" => SqlType::TimestampLtz { scale: 9 },
        "float" => SqlType::Float,
        "boolean" => SqlType::Boolean,
        "object" => SqlType::Object,
        _ => TEXT,
    };
    Column::new(name.trim(), data_type, true)
}

/// A stream of one batch.
pub(super) fn one_batch(batch: RecordBatch) -> BatchStream {
    Box::pin(stream::iter([Ok(batch)]))
}

/// A stream of no batch.
pub(super) fn no_batch() -> BatchStream {
    Box::pin(stream::iter([]))
}

/// The one row of a DDL statement.
///
/// # Errors
/// Never in practice: as [`Answer::finish`].
pub(super) fn status(
    sentence: impl Into<String>,
    statement_type: StatementType,
) -> Result<Outcome, SqlError> {
    let mut answer = Answer::of_text(&["status"]);
    answer.row(vec![Value::text(sentence)]);
    answer.finish(statement_type)
}

/// The one row of a DML statement: its counters by name.
///
/// # Errors
/// Never in practice: as [`Answer::finish`].
pub(super) fn counters(counts: &[(&str, usize)], statement_type: StatementType) -> Result<Rows, SqlError> {
    let columns = counts.iter().map(|(name, _)| Column::new(*name, AFFECTED, false)).collect();
    let mut answer = Answer::new(columns);
    answer.row(counts.iter().map(|(_, count)| count_value(*count)).collect());
    answer.rows(statement_type)
}

/// Text as a value.
pub(super) fn text(text: &str) -> Value<'static> {
    Value::text(text)
}

/// Text that may not be there as a value.
pub(super) fn optional(text: Option<&str>) -> Value<'static> {
    text.map_or(Value::Null, Value::text)
}

/// A count as a value.
pub(super) fn count_value(count: usize) -> Value<'static> {
    Value::integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A time as a value of a `created_on` column.
pub(super) fn instant_value(stamp: Stamp) -> Value<'static> {
    Value::Ltz(stamp.truncated(3))
}

/// `true` and `false` as the letters that SHOW uses.
pub(super) fn letter(value: bool) -> Value<'static> {
    Value::text(if value { "Y" } else { "N" })
}
