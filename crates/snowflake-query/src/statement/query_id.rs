//! The identity of a statement on the server, checked before it can enter a URL.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::error::{Error, InvalidQueryIdSnafu};

/// The id that the server gave a statement, such as `01b2c3d4-0000-1111-0000-000000000001`.
///
/// It has the shape of a UUID; anything else is refused, whoever it comes from.
#[derive(Default, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueryId(Uuid);

impl QueryId {
    /// What stands in where a server answers without an id: all zeroes.
    pub const NONE: QueryId = QueryId(Uuid::nil());

    /// Reads an id.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the text has not the shape of a UUID.
    pub fn parse(text: &str) -> Result<Self, Error> {
        // `Uuid` also reads braces, URNs and plain hex, which the service refuses.
        let parsed = if text.len() == 36 { Uuid::try_parse(text).ok() } else { None };
        match parsed {
            Some(uuid) => Ok(Self(uuid)),
            None => InvalidQueryIdSnafu { value: clip(text) }.fail()?,
        }
    }

    /// Whether the server gave no id.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_nil()
    }
}

impl FromStr for QueryId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for QueryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for QueryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QueryId({})", self.0)
    }
}

fn clip(text: &str) -> String {
    let mut clipped: String = text.chars().take(48).flat_map(char::escape_default).collect();
    if text.chars().nth(48).is_some() {
        clipped.push('…');
    }
    clipped
}

#[cfg(test)]
mod tests {
    use super::QueryId;
    use crate::ErrorKind;

    #[test]
    fn b09_only_the_shape_of_a_uuid_is_a_query_id() {
        let long = "a".repeat(10_240);
        for text in [
            "",
            "../x",
            "'; drop table t; --",
            "foobar",
            "01b2c3d4000011110000000000000001",
            "{01b2c3d4-0000-1111-0000-000000000001}",
            "01b2c3d4-0000-1111-0000-00000000000g",
            "01b2c3d4-0000-1111-0000-0000000000\r\n",
            "01b2c3d4-0000-1111-0000/../0000001",
            &long,
        ] {
            let error = QueryId::parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().len() < 200, "{error}");
            assert!(!error.to_string().contains('\n'));
        }
        let id = QueryId::parse("01B2c3d4-0000-1111-0000-000000000001").unwrap();
        assert_eq!(id.to_string(), "01b2c3d4-0000-1111-0000-000000000001");
        assert!(!id.is_none());
    }
}
