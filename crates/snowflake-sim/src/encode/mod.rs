//! From canonical batches to the wire's two result formats.

mod arrow;
mod cell;
mod field;
pub(crate) mod json;
mod width;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use snowflake_proto::Column;
use snowflake_proto::wire::query::RowType;

use self::width::Width;
pub(crate) use cell::{float, hex, seconds};

/// How the rows of one answer are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Arrow IPC streams.
    Arrow,
    /// Arrays of texts.
    Json,
}

impl Format {
    /// The value of `queryResultFormat`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Format::Arrow => "arrow",
            Format::Json => "json",
        }
    }
}

/// The rows that travel inside the answer.
#[derive(Debug)]
pub(crate) enum Inline {
    /// One Arrow stream, or nothing when there is no row.
    Arrow(Vec<u8>),
    /// The rows' cells.
    Json(Vec<json::Row>),
}

/// How one result is encoded: every part of it alike, because some readers expect of all parts the widths
/// of the first.
#[derive(Debug)]
pub(crate) struct Encoding {
    format: Format,
    columns: Vec<Column>,
    widths: Vec<Width>,
}

impl Encoding {
    /// Looks through all rows of a result, and settles how they are written.
    pub(crate) fn new(format: Format, columns: Vec<Column>, batches: &[RecordBatch]) -> Self {
        let widths = match format {
            Format::Arrow => (0..columns.len()).map(|index| Width::of(batches, index)).collect(),
            Format::Json => Vec::new(),
        };
        Self { format, columns, widths }
    }

    /// Encodes rows for the answer itself; without any there is nothing to encode.
    pub(crate) fn inline(&self, rows: Option<&RecordBatch>) -> Result<Inline, ArrowError> {
        match (self.format, rows) {
            (Format::Arrow, None) => Ok(Inline::Arrow(Vec::new())),
            (Format::Json, None) => Ok(Inline::Json(Vec::new())),
            (Format::Arrow, Some(rows)) => {
                arrow::stream(&self.columns, &self.widths, rows).map(Inline::Arrow)
            }
            (Format::Json, Some(rows)) => json::rows(&self.columns, rows).map(Inline::Json),
        }
    }

    /// Encodes rows for a part that is fetched separately, not compressed yet.
    pub(crate) fn part(&self, rows: &RecordBatch) -> Result<Vec<u8>, ArrowError> {
        match self.format {
            Format::Arrow => arrow::stream(&self.columns, &self.widths, rows),
            Format::Json => json::part(json::rows(&self.columns, rows)?)
                .map_err(|error| ArrowError::JsonError(error.to_string())),
        }
    }
}

/// The `rowtype` of a result.
pub(crate) fn row_type(columns: &[Column]) -> Vec<RowType> {
    let origin = || Some(String::new());
    columns
        .iter()
        .map(|column| RowType {
            database: origin(),
            schema: origin(),
            table: origin(),
            ..column.to_row_type()
        })
        .collect()
}

/// A column that is not in the canonical form: a fault of the service, not of the statement.
fn not_canonical(column: &Column, found: &arrow_schema::DataType) -> ArrowError {
    ArrowError::SchemaError(format!("a column of type {} arrived as {found}", column.data_type))
}
