//! One row of a result.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use snowflake_proto::{Cell, Column};

use super::batch::Batch;
use super::columns::{Columns, Lookup};
use super::deserialize::Plan;
use super::fault::{ConversionSnafu, Fault};
use super::from_cell::FromCell;
use crate::error::Error;

/// One row of a result. Cloning is cheap: rows share the batch that they came in.
///
/// ```
/// use snowflake_query::{Error, Row};
///
/// fn greet(row: &Row) -> Result<String, Error> {
///     let id: i64 = row.get("id")?;
///     let name: Option<String> = row.get(1)?;
///     Ok(format!("{id}: {}", name.unwrap_or_default()))
/// }
/// ```
#[derive(Clone)]
pub struct Row {
    batch: Arc<Batch>,
    index: usize,
}

impl Row {
    pub(crate) fn new(batch: Arc<Batch>, index: usize) -> Self {
        Self { batch, index }
    }

    /// The value of a column, by name or position.
    ///
    /// A name is looked for as it is spelled and then ignoring case, so that `"id"` finds `ID`.
    ///
    /// # Errors
    /// `NotFound` when there is no such column, `Configuration` when several have that name, and
    /// `Conversion` when the value is no exact `T`: see [`FromCell`].
    pub fn get<T: FromCell>(&self, column: impl ColumnIndex) -> Result<T, Error> {
        let columns = self.batch.columns();
        let position = column.position(columns)?;
        let cell = self.batch.cell(self.index, position);
        let Some(described) = columns.as_slice().get(position) else {
            return Err(columns.fault(&position.to_string(), Lookup::Missing).into());
        };
        T::from_cell(cell, &described.data_type).map_err(|mismatch| {
            // Built here because only this place knows the column and the asked type.
            conversion(described, &short_type_name::<T>(), mismatch.reason()).into()
        })
    }

    /// The value of a column in its plainest form, borrowed from the batch.
    ///
    /// # Errors
    /// `NotFound` when there is no such column, `Configuration` when several have that name.
    pub fn cell(&self, column: impl ColumnIndex) -> Result<Cell<'_>, Error> {
        Ok(self.batch.cell(self.index, column.position(self.batch.columns())?))
    }

    /// The row as a struct, a tuple or a map, by way of serde.
    ///
    /// Fields of a struct find their columns as [`Row::get`] does; a field whose column is missing must
    /// be an `Option` or have a default. Tuples go by position. For many rows,
    /// [`Rows::deserialize`](super::Rows::deserialize) plans this once.
    ///
    /// # Errors
    /// As [`Row::get`].
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, Error> {
        Ok(Plan::default().read(&self.batch, self.index)?)
    }

    /// The columns of the result.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        self.batch.columns().as_slice()
    }

    /// How many columns the row has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns().len()
    }

    /// Whether the row has no columns.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns().is_empty()
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = self.columns().iter().enumerate();
        f.debug_map()
            .entries(cells.map(|(position, column)| (&column.name, self.batch.cell(self.index, position))))
            .finish()
    }
}

/// A column's name or its position, counted from 0.
pub trait ColumnIndex: private::Sealed {
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "sealed: only this crate implements and calls it")]
    fn position(&self, columns: &Columns) -> Result<usize, Error>;
}

mod private {
    #[expect(unnameable_types, reason = "what cannot be named cannot be implemented elsewhere")]
    pub trait Sealed {}

    impl Sealed for usize {}
    impl Sealed for &str {}
    impl Sealed for &String {}
}

impl ColumnIndex for usize {
    #[expect(private_interfaces, reason = "sealed: only this crate implements and calls it")]
    fn position(&self, columns: &Columns) -> Result<usize, Error> {
        if *self < columns.as_slice().len() {
            return Ok(*self);
        }
        Err(columns.fault(&format!("#{self}"), Lookup::Missing).into())
    }
}

impl ColumnIndex for &str {
    #[expect(private_interfaces, reason = "sealed: only this crate implements and calls it")]
    fn position(&self, columns: &Columns) -> Result<usize, Error> {
        columns.find(self).map_err(|lookup| columns.fault(self, lookup).into())
    }
}

impl ColumnIndex for &String {
    #[expect(private_interfaces, reason = "sealed: only this crate implements and calls it")]
    fn position(&self, columns: &Columns) -> Result<usize, Error> {
        self.as_str().position(columns)
    }
}

pub(super) fn conversion(column: &Column, asked: &str, reason: &str) -> Fault {
    let data_type = column.data_type.to_string();
    ConversionSnafu { column: column.name.as_str(), data_type, asked, reason }.build()
}

/// The name of a type without the modules that lead to it: `Option<String>`.
pub(super) fn short_type_name<T>() -> String {
    let full = std::any::type_name::<T>();
    let mut short = String::with_capacity(full.len());
    for part in full.split_inclusive(|character: char| !character.is_alphanumeric() && character != '_') {
        if part.ends_with(':') {
            continue;
        }
        short.push_str(part);
    }
    short
}
