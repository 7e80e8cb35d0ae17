//! The columns of a result and the Arrow schema that follows from them.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType as ArrowType, Field, Schema, SchemaRef, TimeUnit};

use super::options::{ArrowOptions, Numbers, Timestamps};
use super::timestamp;
use crate::wire::query::RowType;
use crate::{Column, DataType, Error, Result};

/// The metadata key under which each Arrow field carries its Snowflake type, such as `NUMBER(38,0)`.
pub const TYPE_METADATA_KEY: &str = "SNOWFLAKE:type";

/// Precision up to which a number of scale 0 always fits `Int64`.
const INT64_PRECISION: u8 = 18;

/// The columns of one result with the Arrow schema that all of its batches have.
///
/// Cloning is cheap.
#[derive(Clone, Debug)]
pub struct ResultSchema {
    columns: Arc<[Column]>,
    /// The schema of lossless batches.
    exact: SchemaRef,
    /// The schema after the options were applied.
    mapped: SchemaRef,
    options: ArrowOptions,
}

impl ResultSchema {
    /// The schema of these columns.
    ///
    /// # Errors
    /// [`BadMetadata`](crate::ErrorKind::BadMetadata) for a precision or scale that Snowflake does not have.
    pub fn new(columns: Vec<Column>, options: ArrowOptions) -> Result<Self> {
        for column in &columns {
            check(column)?;
        }
        let schema_with = |options: ArrowOptions| {
            Arc::new(Schema::new(columns.iter().map(|column| field(column, options)).collect::<Vec<_>>()))
        };
        let exact = schema_with(ArrowOptions::default());
        let mapped =
            if options == ArrowOptions::default() { Arc::clone(&exact) } else { schema_with(options) };
        Ok(Self { columns: columns.into(), exact, mapped, options })
    }

    /// The schema that a `rowtype` describes.
    ///
    /// # Errors
    /// As [`ResultSchema::new`].
    pub fn from_row_types(row_types: &[RowType], options: ArrowOptions) -> Result<Self> {
        Self::new(row_types.iter().map(Column::from_row_type).collect(), options)
    }

    /// The columns in order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The Arrow schema of every batch.
    #[must_use]
    pub fn arrow(&self) -> &SchemaRef {
        &self.mapped
    }

    /// The options that the schema was made with.
    #[must_use]
    pub fn options(&self) -> ArrowOptions {
        self.options
    }

    /// A batch without rows.
    #[must_use]
    pub fn empty_batch(&self) -> RecordBatch {
        RecordBatch::new_empty(Arc::clone(&self.mapped))
    }

    pub(super) fn exact(&self) -> &SchemaRef {
        &self.exact
    }
}

fn check(column: &Column) -> Result<()> {
    let scale = match column.data_type {
        DataType::Number { precision, scale } => {
            if !(1..=38).contains(&precision) {
                return Err(Error::bad_metadata(&column.name, "precision", precision.to_string()));
            }
            return if scale > 37 || scale > precision {
                Err(Error::bad_metadata(&column.name, "scale", scale.to_string()))
            } else {
                Ok(())
            };
        }
        DataType::Time { scale }
        | DataType::TimestampNtz { scale }
        | DataType::TimestampLtz { scale }
        | DataType::TimestampTz { scale } => scale,
        _ => 0,
    };
    if scale > 9 { Err(Error::bad_metadata(&column.name, "scale", scale.to_string())) } else { Ok(()) }
}

fn field(column: &Column, options: ArrowOptions) -> Field {
    // The server's word on NULLs is not binding for expressions, so every field admits them.
    Field::new(&column.name, arrow_type(&column.data_type, options), true)
        .with_metadata(HashMap::from([(TYPE_METADATA_KEY.to_owned(), column.data_type.to_string())]))
}

fn arrow_type(data_type: &DataType, options: ArrowOptions) -> ArrowType {
    match *data_type {
        DataType::Number { scale, .. } if options.numbers == Numbers::Native => {
            if scale == 0 {
                ArrowType::Int64
            } else {
                ArrowType::Float64
            }
        }
        DataType::Number { precision, scale: 0 } if precision <= INT64_PRECISION => ArrowType::Int64,
        DataType::Number { precision, scale } => ArrowType::Decimal128(precision, scale.cast_signed()),
        DataType::Float => ArrowType::Float64,
        DataType::Boolean => ArrowType::Boolean,
        DataType::Date => ArrowType::Date32,
        DataType::Time { .. } => ArrowType::Time64(TimeUnit::Nanosecond),
        DataType::TimestampNtz { .. } => timestamp_type(options.timestamps, timestamp::plain_fields(), None),
        DataType::TimestampLtz { .. } => {
            timestamp_type(options.timestamps, timestamp::plain_fields(), Some("UTC"))
        }
        DataType::TimestampTz { .. } => {
            timestamp_type(options.timestamps, timestamp::zoned_fields(), Some("UTC"))
        }
        DataType::Binary { .. } => ArrowType::Binary,
        DataType::Text { .. }
        | DataType::Variant
        | DataType::Object
        | DataType::Array
        | DataType::Other(_) => ArrowType::Utf8,
    }
}

fn timestamp_type(form: Timestamps, exact: arrow_schema::Fields, zone: Option<&str>) -> ArrowType {
    let zone = zone.map(Arc::from);
    match form {
        Timestamps::Exact => ArrowType::Struct(exact),
        Timestamps::Microseconds => ArrowType::Timestamp(TimeUnit::Microsecond, zone),
        Timestamps::Nanoseconds => ArrowType::Timestamp(TimeUnit::Nanosecond, zone),
    }
}
