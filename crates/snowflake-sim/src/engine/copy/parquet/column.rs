//! The columns of a file and their values as the engine has them.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, UInt64Type};
use arrow_array::{Array, ArrayRef, BinaryArray, StringArray, new_null_array};
use arrow_cast::CastOptions;
use arrow_schema::{DataType as ArrowType, Field, TimeUnit};
use parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use parquet::schema::types::Type;

use super::super::super::SqlError;
use super::super::super::env::Env;
use super::super::super::types::{INTEGER, MAX_BINARY, SqlType, TEXT};
use super::super::format::ParquetFormat;
use super::json::texts;

/// One column of a file.
#[derive(Clone, Debug)]
pub(super) struct FileColumn {
    pub(super) name: String,
    /// What it holds, as Snowflake names it.
    pub(super) data_type: SqlType,
    pub(super) nullable: bool,
    reading: Reading,
}

/// How stored values become the engine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// By the nearest type of the engine's.
    As(Carrier),
    /// A date or time whose note does not count is the number that stands for it.
    Count,
    /// Bytes that are text.
    Text { replace: bool },
    /// Lists, structs and maps are JSON.
    Nested,
}

/// The engine's arrays that are not those of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carrier {
    Same,
    Integer,
    Unsigned,
    Float,
    Decimal(i8),
    Binary,
    Time,
    Wall,
    Instant,
    Nothing,
}

impl FileColumn {
    /// # Errors
    /// `0A000` for a type that nothing of Snowflake's fits.
    pub(super) fn new(field: &Field, stored: &Type, format: &ParquetFormat) -> Result<Self, SqlError> {
        let (data_type, reading) = meaning(field, stored, format)?;
        Ok(Self { name: field.name().clone(), data_type, nullable: field.is_nullable(), reading })
    }

    /// What the column holds; none when it is always NULL and may be anything.
    pub(super) fn known_type(&self) -> Option<&SqlType> {
        (self.reading != Reading::As(Carrier::Nothing)).then_some(&self.data_type)
    }

    /// The column's values as the engine has them.
    ///
    /// # Errors
    /// `0A000` for times that the engine does not reach, `100144` for bytes that are no text.
    pub(super) fn read(&self, array: &ArrayRef, env: &Env) -> Result<ArrayRef, SqlError> {
        match self.reading {
            Reading::As(carrier) => carried(array, carrier),
            Reading::Count => counted(array),
            Reading::Text { replace } => text(array, replace),
            Reading::Nested => texts(array, env),
        }
    }
}

fn meaning(field: &Field, stored: &Type, format: &ParquetFormat) -> Result<(SqlType, Reading), SqlError> {
    let info = stored.get_basic_info();
    let (logical, converted) = (info.logical_type_ref(), info.converted_type());
    let is_counted = !format.use_logical_type && converted == ConvertedType::NONE;
    let has_note = logical.is_some() || converted != ConvertedType::NONE;
    let as_is = |data_type: SqlType, carrier: Carrier| (data_type, Reading::As(carrier));
    let text = (TEXT, Reading::Text { replace: format.replace_invalid });
    Ok(match field.data_type() {
        ArrowType::Null => as_is(TEXT, Carrier::Nothing),
        ArrowType::Boolean => as_is(SqlType::Boolean, Carrier::Same),
        ArrowType::UInt64 => as_is(INTEGER, Carrier::Unsigned),
        ArrowType::Int8
        | ArrowType::Int16
        | ArrowType::Int32
        | ArrowType::Int64
        | ArrowType::UInt8
        | ArrowType::UInt16
        | ArrowType::UInt32 => as_is(INTEGER, Carrier::Integer),
        ArrowType::Float16 | ArrowType::Float32 | ArrowType::Float64 => as_is(SqlType::Float, Carrier::Float),
        ArrowType::Decimal128(precision, scale) | ArrowType::Decimal256(precision, scale) => {
            let digits = u8::try_from(*scale).unwrap_or(0);
            let data_type = SqlType::Number { precision: (*precision).min(38), scale: digits };
            as_is(data_type, Carrier::Decimal(*scale))
        }
        ArrowType::Utf8 => as_is(TEXT, Carrier::Same),
        ArrowType::Binary | ArrowType::FixedSizeBinary(_) => {
            let is_enum = matches!(logical, Some(LogicalType::Enum)) || converted == ConvertedType::ENUM;
            if is_enum || (format.binary_as_text && !has_note) {
                text
            } else {
                as_is(SqlType::Binary { length: MAX_BINARY }, Carrier::Binary)
            }
        }
        ArrowType::Date32 => as_is(SqlType::Date, Carrier::Same),
        ArrowType::Time32(_) | ArrowType::Time64(_) if is_counted => (INTEGER, Reading::Count),
        ArrowType::Time32(_) | ArrowType::Time64(_) => as_is(SqlType::Time { scale: 9 }, Carrier::Time),
        ArrowType::Timestamp(..) if is_counted && stored.get_physical_type() != Physical::INT96 => {
            (INTEGER, Reading::Count)
        }
        ArrowType::Timestamp(..) => match logical {
            Some(LogicalType::Timestamp(stamp)) if format.use_logical_type && stamp.is_adjusted_to_u_t_c => {
                as_is(SqlType::TimestampLtz { scale: 9 }, Carrier::Instant)
            }
            _ => as_is(SqlType::TimestampNtz { scale: 9 }, Carrier::Wall),
        },
        ArrowType::List(_) | ArrowType::LargeList(_) | ArrowType::FixedSizeList(..) => {
            (SqlType::Array, Reading::Nested)
        }
        ArrowType::Struct(_) | ArrowType::Map(..) => (SqlType::Object, Reading::Nested),
        other => return Err(SqlError::not_simulated(format!("Parquet columns of type {other}"))),
    })
}

