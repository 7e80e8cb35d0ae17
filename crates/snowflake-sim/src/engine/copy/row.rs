//! From one record to one row, and what is said of a record that is none.

use super::super::SqlError;
use super::super::catalog::TableColumn;
use super::super::types::SqlType;
use super::super::value::{Value, convert};
use super::csv::Record;
use super::read::field_text;
use super::statement::Copy;

/// Why a record was rejected.
#[derive(Clone, Debug)]
pub(super) struct RowError {
    pub(super) error: SqlError,
    /// What the record has: too many or too few fields, or one that does not fit its column.
    pub(super) category: Category,
    /// The number of the record, from 1.
    pub(super) row: usize,
    /// The line on which the record begins, from 1.
    pub(super) row_line: usize,
    /// The line of the error, from 1.
    pub(super) line: usize,
    /// The place on that line, from 1.
    pub(super) character: usize,
    /// The byte of the inflated file at which the error is, from 0.
    pub(super) offset: usize,
    /// The column as `"TABLE"["COLUMN":1]`.
    pub(super) column: Option<String>,
    /// The record as it stands in the file.
    pub(super) record: String,
}

/// Kinds of errors in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    Parsing,
    Conversion,
}

impl Category {
    /// The kind as the service writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Parsing => "parsing",
            Self::Conversion => "conversion",
        }
    }
}

impl RowError {
    /// The error of byte `offset` of `text`.
    fn new(error: SqlError, category: Category, text: &str, record: &Record, offset: usize) -> Self {
        let before = text.get(record.range.start..offset).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            error,
            category,
            row: 0,
            row_line: record.line,
            line: record.line + before.matches('\n').count(),
            character: before[line_start..].chars().count() + 1,
            offset,
            column: None,
            record: text.get(record.range.clone()).unwrap_or_default().to_owned(),
        }
    }

    /// The error of a statement that this record ends.
    pub(super) fn aborting(&self, file: &str) -> SqlError {
        let column = self.column.as_ref().map(|column| format!(", column {column}")).unwrap_or_default();
        let message = format!(
            "{}\n  File '{file}', line {}, character {}\n  Row {}{column}\n  If you would like to continue loading when an error is encountered, use other values such as 'SKIP_FILE' or 'CONTINUE' for the ON_ERROR option. For more information on loading options, please run 'info loading_data' in a SQL client.",
            self.error.message, self.line, self.character, self.row
        );
        SqlError { message, ..self.error.clone() }
    }
}

/// One row's values in the columns' own types. `number` counts the records of `text` from 1.
///
/// # Errors
/// What is wrong with the record, and where.
pub(super) fn row(
    copy: &Copy,
    text: &str,
    record: &Record,
    number: usize,
) -> Result<Vec<Value<'static>>, Box<RowError>> {
    let targets = copy.targets();
    if record.fields.len() != targets.len() && copy.format.error_on_column_count {
        let error = column_count(record.fields.len(), targets.len());
        let found = RowError::new(error, Category::Parsing, text, record, record.range.start);
        return Err(Box::new(RowError { row: number, ..found }));
    }
    let mut values = Vec::with_capacity(targets.len());
    for (at, target) in targets.iter().enumerate() {
        let field = record.fields.get(at);
        let value = value(copy, target, field.and_then(|field| field_text(field, &copy.format)));
        values.push(value.map_err(|error| {
            let offset = field.map_or(record.range.end, |field| field.start);
            let found = RowError::new(error, Category::Conversion, text, record, offset);
            let column = Some(format!("\"{}\"[\"{}\":{}]", copy.table_name, target.name, at + 1));
            Box::new(RowError { row: number, column, ..found })
        })?);
    }
    Ok(values)
}

fn column_count(found: usize, wanted: usize) -> SqlError {
    SqlError::new(
        "100080",
        "22000",
        format!(
            "Number of columns in file ({found}) does not match that of the corresponding table ({wanted}), use file format option error_on_column_count_mismatch=false to ignore this error"
        ),
    )
}

fn value(copy: &Copy, target: &TableColumn, text: Option<String>) -> Result<Value<'static>, SqlError> {
    let value = match text {
        Some(text) => {
            let text = limited(text, target, copy.truncates);
            convert(Value::text(text), &target.data_type, &copy.env)?.into_owned()
        }
        None => Value::Null,
    };
    if value.is_null() && !target.nullable { Err(SqlError::null_not_allowed()) } else { Ok(value) }
}

fn limited(text: String, target: &TableColumn, truncates: bool) -> String {
    match target.data_type {
        SqlType::Text { length } if truncates => {
            text.chars().take(usize::try_from(length).unwrap_or(usize::MAX)).collect()
        }
        _ => text,
    }
}
