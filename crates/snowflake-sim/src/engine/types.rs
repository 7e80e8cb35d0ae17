//! Snowflake's types and the Arrow types that carry them inside the engine.
//!
//! | Snowflake | inside |
//! |---|---|
//! | `NUMBER(p,s)` | `Decimal128(p,s)`; the integers of DataFusion's own functions count as `NUMBER(18,0)` |
//! | `FLOAT`, `BOOLEAN`, `DATE`, `BINARY` | `Float64`, `Boolean`, `Date32`, `Binary` |
//! | `VARCHAR` | `Utf8` |
//! | `TIME` | `Time64(Nanosecond)` |
//! | `TIMESTAMP_NTZ`, `TIMESTAMP_LTZ` | `Timestamp(Nanosecond)` without and with the zone `UTC` |
//! | `TIMESTAMP_TZ` | struct of `epoch`, `fraction` and `timezone`, as on the wire |
//! | `VARIANT`, `OBJECT`, `ARRAY` | `LargeUtf8`: JSON text |
//!
//! Timestamps without an offset therefore reach from 1677-09-21 to 2262-04-11; anything beyond is an
//! error, never another time. Lengths, scales and the difference between the semi-structured types are
//! kept in the field's metadata where they are not the greatest or usual ones.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_schema::{DataType as ArrowType, Field, FieldRef, Fields, TimeUnit};
pub(super) use snowflake_proto::DataType as SqlType;

use super::SqlError;

/// The metadata key under which a field states its Snowflake type.
pub(super) const TYPE_KEY: &str = "SNOWFLAKE:type";
/// The greatest length of text, and the length of text that states none.
pub(super) const MAX_TEXT: u64 = 16_777_216;
/// The greatest length of binary values, and the length of those that state none.
pub(super) const MAX_BINARY: u64 = 8_388_608;
/// Text of unstated length.
pub(super) const TEXT: SqlType = SqlType::Text { length: MAX_TEXT };
/// `INT` and its many names.
pub(super) const INTEGER: SqlType = SqlType::Number { precision: 38, scale: 0 };

/// The fields of a `TIMESTAMP_TZ`.
pub(super) fn zoned_fields() -> Fields {
    Fields::from(vec![
        Field::new("epoch", ArrowType::Int64, true),
        Field::new("fraction", ArrowType::Int32, true),
        Field::new("timezone", ArrowType::Int32, true),
    ])
}

/// The Arrow type that carries a Snowflake type inside the engine.
pub(super) fn arrow_type(data_type: &SqlType) -> ArrowType {
    match data_type {
        SqlType::Number { precision, scale } => {
            ArrowType::Decimal128(*precision, i8::try_from(*scale).unwrap_or(i8::MAX))
        }
        SqlType::Float => ArrowType::Float64,
        SqlType::Boolean => ArrowType::Boolean,
        SqlType::Date => ArrowType::Date32,
        SqlType::Time { .. } => ArrowType::Time64(TimeUnit::Nanosecond),
        SqlType::TimestampNtz { .. } => ArrowType::Timestamp(TimeUnit::Nanosecond, None),
        SqlType::TimestampLtz { .. } => ArrowType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())),
        SqlType::TimestampTz { .. } => ArrowType::Struct(zoned_fields()),
        SqlType::Binary { .. } => ArrowType::Binary,
        SqlType::Variant | SqlType::Object | SqlType::Array => ArrowType::LargeUtf8,
        _ => ArrowType::Utf8,
    }
}

/// A field of the engine's own tables and functions.
pub(super) fn field(name: &str, data_type: &SqlType, nullable: bool) -> Field {
    let arrow = arrow_type(data_type);
    // DataFusion refuses to mix fields of different metadata, so only what must be said is said.
    let is_said = inferred(&arrow) == *data_type;
    let field = Field::new(name, arrow, nullable);
    if is_said {
        return field;
    }
    field.with_metadata(HashMap::from([(TYPE_KEY.to_owned(), data_type.to_string())]))
}

