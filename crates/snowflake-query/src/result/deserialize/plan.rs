//! Which column feeds which field: found once per result, used for every row.

use serde::de::DeserializeOwned;

use super::error::DeError;
use super::row::RowDeserializer;
use crate::result::batch::Batch;
use crate::result::columns::{Columns, Lookup};
use crate::result::fault::Fault;

/// A field and the position of its column.
pub(super) type Found = (&'static str, usize);

/// The columns of a struct's fields.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The fields that the plan was made for.
    fields: Option<&'static [&'static str]>,
    /// Each field that has a column.
    found: Vec<Found>,
    /// The columns that are no field.
    rest: Vec<usize>,
}

impl Plan {
    /// Reads one row. All rows must be of one result.
    #[inline]
    pub(crate) fn read<T: DeserializeOwned>(&mut self, batch: &Batch, row: usize) -> Result<T, Fault> {
        T::deserialize(RowDeserializer::new(self, batch, row))
            .map_err(|error| error.into_fault::<T>(batch.columns()))
    }

    /// The columns of these fields, and those of none when the plan is new.
    ///
    /// The latter are shown once, so that a struct that denies unknown fields can do so, and every
    /// other struct does not pay for them in every row.
    #[inline]
    pub(super) fn fields(
        &mut self,
        fields: &'static [&'static str],
        columns: &Columns,
    ) -> Result<(&[Found], &[usize]), DeError> {
        if self.fields.is_some_and(|known| std::ptr::eq(known, fields)) {
            return Ok((&self.found, &[]));
        }
        self.prepare(fields, columns)?;
        Ok((&self.found, &self.rest))
    }

    fn prepare(&mut self, fields: &'static [&'static str], columns: &Columns) -> Result<(), DeError> {
        self.found.clear();
        for field in fields {
            match columns.find(field) {
                Ok(position) => self.found.push((field, position)),
                Err(Lookup::Missing) => {}
                Err(Lookup::Ambiguous) => {
                    return Err(DeError::fault(columns.fault(field, Lookup::Ambiguous)));
                }
            }
        }
        self.rest = (0..columns.as_slice().len())
            .filter(|position| self.found.iter().all(|(_, other)| other != position))
            .collect();
        self.fields = Some(fields);
        Ok(())
    }
}
