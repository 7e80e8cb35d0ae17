//! Names of database objects, and the only way of writing one into SQL: quoted.

use std::{fmt, str::FromStr};

use crate::error::{Error, Result};

/// The longest name the service accepts, in characters.
const MAX_CHARS: usize = 255;
/// The schema meant by `database..table`.
const DEFAULT_SCHEMA: &str = "PUBLIC";

/// The exact name of one object: what the service stores, not what somebody typed.
///
/// [`Display`](fmt::Display) always quotes, so the name reaches SQL as it is, whatever it contains.
///
/// ```
/// use snowflake_proto::Identifier;
///
/// assert_eq!(Identifier::parse("orders")?.name(), "ORDERS");
/// assert_eq!(Identifier::parse("\"Order \"\"lines\"\"\"")?.name(), "Order \"lines\"");
/// assert_eq!(Identifier::new("a\"b")?.to_string(), "\"a\"\"b\"");
/// assert!(Identifier::parse("a; drop table b").is_err());
/// # Ok::<(), snowflake_proto::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier(String);

impl Identifier {
    /// Takes a name exactly as it is, with its case.
    ///
    /// # Errors
    ///
    /// `InvalidIdentifier` when it is empty, longer than 255 characters or contains NUL.
    pub fn new(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        if name.is_empty() {
            return Err(Error::invalid_identifier(&name, "it is empty"));
        }
        if name.contains('\0') {
            return Err(Error::invalid_identifier(&name, "it contains NUL"));
        }
        if name.chars().nth(MAX_CHARS).is_some() {
            return Err(Error::invalid_identifier(&name, "it is longer than 255 characters"));
        }
        Ok(Self(name))
    }

    /// Reads a name as SQL spells it: `orders` means `ORDERS`, `"Order lines"` means what stands between
    /// the quotes.
    ///
    /// # Errors
    ///
    /// `InvalidIdentifier` when the text is not exactly one identifier.
    pub fn parse(text: &str) -> Result<Self> {
        match split_part(text)? {
            (identifier, "") => Ok(identifier),
            _ => Err(Error::invalid_identifier(text, "more than one name")),
        }
    }

    /// The exact name, without quotes.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        let mut parts = self.0.split('"');
        f.write_str(parts.next().unwrap_or_default())?;
        for part in parts {
            f.write_str("\"\"")?;
            f.write_str(part)?;
        }
        f.write_str("\"")
    }
}

impl FromStr for Identifier {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

/// The name of an object with, where given, its schema and database.
///
/// ```
/// use snowflake_proto::{Identifier, ObjectName};
///
/// let table = ObjectName::parse("sales.public.\"2026 orders\"")?;
/// assert_eq!(table.to_string(), "\"SALES\".\"PUBLIC\".\"2026 orders\"");
/// assert_eq!(table.schema().map(Identifier::name), Some("PUBLIC"));
/// # Ok::<(), snowflake_proto::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectName {
    database: Option<Identifier>,
    schema: Option<Identifier>,
    name: Identifier,
}

impl ObjectName {
    /// A name that the session's database and schema complete.
    #[must_use]
    pub fn new(name: Identifier) -> Self {
        Self { database: None, schema: None, name }
    }

    /// A name in a schema of the session's database.
    #[must_use]
    pub fn in_schema(schema: Identifier, name: Identifier) -> Self {
        Self { database: None, schema: Some(schema), name }
    }

    /// A name that means the same in every session.
    #[must_use]
    pub fn in_database(database: Identifier, schema: Identifier, name: Identifier) -> Self {
        Self { database: Some(database), schema: Some(schema), name }
    }

    /// Reads one to three names separated by dots, each spelled as in SQL; `db..t` means `db.PUBLIC.t`.
    ///
    /// # Errors
    ///
    /// `InvalidIdentifier` when the text is anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let (first, rest) = split_part(text)?;
        if rest.is_empty() {
            return Ok(Self::new(first));
        }
        let rest = after_dot(rest).ok_or_else(|| not_a_name(text))?;
        if let Some(rest) = after_dot(rest) {
            return Ok(Self::in_database(first, Identifier::new(DEFAULT_SCHEMA)?, Identifier::parse(rest)?));
        }
        let (second, rest) = split_part(rest)?;
        if rest.is_empty() {
            return Ok(Self::in_schema(first, second));
        }
        let rest = after_dot(rest).ok_or_else(|| not_a_name(text))?;
        Ok(Self::in_database(first, second, Identifier::parse(rest)?))
    }

    /// The database, where the name has one.
    #[must_use]
    pub fn database(&self) -> Option<&Identifier> {
        self.database.as_ref()
    }

    /// The schema, where the name has one.
    #[must_use]
    pub fn schema(&self) -> Option<&Identifier> {
        self.schema.as_ref()
    }

    /// The last part: the object itself.
    #[must_use]
    pub fn name(&self) -> &Identifier {
        &self.name
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [&self.database, &self.schema].into_iter().flatten() {
            write!(f, "{part}.")?;
        }
        write!(f, "{}", self.name)
    }
}

impl From<Identifier> for ObjectName {
    fn from(name: Identifier) -> Self {
        Self::new(name)
    }
}

impl FromStr for ObjectName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

fn after_dot(text: &str) -> Option<&str> {
    text.strip_prefix('.')
}