/// As [`field`], shared and without a name.
pub(super) fn result_field(data_type: &SqlType) -> FieldRef {
    Arc::new(field("", data_type, true))
}

/// The Snowflake type of a field of a plan: what its metadata says, as long as that fits the Arrow type.
pub(super) fn type_of(field: &Field) -> SqlType {
    if let Some(stated) = field.metadata().get(TYPE_KEY).and_then(|text| parse_type(text).ok())
        && arrow_type(&stated) == *field.data_type()
    {
        return stated;
    }
    inferred(field.data_type())
}

/// The Snowflake type of an Arrow type that says nothing more.
pub(super) fn inferred(arrow: &ArrowType) -> SqlType {
    match arrow {
        ArrowType::Decimal128(precision, scale) => {
            SqlType::Number { precision: *precision, scale: u8::try_from(*scale).unwrap_or(0) }
        }
        ArrowType::Decimal256(_, scale) => {
            SqlType::Number { precision: 38, scale: u8::try_from(*scale).unwrap_or(0) }
        }
        ArrowType::Int8
        | ArrowType::Int16
        | ArrowType::Int32
        | ArrowType::Int64
        | ArrowType::UInt8
        | ArrowType::UInt16
        | ArrowType::UInt32
        | ArrowType::UInt64 => SqlType::Number { precision: 18, scale: 0 },
        ArrowType::Float16 | ArrowType::Float32 | ArrowType::Float64 => SqlType::Float,
        ArrowType::Boolean => SqlType::Boolean,
        ArrowType::Date32 | ArrowType::Date64 => SqlType::Date,
        ArrowType::Time32(_) | ArrowType::Time64(_) => SqlType::Time { scale: 9 },
        ArrowType::Timestamp(_, None) => SqlType::TimestampNtz { scale: 9 },
        ArrowType::Timestamp(_, Some(_)) => SqlType::TimestampLtz { scale: 9 },
        ArrowType::Struct(_) => SqlType::TimestampTz { scale: 9 },
        ArrowType::Binary
        | ArrowType::LargeBinary
        | ArrowType::BinaryView
        | ArrowType::FixedSizeBinary(_) => SqlType::Binary { length: MAX_BINARY },
        ArrowType::LargeUtf8 => SqlType::Variant,
        _ => TEXT,
    }
}

