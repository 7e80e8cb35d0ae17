//! Arrow batches, column by column, in the types that their table wants.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, Field, Schema};

use super::arrow_cell::ArrowCell;
use super::cell;
use super::column::Column;
use super::fast;
use super::misfit::Misfit;
use super::rows::{Block, OnMisfit, Rows, without};

impl Rows {
    /// Makes a block of an Arrow batch. Columns whose type is that of the table pass as they are, the others value by
    /// value, by the same rules as the fields of records.
    ///
    /// # Errors
    /// As [`Rows::block`].
    pub(crate) fn batch_block(
        &mut self,
        batch: &RecordBatch,
        first: u64,
        on_misfit: OnMisfit,
    ) -> Result<Block, (usize, Misfit)> {
        let mut taken: Vec<(usize, Field, ArrayRef)> = Vec::new();
        let mut rejected: Vec<(usize, Misfit)> = Vec::new();
        let schema = batch.schema();
        for (field, array) in schema.fields().iter().zip(batch.columns()) {
            let place = self.find(field.name()).map_err(|misfit| (0, misfit))?;
            let unknown = || (0, Misfit::Unknown(field.name().clone()));
            let place = place.ok_or_else(unknown)?;
            if let Some((_, taken, _)) = taken.iter().find(|(other, _, _)| *other == place) {
                let twice = Misfit::value("two columns of the batch are meant for it");
                return Err((0, twice.at(taken.name())));
            }
            let column = self.column(place).ok_or_else(unknown)?;
            let array =
                plain(array).map_err(|error| (0, Misfit::value(error.to_string()).at(column.name())))?;
            let (field, array) = convert(column, &array, on_misfit, &mut rejected)?;
            taken.push((place, field, array));
        }
        self.fill(&mut taken, batch.num_rows())?;
        taken.sort_by_key(|(place, _, _)| *place);
        rejected.sort_by_key(|(at, _)| *at);
        rejected.dedup_by_key(|(at, _)| *at);
        let (fields, arrays): (Vec<_>, Vec<_>) =
            taken.into_iter().map(|(_, field, array)| (field, array)).unzip();
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let converted = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
            .and_then(|batch| without(batch, &rejected))
            .map_err(|error| (0, Misfit::Record(error.to_string())))?;
        Ok(Block { batch: converted, first, read: batch.num_rows(), rejected })
    }

    /// Columns that earlier batches had are NULL in this one.
    fn fill(
        &mut self,
        taken: &mut Vec<(usize, Field, ArrayRef)>,
        rows: usize,
    ) -> Result<(), (usize, Misfit)> {
        for (place, column) in self.active_columns() {
            if taken.iter().any(|(other, _, _)| *other == place) {
                continue;
            }
            if column.is_required() && rows > 0 {
                return Err((0, Misfit::value("it may not be NULL").at(column.name())));
            }
            column.pad(rows);
            taken.push((place, column.field(), column.finish()));
        }
        Ok(())
    }
}

/// The values of a dictionary in the place of their keys.
fn plain(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match array.as_any_dictionary_opt() {
        Some(dictionary) => arrow_select::take::take(dictionary.values().as_ref(), dictionary.keys(), None),
        None => Ok(Arc::clone(array)),
    }
}

fn convert(
    column: &mut Column,
    array: &ArrayRef,
    on_misfit: OnMisfit,
    rejected: &mut Vec<(usize, Misfit)>,
) -> Result<(Field, ArrayRef), (usize, Misfit)> {
    let may_pass = !column.is_required() || array.null_count() == 0;
    if may_pass && let Some(array) = fast::convert(column, array) {
        return Ok((column.field(), array));
    }
    for row in 0..array.len() {
        let written = cell::put(column, &ArrowCell::new(array.as_ref(), row));
        if let Err(misfit) = written.map_err(|misfit| misfit.at(column.name())) {
            if on_misfit == OnMisfit::Fail {
                drop(column.finish());
                return Err((row, misfit));
            }
            rejected.push((row, misfit));
            column.pad(row + 1);
        }
    }
    // The field is asked for after the values, which may have widened the column.
    let array = column.finish();
    Ok((column.field(), array))
}
