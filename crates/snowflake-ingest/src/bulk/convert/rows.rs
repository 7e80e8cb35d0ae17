//! Rows on their way into a table: which field goes into which column, and what becomes of misfits.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{BooleanArray, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, Schema};
use serde::Serialize;

use super::column::Column;
use super::misfit::Misfit;
use super::record::Record;
use super::trace::NewColumn;
use crate::bulk::table::TableColumn;

/// The columns of a table while rows go into them.
///
/// A field finds its column by its exact name, or by the only one that differs in case alone.
/// A column that no record has a field for is left out, so that its default applies; in one that some records have a
/// field for, the others are NULL.
#[derive(Debug)]
pub(crate) struct Rows {
    table: Vec<TableColumn>,
    /// The columns that a field was seen for.
    columns: Vec<Option<Column>>,
    /// The fields in the order in which the first record had them, and the places of their columns.
    order: Vec<(String, usize)>,
    known: HashMap<String, usize>,
    /// Where in `order` the next field is expected.
    next: usize,
    /// Rows of the block that is being made.
    len: usize,
}

/// What becomes of a record that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnMisfit {
    /// The load fails.
    Fail,
    /// It is left out, and told.
    Reject,
}

/// Some rows in Arrow.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) batch: RecordBatch,
    /// The number in the input of the first of them, from 0.
    pub(crate) first: u64,
    /// How many records there were, those that were left out among them.
    pub(crate) read: usize,
    /// Those that were left out, by their place in the block, and why.
    pub(crate) rejected: Vec<(usize, Misfit)>,
}

impl Rows {
    pub(crate) fn new(table: Vec<TableColumn>) -> Self {
        let columns = table.iter().map(|_| None).collect();
        Self { table, columns, order: Vec::new(), known: HashMap::new(), next: 0, len: 0 }
    }

    /// The columns of the table, new ones among them.
    pub(crate) fn table(&self) -> &[TableColumn] {
        &self.table
    }

    /// The columns that there are values for, in the table's order.
    pub(crate) fn active(&self) -> impl Iterator<Item = &TableColumn> {
        self.table.iter().zip(&self.columns).filter(|(_, column)| column.is_some()).map(|(column, _)| column)
    }