fn carried(array: &ArrayRef, carrier: Carrier) -> Result<ArrayRef, SqlError> {
    let wanted = match carrier {
        Carrier::Same => return Ok(Arc::clone(array)),
        Carrier::Nothing => return Ok(new_null_array(&ArrowType::Utf8, array.len())),
        Carrier::Unsigned => {
            let wide = array.as_primitive::<UInt64Type>().unary::<_, Decimal128Type>(i128::from);
            return Ok(Arc::new(wide.with_data_type(ArrowType::Decimal128(38, 0))));
        }
        Carrier::Integer => ArrowType::Int64,
        Carrier::Float => ArrowType::Float64,
        Carrier::Decimal(scale) => ArrowType::Decimal128(38, scale),
        Carrier::Binary => ArrowType::Binary,
        Carrier::Time => ArrowType::Time64(TimeUnit::Nanosecond),
        Carrier::Wall => ArrowType::Timestamp(TimeUnit::Nanosecond, None),
        Carrier::Instant => ArrowType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())),
    };
    // A wall clock in a file that says UTC shows UTC: the zone is put aside, not applied.
    let array = match array.data_type() {
        ArrowType::Timestamp(unit, Some(_)) if carrier == Carrier::Wall => zoneless(array, *unit)?,
        _ => Arc::clone(array),
    };
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    arrow_cast::cast_with_options(&array, &wanted, &strict).map_err(|_| match carrier {
        // The cause says no more than that it does not fit.
        Carrier::Wall | Carrier::Instant => {
            SqlError::not_simulated("timestamps outside the years 1677 to 2262")
        }
        _ => SqlError::not_simulated("numbers of more than 38 digits"),
    })
}

fn zoneless(array: &ArrayRef, unit: TimeUnit) -> Result<ArrayRef, SqlError> {
    let counts = arrow_cast::cast(array, &ArrowType::Int64).map_err(SqlError::internal)?;
    arrow_cast::cast(&counts, &ArrowType::Timestamp(unit, None)).map_err(SqlError::internal)
}

fn counted(array: &ArrayRef) -> Result<ArrayRef, SqlError> {
    let counts = match array.data_type() {
        ArrowType::Time32(_) => arrow_cast::cast(array, &ArrowType::Int32),
        _ => Ok(Arc::clone(array)),
    };
    counts.and_then(|counts| arrow_cast::cast(&counts, &ArrowType::Int64)).map_err(SqlError::internal)
}

/// Bytes as the text that they are.
fn text(array: &ArrayRef, replace: bool) -> Result<ArrayRef, SqlError> {
    let bytes = arrow_cast::cast(array, &ArrowType::Binary).map_err(SqlError::internal)?;
    let bytes: &BinaryArray = bytes.as_binary();
    if !replace {
        return StringArray::try_from_binary(bytes.clone())
            .map(|texts| -> ArrayRef { Arc::new(texts) })
            .map_err(
                // The cause says no more than where the bytes stop being text.
                |_| SqlError::new("100144", "22000", "Invalid UTF8 detected in string"),
            );
    }
    let texts: StringArray = bytes.iter().map(|bytes| bytes.map(String::from_utf8_lossy)).collect();
    Ok(Arc::new(texts))
}
