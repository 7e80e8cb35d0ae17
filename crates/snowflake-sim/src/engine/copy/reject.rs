//! What is said of a record that cannot be loaded.

use std::ops::Range;

use super::super::SqlError;
use super::chunk::Place;

/// A record that was rejected, and why.
#[derive(Clone, Debug)]
pub(in super::super) struct Rejected {
    pub(super) error: SqlError,
    /// What is wrong with the record: it is none, or one of its values does not fit its column.
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

impl Rejected {
    /// The error of byte `offset` of a text, in the record that takes `range` of it.
    pub(super) fn in_text(
        error: SqlError,
        category: Category,
        place: Place,
        text: &str,
        range: Range<usize>,
        offset: usize,
    ) -> Self {
        let before = text.get(range.start..offset).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            error,
            category,
            row: place.row,
            row_line: place.line,
            line: place.line + before.matches('\n').count(),
            character: before[line_start..].chars().count() + 1,
            offset,
            column: None,
            record: text.get(range).unwrap_or_default().to_owned(),
        }
    }

    /// The error of a row of a format without text.
    pub(super) fn in_row(error: SqlError, place: Place, record: String) -> Self {
        Self {
            error,
            category: Category::Conversion,
            row: place.row,
            row_line: place.line,
            line: place.line,
            character: 1,
            offset: place.offset,
            column: None,
            record,
        }
    }

    /// The error of a file that cannot be read.
    pub(super) fn of_file(error: SqlError) -> Self {
        let place = Place { row: 0, line: 1, offset: 0 };
        Self { category: Category::Parsing, ..Self::in_row(error, place, String::new()) }
    }

    pub(in super::super) fn message(&self) -> &str {
        &self.error.message
    }

    pub(in super::super) fn line(&self) -> usize {
        self.line
    }

    pub(in super::super) fn character(&self) -> usize {
        self.character
    }

    pub(in super::super) fn column(&self) -> Option<&str> {
        self.column.as_deref()
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
