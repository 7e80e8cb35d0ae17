//! Session parameters: their values, and the table of those that clients look at.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use crate::generated::session_parameters::PARAMETERS;

/// A session parameter that the catalogue knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) default: ParameterValue,
    pub(crate) client: bool,
    pub(crate) doc: &'static str,
}

impl Parameter {
    /// Looks a parameter up by its name, in upper or lower case.
    pub fn find(name: &str) -> Option<&'static Self> {
        PARAMETERS.iter().find(|parameter| parameter.name.eq_ignore_ascii_case(name))
    }

    /// The name, in upper case.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The type of the values.
    pub const fn kind(&self) -> ParameterKind {
        self.default.kind()
    }

    /// The value of a new session.
    pub const fn default_value(&self) -> &ParameterValue {
        &self.default
    }

    /// Whether it steers clients rather than the engine.
    pub const fn is_for_clients(&self) -> bool {
        self.client
    }

    /// What it does, in one sentence without a full stop.
    pub const fn doc(&self) -> &'static str {
        self.doc
    }
}

/// The type of a session parameter's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterKind {
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A text.
    Text,
}

/// The value of a session parameter, as it travels in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterValue {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A text. A number with a fraction is kept as the text it was written with.
    Text(Cow<'static, str>),
}

impl ParameterValue {
    /// The type of the value.
    pub const fn kind(&self) -> ParameterKind {
        match self {
            Self::Boolean(_) => ParameterKind::Boolean,
            Self::Integer(_) => ParameterKind::Integer,
            Self::Text(_) => ParameterKind::Text,
        }
    }

    /// The value as a boolean. The server writes some as text.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Integer(0) => Some(false),
            Self::Integer(1) => Some(true),
            Self::Integer(_) => None,
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            Self::Text(_) => None,
        }
    }

    /// The value as a whole number. The server writes some as text.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Boolean(_) => None,
        }
    }

    /// The value when it is a text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Boolean(_) | Self::Integer(_) => None,
        }
    }
}

impl fmt::Display for ParameterValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl From<bool> for ParameterValue {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i64> for ParameterValue {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<i32> for ParameterValue {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<u32> for ParameterValue {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<&str> for ParameterValue {
    fn from(value: &str) -> Self {
        Self::Text(Cow::Owned(value.to_owned()))
    }
}

impl From<String> for ParameterValue {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}

impl From<ParameterValue> for serde_json::Value {
    fn from(value: ParameterValue) -> Self {
        match value {
            ParameterValue::Boolean(value) => value.into(),
            ParameterValue::Integer(value) => value.into(),
            ParameterValue::Text(text) => text.into(),
        }
    }
}

impl Serialize for ParameterValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for ParameterValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl Visitor<'_> for ValueVisitor {
    type Value = ParameterValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a boolean, a number or a text")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(ParameterValue::Boolean(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(ParameterValue::Integer(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(value).map_or_else(|_| value.to_string().into(), ParameterValue::Integer))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(value.to_string().into())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(value.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_found_by_name() {
        assert!(PARAMETERS.windows(2).all(|pair| pair[0].name < pair[1].name));
        let parameter = Parameter::find("client_prefetch_threads").unwrap();
        assert_eq!(parameter.name(), "CLIENT_PREFETCH_THREADS");
        assert_eq!(parameter.kind(), ParameterKind::Integer);
        assert_eq!(parameter.default_value().as_i64(), Some(4));
        assert!(parameter.is_for_clients());
        assert!(!parameter.doc().ends_with('.'));
        assert_eq!(Parameter::find("no_such_parameter"), None);
    }

    #[test]
    fn values_travel_as_plain_json() {
        for (json, value) in [
            ("true", ParameterValue::Boolean(true)),
            ("-7", ParameterValue::Integer(-7)),
            ("\"UTC\"", ParameterValue::from("UTC")),
        ] {
            assert_eq!(serde_json::from_str::<ParameterValue>(json).unwrap(), value);
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
        assert_eq!(serde_json::from_str::<ParameterValue>("1.5").unwrap(), ParameterValue::from("1.5"));
        assert_eq!(
            serde_json::from_str::<ParameterValue>("18446744073709551615").unwrap().as_str(),
            Some("18446744073709551615")
        );
        assert!(serde_json::from_str::<ParameterValue>("[1]").is_err());
    }

    #[test]
    fn texts_are_read_as_what_they_say() {
        assert_eq!(ParameterValue::from("TRUE").as_bool(), Some(true));
        assert_eq!(ParameterValue::from("false").as_bool(), Some(false));
        assert_eq!(ParameterValue::from("maybe").as_bool(), None);
        assert_eq!(ParameterValue::from(1).as_bool(), Some(true));
        assert_eq!(ParameterValue::from(2).as_bool(), None);
        assert_eq!(ParameterValue::from(" 42 ").as_i64(), Some(42));
        assert_eq!(ParameterValue::from(true).as_i64(), None);
        assert_eq!(ParameterValue::from(3600_u32).to_string(), "3600");
    }
}