fn not_a_name(text: &str) -> Error {
    Error::invalid_identifier(text, "not names separated by dots")
}

/// Takes one identifier off the front of the text and returns what follows it.
fn split_part(text: &str) -> Result<(Identifier, &str)> {
    match text.strip_prefix('"') {
        Some(quoted) => split_quoted(text, quoted),
        None => split_plain(text),
    }
}

fn split_plain(text: &str) -> Result<(Identifier, &str)> {
    let end =
        text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return Err(Error::invalid_identifier(text, "a name without quotes starts with a letter or `_`"));
    }
    if !(rest.is_empty() || rest.starts_with('.')) {
        return Err(Error::invalid_identifier(text, "it has a character that needs quotes"));
    }
    Ok((Identifier::new(name.to_ascii_uppercase())?, rest))
}

/// `quoted` is `whole` after its opening quote.
fn split_quoted<'a>(whole: &str, quoted: &'a str) -> Result<(Identifier, &'a str)> {
    let mut name = String::new();
    let mut rest = quoted;
    while let Some((part, after)) = rest.split_once('"') {
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return Ok((Identifier::new(name)?, after)),
        }
    }
    Err(Error::invalid_identifier(whole, "the closing quote is missing"))
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::{Identifier, ObjectName};
    use crate::error::ErrorKind;

    #[test]
    fn q01_a_hostile_name_stays_one_name() {
        let long = "x".repeat(255);
        for name in ["a\"b", "\";drop table canary;--", "$$", "'", "\\", "\u{1f600}", " ", "a.b", "\n", &long]
        {
            let identifier = Identifier::new(name).unwrap();
            assert_eq!(Identifier::parse(&identifier.to_string()).unwrap(), identifier, "{name:?}");
            assert_eq!(identifier.name(), name);
        }
        let wide = "\u{e4}".repeat(255);
        assert!(Identifier::new(wide).is_ok());
    }

    #[test]
    fn q01_names_that_cannot_be_are_refused() {
        let long = "x".repeat(256);
        for name in ["", "a\0b", &long] {
            assert_eq!(Identifier::new(name).unwrap_err().kind(), ErrorKind::InvalidIdentifier, "{name:?}");
        }
        let table = [
            "", " a", "a ", "a b", "1a", "$a", "a.b", "a-b", "a;", "a\"b\"", "\"", "\"a", "\"a\"b",
            "\"a\"\"", "\"\"", "\"a\0\"", "'a'", "\u{e4}",
        ];
        for text in table {
            assert_eq!(Identifier::parse(text).unwrap_err().kind(), ErrorKind::InvalidIdentifier, "{text:?}");
        }
    }

    #[test]
    fn sql_spellings_mean_what_the_server_stores() {
        for (text, name) in [("foo", "FOO"), ("_a$1", "_A$1"), ("\"foo\"", "foo"), ("\"a\"\"b\"", "a\"b")] {
            assert_eq!(Identifier::parse(text).unwrap().name(), name, "{text}");
        }
    }

    #[test]
    fn object_names_have_one_to_three_parts() {
        let table = [
            ("t", "\"T\""),
            ("s.t", "\"S\".\"T\""),
            ("db.s.t", "\"DB\".\"S\".\"T\""),
            ("\"a.b\".\"c\"\".\"", "\"a.b\".\"c\"\".\""),
            ("db..t", "\"DB\".\"PUBLIC\".\"T\""),
        ];
        for (text, quoted) in table {
            assert_eq!(ObjectName::parse(text).unwrap().to_string(), quoted, "{text}");
        }
        for text in [
            "",
            ".",
            "a.",
            ".a",
            "a.b.",
            "a..",
            "a...b",
            "a.b.c.d",
            "a b.c",
            "a.\"b",
            "\"a\"\"b\".",
            "a..b.c",
        ] {
            assert_eq!(ObjectName::parse(text).unwrap_err().kind(), ErrorKind::InvalidIdentifier, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn q01_every_name_reads_back_from_its_quotes(name in "\\PC{1,60}|[\"';.\\\\$ a-z\n]{1,60}") {
            let identifier = Identifier::new(name.clone()).unwrap();
            let quoted = identifier.to_string();
            prop_assert!(quoted.starts_with('"') && quoted.ends_with('"'));
            prop_assert_eq!(quoted[1..quoted.len() - 1].replace("\"\"", "").contains('"'), false);
            prop_assert_eq!(Identifier::parse(&quoted).unwrap(), identifier);
        }

        #[test]
        fn q01_every_object_name_reads_back(parts in vec("[\".a-zA-Z' ]{1,12}", 1..=3)) {
            let mut parts = parts.into_iter().map(|part| Identifier::new(part).unwrap()).rev();
            let name = parts.next().unwrap();
            let object = match (parts.next(), parts.next()) {
                (Some(schema), Some(database)) => ObjectName::in_database(database, schema, name),
                (Some(schema), None) => ObjectName::in_schema(schema, name),
                _ => ObjectName::new(name),
            };
            prop_assert_eq!(ObjectName::parse(&object.to_string()).unwrap(), object);
        }

        #[test]
        fn parsing_never_panics(text in "[\".a\u{e4}\0 ]{0,20}") {
            let _ = Identifier::parse(&text);
            let _ = ObjectName::parse(&text);
        }
    }
}
