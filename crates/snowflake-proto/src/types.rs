//! Snowflake's data types and the columns of a result.

use std::fmt;

use crate::wire::query::RowType;

/// Length of a `VARCHAR` whose length the server did not state, in characters.
const DEFAULT_TEXT_LENGTH: u64 = 16_777_216;
/// Length of a `BINARY` whose length the server did not state, in bytes.
const DEFAULT_BINARY_LENGTH: u64 = 8_388_608;
/// Scale of times and timestamps whose scale the server did not state.
const DEFAULT_TIME_SCALE: u8 = 9;

/// The type of a column, as Snowflake names it.
///
/// `Display` writes the spelling of `DESCRIBE TABLE`.
///
/// ```
/// use snowflake_proto::DataType;
///
/// assert_eq!(DataType::Text { length: 10 }.to_string(), "VARCHAR(10)");
/// assert_eq!(DataType::TimestampTz { scale: 9 }.to_string(), "TIMESTAMP_TZ(9)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataType {
    /// `NUMBER(precision,scale)`, called `FIXED` on the wire; at most 38 digits.
    Number {
        /// All digits, 1 to 38.
        precision: u8,
        /// Digits after the point, 0 to 37.
        scale: u8,
    },
    /// `FLOAT`, called `REAL` on the wire: an IEEE double.
    Float,
    /// `VARCHAR(length)`.
    Text {
        /// The greatest length in characters.
        length: u64,
    },
    /// `BOOLEAN`.
    Boolean,
    /// `DATE`.
    Date,
    /// `TIME(scale)`.
    Time {
        /// Digits of the fraction of a second, 0 to 9.
        scale: u8,
    },
    /// `TIMESTAMP_NTZ(scale)`: a wall clock without a zone.
    TimestampNtz {
        /// Digits of the fraction of a second, 0 to 9.
        scale: u8,
    },
    /// `TIMESTAMP_LTZ(scale)`: an instant, shown in the session's zone.
    TimestampLtz {
        /// Digits of the fraction of a second, 0 to 9.
        scale: u8,
    },
    /// `TIMESTAMP_TZ(scale)`: an instant with the offset it was written with.
    TimestampTz {
        /// Digits of the fraction of a second, 0 to 9.
        scale: u8,
    },
    /// `BINARY(length)`.
    Binary {
        /// The greatest length in bytes.
        length: u64,
    },
    /// `VARIANT`: any JSON-like value, read as JSON text.
    Variant,
    /// `OBJECT`, read as JSON text.
    Object,
    /// `ARRAY`, read as JSON text.
    Array,
    /// A type that this version does not know, in the server's upper-case spelling; read as text.
    Other(String),
}

impl DataType {
    /// The type that a `rowtype` entry describes.
    ///
    /// A non-empty `extTypeName` overrides `type`; an unknown tag becomes [`DataType::Other`].
    pub fn from_row_type(row_type: &RowType) -> Self {
        if let Some(name) = row_type.ext_type_name.as_deref().filter(|name| !name.is_empty()) {
            return DataType::Other(name.to_ascii_uppercase());
        }
        let scale = || narrow(row_type.scale, DEFAULT_TIME_SCALE);
        match row_type.kind.to_ascii_lowercase().as_str() {
            "fixed" => DataType::Number {
                precision: narrow(row_type.precision, 38),
                scale: narrow(row_type.scale, 0),
            },
            "real" => DataType::Float,
            "text" => DataType::Text { length: length(row_type.length, DEFAULT_TEXT_LENGTH) },
            "boolean" => DataType::Boolean,
            "date" => DataType::Date,
            "time" => DataType::Time { scale: scale() },
            "timestamp_ntz" => DataType::TimestampNtz { scale: scale() },
            "timestamp_ltz" => DataType::TimestampLtz { scale: scale() },
            "timestamp_tz" => DataType::TimestampTz { scale: scale() },
            "binary" => DataType::Binary { length: length(row_type.length, DEFAULT_BINARY_LENGTH) },
            "variant" => DataType::Variant,
            "object" => DataType::Object,
            "array" => DataType::Array,
            other => DataType::Other(other.to_ascii_uppercase()),
        }
    }

