//! The rows that a statement answers.

use std::fmt;

use snowflake_proto::{Column, DataType};

use super::CellValue;
use super::cell::{plain, wire};
use crate::ledger::row_fingerprint;

/// Columns and rows.
///
/// ```
/// use snowflake_sim::Table;
///
/// let users = Table::new().number("ID", 0).text("NAME").boolean("ACTIVE")
///     .row((1, "Ada", true))
///     .row((2, None::<&str>, false));
/// assert_eq!(users.len(), 2);
/// ```
#[derive(Clone, Default)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<CellValue>>,
}

impl Table {
    /// A table without columns.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column, which may hold NULL.
    #[must_use]
    pub fn column(mut self, name: impl Into<String>, data_type: DataType) -> Self {
        self.columns.push(Column::new(name, data_type, true));
        self
    }

    /// Adds a column of NUMBER(38, `scale`): 0 is whole numbers.
    #[must_use]
    pub fn number(self, name: impl Into<String>, scale: u8) -> Self {
        self.column(name, DataType::Number { precision: 38, scale })
    }

    /// Adds a column of VARCHAR.
    #[must_use]
    pub fn text(self, name: impl Into<String>) -> Self {
        self.column(name, DataType::Text { length: 16_777_216 })
    }

    /// Adds a column of FLOAT.
    #[must_use]
    pub fn float(self, name: impl Into<String>) -> Self {
        self.column(name, DataType::Float)
    }

    /// Adds a column of BOOLEAN.
    #[must_use]
    pub fn boolean(self, name: impl Into<String>) -> Self {
        self.column(name, DataType::Boolean)
    }

    /// Adds a column of DATE.
    #[must_use]
    pub fn date(self, name: impl Into<String>) -> Self {
        self.column(name, DataType::Date)
    }

    /// Adds a column of `TIMESTAMP_NTZ`(9).
    #[must_use]
    pub fn timestamp(self, name: impl Into<String>) -> Self {
        self.column(name, DataType::TimestampNtz { scale: 9 })
    }

    /// Adds a row. A statement that answers a row with too many or too few cells, or with a cell that its
    /// column cannot hold, fails and says so.
    #[must_use]
    pub fn row(mut self, row: impl IntoRow) -> Self {
        self.rows.push(row.into_row());
        self
    }

    /// Adds rows.
    #[must_use]
    pub fn rows<R: IntoRow>(mut self, rows: impl IntoIterator<Item = R>) -> Self {
        self.rows.extend(rows.into_iter().map(IntoRow::into_row));
        self
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn without_rows(self) -> Self {
        Self { rows: Vec::new(), ..self }
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The cells as they travel.
    pub(super) fn cells(&self) -> Result<Vec<Vec<Option<String>>>, String> {
        self.rows.iter().enumerate().map(|(n, row)| self.written(n, row, wire)).collect()
    }

    /// The fingerprint of each row as a client reads it.
    pub(super) fn fingerprints(&self) -> Result<Vec<u64>, String> {
        self.rows
            .iter()
            .enumerate()
            .map(|(n, row)| self.written(n, row, plain).map(row_fingerprint))
            .collect()
    }

    fn written(
        &self,
        n: usize,
        row: &[CellValue],
        write: impl Fn(&Column, &CellValue) -> super::cell::Cell,
    ) -> Result<Vec<Option<String>>, String> {
        if row.len() != self.columns.len() {
            return Err(format!("row {n} has {} cells for {} columns", row.len(), self.columns.len()));
        }
        let cells = self.columns.iter().zip(row).map(|(column, value)| write(column, value));
        cells.collect::<Result<_, _>>().map_err(|what| format!("row {n}: {what}"))
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("columns", &self.columns).field("rows", &self.rows.len()).finish()
    }
}

/// Something that is a row: a vector, an array or a tuple of up to eight values.
pub trait IntoRow {
    /// The cells in order.
    fn into_row(self) -> Vec<CellValue>;
}

impl<V: Into<CellValue>> IntoRow for Vec<V> {
    fn into_row(self) -> Vec<CellValue> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<V: Into<CellValue>, const N: usize> IntoRow for [V; N] {
    fn into_row(self) -> Vec<CellValue> {
        self.into_iter().map(Into::into).collect()
    }
}

macro_rules! tuples {
    ($(($($name:ident),+)),+ $(,)?) => {
        $(impl<$($name: Into<CellValue>),+> IntoRow for ($($name,)+) {
            #[expect(non_snake_case, reason = "the names of the types serve as those of the values")]
            fn into_row(self) -> Vec<CellValue> {
                let ($($name,)+) = self;
                vec![$($name.into()),+]
            }
        })+
    };
}

tuples! {
    (A), (A, B), (A, B, C), (A, B, C, D), (A, B, C, D, E), (A, B, C, D, E, F), (A, B, C, D, E, F, G),
    (A, B, C, D, E, F, G, H),
}
