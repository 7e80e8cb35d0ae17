//! Where files lie: `@stage/path`.

use std::fmt;

use snowflake_proto::Literal;

use crate::error::{LocationSnafu, Result};

/// A stage, or a folder in one: `@name/path`, `@db.schema.name`, `@%table`, `@~`.
///
/// `Display` writes it as a quoted literal, so that no part of it can be read as SQL.
///
/// ```
/// use snowflake_ingest::StageLocation;
///
/// assert_eq!(StageLocation::parse("@MY_STAGE/2024")?.to_string(), "'@MY_STAGE/2024'");
/// assert!(StageLocation::parse("MY_STAGE").is_err());
/// # Ok::<(), snowflake_ingest::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageLocation(String);

impl StageLocation {
    /// A location from its usual spelling.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a text without `@`, without a name, or with
    /// control characters.
    pub fn parse(location: &str) -> Result<Self> {
        let refuse =
            |reason| LocationSnafu { location: location.escape_default().to_string(), reason }.fail()?;
        let Some(name) = location.strip_prefix('@') else {
            return refuse("it must begin with @");
        };
        if name.is_empty() || name.starts_with('/') {
            return refuse("it names no stage");
        }
        if location.chars().any(char::is_control) {
            return refuse("it holds control characters");
        }
        Ok(Self(location.to_owned()))
    }
}

impl fmt::Display for StageLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Literal::text(&self.0).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q01_a_location_cannot_leave_its_literal() {
        let location = StageLocation::parse("@s/'; DROP TABLE t; --").unwrap();
        assert_eq!(location.to_string(), "'@s/''; DROP TABLE t; --'");
        for text in ["", "@", "s", "@/x", "@a\nb", "@a\0"] {
            assert!(StageLocation::parse(text).is_err(), "{text:?}");
        }
    }
}