    /// The columns that no record has a field for.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &TableColumn> {
        self.table.iter().zip(&self.columns).filter(|(_, column)| column.is_none()).map(|(column, _)| column)
    }

    /// Adds columns that the table does not have yet.
    pub(crate) fn add(&mut self, new: impl IntoIterator<Item = NewColumn>) {
        for column in new {
            if self.find(&column.field).is_ok_and(|found| found.is_some()) {
                continue;
            }
            self.table.push(column.into_table_column());
            self.columns.push(None);
        }
        // A field that was looked up before may mean a new column now.
        self.order.clear();
        self.known.clear();
    }

    /// Makes a block of records. The numbers of rows count from `first`.
    ///
    /// # Errors
    /// The place of the record that does not fit, and why. Nothing is kept of the block then.
    pub(crate) fn block<T: Serialize>(
        &mut self,
        records: &[T],
        first: u64,
        on_misfit: OnMisfit,
    ) -> Result<Block, (usize, Misfit)> {
        let mut rejected = Vec::new();
        for (at, record) in records.iter().enumerate() {
            self.next = 0;
            let written = record.serialize(Record(self)).and_then(|()| self.complete());
            if let Err(misfit) = written {
                if on_misfit == OnMisfit::Fail {
                    self.discard();
                    return Err((at, misfit));
                }
                rejected.push((at, misfit));
            }
            self.len += 1;
            self.pad();
        }
        let read = records.len();
        let batch = self.finish(&rejected).map_err(|error| (0, Misfit::Record(error.to_string())))?;
        Ok(Block { batch, first, read, rejected })
    }

    /// The column of a field, ready for the value of the row that is being written.
    pub(super) fn cell(&mut self, key: &str) -> Result<&mut Column, Misfit> {
        let position = match self.order.get(self.next) {
            Some((expected, _)) if expected == key => self.next,
            _ => self.position(key)?,
        };
        self.next = position + 1;
        let place = self.order.get(position).map_or(usize::MAX, |(_, place)| *place);
        let len = self.len;
        let column = self.column(place).ok_or_else(|| Misfit::Unknown(key.to_owned()))?;
        if column.len() != len {
            return Err(Misfit::value("two fields of the record are meant for it").at(column.name()));
        }
        Ok(column)
    }

    /// The column at a place of the table, which now has values.
    pub(super) fn column(&mut self, place: usize) -> Option<&mut Column> {
        let (table, slot) = (self.table.get(place)?, self.columns.get_mut(place)?);
        let len = self.len;
        Some(slot.get_or_insert_with(|| {
            let mut column =
                Column::new(&table.name, table.data_type.clone(), !table.nullable, table.is_guessed);
            column.pad(len);
            column
        }))
    }

    /// The columns that have values, with their places.
    pub(super) fn active_columns(&mut self) -> impl Iterator<Item = (usize, &mut Column)> {
        self.columns.iter_mut().enumerate().filter_map(|(place, column)| Some((place, column.as_mut()?)))
    }

    fn position(&mut self, key: &str) -> Result<usize, Misfit> {
        if let Some(position) = self.known.get(key) {
            return Ok(*position);
        }
        let place = self.find(key)?.ok_or_else(|| Misfit::Unknown(key.to_owned()))?;
        let position = self.order.len();
        self.order.push((key.to_owned(), place));
        self.known.insert(key.to_owned(), position);
        Ok(position)
    }

    /// The place of the column that a field means.
    pub(crate) fn find(&self, key: &str) -> Result<Option<usize>, Misfit> {
        if let Some(place) = self.table.iter().position(|column| column.name == key) {
            return Ok(Some(place));
        }
        let folded = key.to_uppercase();
        let mut alike = (0..)
            .zip(&self.table)
            .filter(|(_, column)| column.name.to_uppercase() == folded)
            .map(|(place, _)| place);
        match (alike.next(), alike.next()) {
            (Some(_), Some(_)) => Err(Misfit::Record(format!(
                "the field `{key}` may mean several columns of the table, which differ in case alone"
            ))),
            (place, _) => Ok(place),
        }
    }

    /// Gives the columns that the record had no field for a NULL.
    fn complete(&mut self) -> Result<(), Misfit> {
        for column in self.columns.iter_mut().flatten() {
            if column.len() == self.len {
                column.push_null().map_err(|misfit| misfit.at(column.name()))?;
            }
        }
        Ok(())
    }

    /// Evens out the columns after a record of which a part was written.
    fn pad(&mut self) {
        for column in self.columns.iter_mut().flatten() {
            column.pad(self.len);
        }
    }

    /// Forgets the rows of a block that was not finished.
    pub(super) fn discard(&mut self) {
        self.pad();
        for column in self.columns.iter_mut().flatten() {
            drop(column.finish());
        }
        self.len = 0;
    }

    fn finish(&mut self, rejected: &[(usize, Misfit)]) -> Result<RecordBatch, ArrowError> {
        let rows = std::mem::take(&mut self.len);
        let mut fields = Vec::new();
        let mut arrays = Vec::new();
        for column in self.columns.iter_mut().flatten() {
            fields.push(column.field());
            arrays.push(column.finish());
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)?;
        without(batch, rejected)
    }
}

/// The rows that were not rejected.
pub(super) fn without(batch: RecordBatch, rejected: &[(usize, Misfit)]) -> Result<RecordBatch, ArrowError> {
    if rejected.is_empty() {
        return Ok(batch);
    }
    let mut keep = vec![true; batch.num_rows()];
    for (at, _) in rejected {
        if let Some(kept) = keep.get_mut(*at) {
            *kept = false;
        }
    }
    arrow_select::filter::filter_record_batch(&batch, &BooleanArray::from(keep))
}
