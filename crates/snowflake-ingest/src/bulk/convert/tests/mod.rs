//! Values into columns.

mod arrow;
mod records;
mod values;

use arrow_array::RecordBatch;
use serde::Serialize;
use snowflake_proto::DataType;

use super::{Misfit, OnMisfit, Rows};
use crate::bulk::table::TableColumn;

pub(super) const INTEGER: DataType = DataType::Number { precision: 38, scale: 0 };
pub(super) const TEXT: DataType = DataType::Text { length: 100 };

pub(super) fn column(name: &str, data_type: DataType) -> TableColumn {
    TableColumn {
        name: name.to_owned(),
        data_type,
        nullable: true,
        has_default: false,
        is_new: false,
        is_guessed: false,
    }
}

pub(super) fn rows(columns: &[(&str, DataType)]) -> Rows {
    Rows::new(columns.iter().map(|(name, data_type)| column(name, data_type.clone())).collect())
}

/// The values of a load in which everything fits.
pub(super) fn batch<T: Serialize>(columns: &[(&str, DataType)], records: &[T]) -> RecordBatch {
    rows(columns).block(records, 0, OnMisfit::Fail).unwrap().batch
}

/// Why the first record does not fit.
pub(super) fn misfit<T: Serialize>(columns: &[(&str, DataType)], records: &[T]) -> Misfit {
    rows(columns).block(records, 0, OnMisfit::Fail).unwrap_err().1
}