/// The type that a spelling such as `NUMBER(10,2)` or `timestamp_ntz` names.
///
/// # Errors
/// `002040` for a type that is not simulated, `001003` for one that is no type.
pub(super) fn parse_type(text: &str) -> Result<SqlType, SqlError> {
    let upper = text.trim().to_ascii_uppercase();
    let (head, rest) = upper.split_once('(').unwrap_or((&upper, ""));
    let (arguments, tail) = rest.split_once(')').unwrap_or((rest, ""));
    let name = format!("{} {}", head.trim(), tail.trim());
    let numbers: Vec<u64> = arguments.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    let first = numbers.first().copied();
    let fraction = || u8::try_from(first.unwrap_or(9).min(9)).unwrap_or(9);
    Ok(match name.trim() {
        "NUMBER" | "DECIMAL" | "NUMERIC" | "DEC" | "FIXED" => return number(first, numbers.get(1).copied()),
        "INT" | "INTEGER" | "BIGINT" | "SMALLINT" | "TINYINT" | "BYTEINT" => INTEGER,
        "FLOAT" | "FLOAT4" | "FLOAT8" | "DOUBLE" | "DOUBLE PRECISION" | "REAL" => SqlType::Float,
        "VARCHAR" | "STRING" | "TEXT" | "NVARCHAR" | "NVARCHAR2" | "CHAR VARYING" | "CHARACTER VARYING"
        | "NCHAR VARYING" => SqlType::Text { length: first.unwrap_or(MAX_TEXT).min(134_217_728) },
        "CHAR" | "CHARACTER" | "NCHAR" => SqlType::Text { length: first.unwrap_or(1) },
        "BOOLEAN" | "BOOL" => SqlType::Boolean,
        "DATE" => SqlType::Date,
        "TIME" | "TIME WITHOUT TIME ZONE" => SqlType::Time { scale: fraction() },
        "TIMESTAMP" | "TIMESTAMP_NTZ" | "TIMESTAMPNTZ" | "DATETIME" | "TIMESTAMP WITHOUT TIME ZONE" => {
            SqlType::TimestampNtz { scale: fraction() }
        }
        "TIMESTAMP_LTZ" | "TIMESTAMPLTZ" | "TIMESTAMP WITH LOCAL TIME ZONE" => {
            SqlType::TimestampLtz { scale: fraction() }
        }
        "TIMESTAMP_TZ" | "TIMESTAMPTZ" | "TIMESTAMP WITH TIME ZONE" => {
            SqlType::TimestampTz { scale: fraction() }
        }
        "BINARY" | "VARBINARY" => SqlType::Binary { length: first.unwrap_or(MAX_BINARY) },
        "VARIANT" => SqlType::Variant,
        "OBJECT" if arguments.is_empty() => SqlType::Object,
        "ARRAY" if arguments.is_empty() => SqlType::Array,
        "GEOGRAPHY" | "GEOMETRY" | "VECTOR" | "MAP" | "DECFLOAT" | "UUID" | "FILE" | "OBJECT" | "ARRAY" => {
            return Err(SqlError::not_simulated(format!("the type {}", head.trim())));
        }
        other => {
            return Err(SqlError::new(
                "001003",
                "42000",
                format!("SQL compilation error:\nUnsupported data type '{other}'."),
            ));
        }
    })
}

fn number(precision: Option<u64>, scale: Option<u64>) -> Result<SqlType, SqlError> {
    let (precision, scale) = (precision.unwrap_or(38), scale.unwrap_or(0));
    match (u8::try_from(precision), u8::try_from(scale)) {
        (Ok(precision @ 1..=38), Ok(scale @ 0..=37)) if scale <= precision => {
            Ok(SqlType::Number { precision, scale })
        }
        _ => Err(SqlError::new(
            "002009",
            "42601",
            format!("SQL compilation error:\nInvalid precision or scale: NUMBER({precision},{scale})."),
        )),
    }
}

/// The type that both of two can be brought to, as `UNION`, `CASE` and comparisons do.
pub(super) fn common(left: &SqlType, right: &SqlType) -> SqlType {
    use SqlType as T;
    match (left, right) {
        (a, b) if a == b => a.clone(),
        (T::Variant, _) | (_, T::Variant) => T::Variant,
        (T::Number { precision: p1, scale: s1 }, T::Number { precision: p2, scale: s2 }) => {
            let scale = *s1.max(s2);
            let leading = (p1 - s1.min(p1)).max(p2 - s2.min(p2));
            T::Number { precision: (leading + scale).min(38), scale }
        }
        (T::Float, T::Number { .. }) | (T::Number { .. }, T::Float) => T::Float,
        (T::Text { length: a }, T::Text { length: b }) => T::Text { length: *a.max(b) },
        (T::Text { .. }, other) | (other, T::Text { .. }) => match other {
            T::Number { .. } => T::Number { precision: 38, scale: 9 },
            other => other.clone(),
        },
        (T::TimestampTz { .. }, _) | (_, T::TimestampTz { .. }) => T::TimestampTz { scale: 9 },
        (T::TimestampLtz { .. }, _) | (_, T::TimestampLtz { .. }) => T::TimestampLtz { scale: 9 },
        (T::TimestampNtz { .. }, _) | (_, T::TimestampNtz { .. }) => T::TimestampNtz { scale: 9 },
        (a, _) => a.clone(),
    }
}
