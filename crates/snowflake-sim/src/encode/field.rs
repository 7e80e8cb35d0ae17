//! Arrow fields as the service writes them, with the metadata that readers rely on.

use std::collections::HashMap;

use arrow_schema::{DataType as Arrow, Field, Fields};
use snowflake_proto::{Column, DataType};

/// The greatest length of a text, in characters and in bytes.
const TEXT_LENGTH: u64 = 16_777_216;

/// The wire field of a column whose values are stored as `physical`.
pub(super) fn field(column: &Column, physical: Arrow) -> Field {
    let width = width(&physical);
    let metadata = metadata(&column.data_type, width);
    Field::new(&column.name, physical, column.nullable).with_metadata(metadata)
}

/// Fields of a timestamp: `{epoch, fraction}`, `{epoch, fraction, timezone}` or `{epoch, timezone}`.
pub(super) fn timestamp_fields(names: &[&str]) -> Fields {
    names
        .iter()
        .map(|name| Field::new(*name, if *name == "epoch" { Arrow::Int64 } else { Arrow::Int32 }, true))
        .collect()
}

/// Every key is written for every type, as the service does; a reader picks what its type needs.
fn metadata(data_type: &DataType, width: u64) -> HashMap<String, String> {
    let (logical, precision, scale) = match data_type {
        DataType::Number { precision, scale } => ("FIXED", *precision, *scale),
        DataType::Float => ("REAL", 38, 0),
        DataType::Text { .. } | DataType::Other(_) => ("TEXT", 38, 0),
        DataType::Boolean => ("BOOLEAN", 38, 0),
        DataType::Date => ("DATE", 38, 0),
        DataType::Time { scale } => ("TIME", 0, *scale),
        DataType::TimestampNtz { scale } => ("TIMESTAMP_NTZ", 0, *scale),
        DataType::TimestampLtz { scale } => ("TIMESTAMP_LTZ", 0, *scale),
        DataType::TimestampTz { scale } => ("TIMESTAMP_TZ", 0, *scale),
        DataType::Binary { .. } => ("BINARY", 38, 0),
        DataType::Variant => ("VARIANT", 38, 0),
        DataType::Object => ("OBJECT", 38, 0),
        DataType::Array => ("ARRAY", 38, 0),
        _ => ("TEXT", 38, 0),
    };
    let (characters, bytes) = match data_type {
        DataType::Text { length } => (*length, length.saturating_mul(4).min(TEXT_LENGTH)),
        DataType::Binary { length } => (*length, *length),
        DataType::Variant | DataType::Object | DataType::Array | DataType::Other(_) => {
            (TEXT_LENGTH, TEXT_LENGTH)
        }
        _ => (0, width),
    };
    HashMap::from([
        ("logicalType".to_owned(), logical.to_owned()),
        ("precision".to_owned(), precision.to_string()),
        ("scale".to_owned(), scale.to_string()),
        ("charLength".to_owned(), characters.to_string()),
        ("byteLength".to_owned(), bytes.to_string()),
        ("finalType".to_owned(), "T".to_owned()),
    ])
}

/// The width of a stored value, which tells readers two-field timestamps (8) from three-field ones (16).
fn width(physical: &Arrow) -> u64 {
    match physical {
        Arrow::Boolean | Arrow::Int8 => 1,
        Arrow::Int16 => 2,
        Arrow::Int32 | Arrow::Date32 => 4,
        Arrow::Struct(fields)
            if fields.len() == 2 && fields.iter().any(|field| field.name() == "timezone") =>
        {
            8
        }
        Arrow::Decimal128(..) | Arrow::Struct(_) => 16,
        _ => 8,
    }
}