    /// The type tag of the wire, in the lower case that the service uses.
    pub fn wire_name(&self) -> &str {
        match self {
            DataType::Number { .. } => "fixed",
            DataType::Float => "real",
            DataType::Text { .. } | DataType::Other(_) => "text",
            DataType::Boolean => "boolean",
            DataType::Date => "date",
            DataType::Time { .. } => "time",
            DataType::TimestampNtz { .. } => "timestamp_ntz",
            DataType::TimestampLtz { .. } => "timestamp_ltz",
            DataType::TimestampTz { .. } => "timestamp_tz",
            DataType::Binary { .. } => "binary",
            DataType::Variant => "variant",
            DataType::Object => "object",
            DataType::Array => "array",
        }
    }

    /// Whether the text of a value is JSON: `VARIANT`, `OBJECT` and `ARRAY`.
    pub fn is_semi_structured(&self) -> bool {
        matches!(self, DataType::Variant | DataType::Object | DataType::Array)
    }
}

/// A digit count of the server in range of `u8`; nonsense saturates, and decoding refuses it later.
fn narrow(value: Option<i64>, default: u8) -> u8 {
    value.map_or(default, |value| u8::try_from(value).unwrap_or(u8::MAX))
}

fn length(value: Option<i64>, default: u64) -> u64 {
    value.and_then(|value| u64::try_from(value).ok()).unwrap_or(default)
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DataType::Number { precision, scale } => write!(f, "NUMBER({precision},{scale})"),
            DataType::Float => f.write_str("FLOAT"),
            DataType::Text { length } => write!(f, "VARCHAR({length})"),
            DataType::Boolean => f.write_str("BOOLEAN"),
            DataType::Date => f.write_str("DATE"),
            DataType::Time { scale } => write!(f, "TIME({scale})"),
            DataType::TimestampNtz { scale } => write!(f, "TIMESTAMP_NTZ({scale})"),
            DataType::TimestampLtz { scale } => write!(f, "TIMESTAMP_LTZ({scale})"),
            DataType::TimestampTz { scale } => write!(f, "TIMESTAMP_TZ({scale})"),
            DataType::Binary { length } => write!(f, "BINARY({length})"),
            DataType::Variant => f.write_str("VARIANT"),
            DataType::Object => f.write_str("OBJECT"),
            DataType::Array => f.write_str("ARRAY"),
            DataType::Other(name) => f.write_str(name),
        }
    }
}

/// One column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// The name as the server spells it: upper case unless it was quoted.
    pub name: String,
    /// The type of its values.
    pub data_type: DataType,
    /// Whether the server says that the column can hold NULL.
    pub nullable: bool,
}

impl Column {
    /// A column of that name and type.
    pub fn new(name: impl Into<String>, data_type: DataType, nullable: bool) -> Self {
        Self { name: name.into(), data_type, nullable }
    }

    /// The column that a `rowtype` entry describes.
    pub fn from_row_type(row_type: &RowType) -> Self {
        Self::new(row_type.name.clone(), DataType::from_row_type(row_type), row_type.nullable.unwrap_or(true))
    }

    /// The `rowtype` entry that describes this column.
    pub fn to_row_type(&self) -> RowType {
        let mut row_type = RowType {
            name: self.name.clone(),
            nullable: Some(self.nullable),
            kind: self.data_type.wire_name().to_owned(),
            ..RowType::default()
        };
        match &self.data_type {
            DataType::Number { precision, scale } => {
                row_type.precision = Some(i64::from(*precision));
                row_type.scale = Some(i64::from(*scale));
            }
            DataType::Text { length } => {
                row_type.length = i64::try_from(*length).ok();
                row_type.byte_length = i64::try_from(length.saturating_mul(4).min(DEFAULT_TEXT_LENGTH)).ok();
            }
            DataType::Binary { length } => {
                row_type.length = i64::try_from(*length).ok();
                row_type.byte_length = row_type.length;
            }
            DataType::Time { scale }
            | DataType::TimestampNtz { scale }
            | DataType::TimestampLtz { scale }
            | DataType::TimestampTz { scale } => {
                row_type.precision = Some(0);
                row_type.scale = Some(i64::from(*scale));
            }
            DataType::Other(name) => row_type.ext_type_name = Some(name.clone()),
            DataType::Float
            | DataType::Boolean
            | DataType::Date
            | DataType::Variant
            | DataType::Object
            | DataType::Array => {}
        }
        row_type
    }
}
