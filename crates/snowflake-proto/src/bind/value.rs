//! One bind value: made, checked and written to the wire.

use std::fmt;

use time::OffsetDateTime;

use super::{BindType, from::nanos_text};
use crate::{
    error::{Error, Result},
    wire::query::{Binding, BindingValue},
};

/// One value for one placeholder, or one per row of an array bind.
///
/// Made with `From` from Rust's own numbers, texts and bytes, from the types of the `time` crate, from
/// JSON and from an `Option` of any of them.
/// `Debug` tells the type and hides the value.
///
/// ```
/// use snowflake_proto::Bind;
///
/// let binds = [Bind::from(42), Bind::from("it's"), Bind::from(None::<f64>), Bind::number_text("0.10")?];
/// assert_eq!(format!("{:?}", binds[1]), "Bind(TEXT, ***)");
///
/// let names = Bind::array(vec![Bind::from("a"), Bind::null(), Bind::from("c")])?;
/// assert_eq!(names.rows(), Some(3));
/// # Ok::<(), snowflake_proto::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Bind {
    kind: BindType,
    value: Value,
}

#[derive(Clone, PartialEq, Eq)]
enum Value {
    Null,
    Text(String),
    List(Vec<Option<String>>),
}

impl Bind {
    pub(super) fn new(kind: BindType, text: impl Into<String>) -> Self {
        Self { kind, value: Value::Text(text.into()) }
    }

    /// NULL, fit for a placeholder of any type.
    #[must_use]
    pub const fn null() -> Self {
        Self { kind: BindType::Text, value: Value::Null }
    }

    /// A number from its decimal digits, exact whatever their count: `-12.50`.
    ///
    /// # Errors
    ///
    /// `InvalidBind` when the text is not an optional sign, digits and an optional point among them.
    pub fn number_text(text: &str) -> Result<Self> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let mut digits = whole.bytes().chain(fraction.bytes());
        if (whole.is_empty() && fraction.is_empty()) || !digits.all(|byte| byte.is_ascii_digit()) {
            return Err(Error::invalid_bind("a number is a sign, digits and one point at most"));
        }
        Ok(Self::new(BindType::Fixed, text))
    }

    /// A point in time, shown by the server in the session's own time zone (`TIMESTAMP_LTZ`).
    /// `From<OffsetDateTime>` keeps the value's own offset instead (`TIMESTAMP_TZ`).
    #[must_use]
    pub fn instant(at: OffsetDateTime) -> Self {
        Self::new(BindType::TimestampLtz, nanos_text(at.unix_timestamp_nanos()))
    }

    /// A semi-structured value that is one already when it reaches the statement, without `PARSE_JSON`.
    ///
    /// `From<serde_json::Value>` sends text, which every release accepts as `PARSE_JSON(?)`.
    #[must_use]
    pub fn variant(value: &serde_json::Value) -> Self {
        Self::new(BindType::Variant, value.to_string())
    }

    /// One value per row, for an `INSERT ... VALUES` that is to run once for all of them.
    /// NULLs may stand among values of any one type.
    ///
    /// # Errors
    ///
    /// `InvalidBind` when there is no value, when two of them differ in type, or when one is an array itself.
    pub fn array(values: Vec<Self>) -> Result<Self> {
        if values.is_empty() {
            return Err(Error::invalid_bind("an array needs at least one value"));
        }
        let mut kind = None;
        let mut list = Vec::with_capacity(values.len());
        for value in values {
            match value.value {
                Value::Null => list.push(None),
                Value::Text(text) => {
                    let expected = *kind.get_or_insert(value.kind);
                    if value.kind != expected {
                        let found = value.kind;
                        return Err(Error::invalid_bind(format!("an array of {expected} holds a {found}")));
                    }
                    list.push(Some(text));
                }
                Value::List(_) => return Err(Error::invalid_bind("an array cannot hold an array")),
            }
        }
        Ok(Self { kind: kind.unwrap_or(BindType::Text), value: Value::List(list) })
    }

    /// The type the server is told.
    #[must_use]
    pub const fn kind(&self) -> BindType {
        self.kind
    }

    /// Whether this is a single NULL.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// How many rows an array has; nothing for a single value.
    #[must_use]
    pub const fn rows(&self) -> Option<usize> {
        match &self.value {
            Value::List(values) => Some(values.len()),
            Value::Null | Value::Text(_) => None,
        }
    }

    /// How many rows all the values of one statement have; nothing when they are single values.
    ///
    /// # Errors
    ///
    /// `InvalidBind` when arrays differ in length or stand beside single values.
    pub fn common_rows<'a>(binds: impl IntoIterator<Item = &'a Self>) -> Result<Option<usize>> {
        let mut all = binds.into_iter().map(Self::rows);
        let Some(first) = all.next() else { return Ok(None) };
        for rows in all {
            match (first, rows) {
                (Some(first), Some(other)) if first != other => {
                    return Err(Error::invalid_bind(format!(
                        "arrays of {first} and {other} rows in one statement"
                    )));
                }
                (None, Some(_)) | (Some(_), None) => {
                    return Err(Error::invalid_bind("arrays and single values in one statement"));
                }
                _ => {}
            }
        }
        Ok(first)
    }

    /// The form a query request carries.
    #[must_use]
    pub fn to_wire(&self) -> Binding {
        let value = match &self.value {
            Value::Null => BindingValue::Null,
            Value::Text(text) => BindingValue::Text(text.clone()),
            Value::List(texts) => BindingValue::List(texts.clone()),
        };
        let fmt = (self.kind == BindType::Variant).then(|| "json".to_owned());
        Binding { kind: self.kind.as_str().to_owned(), value, fmt, schema: None }
    }
}

impl fmt::Debug for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rows() {
            Some(rows) => write!(f, "Bind({} x {rows}, ***)", self.kind),
            None => write!(f, "Bind({}, ***)", self.kind),
        }
    }
}
