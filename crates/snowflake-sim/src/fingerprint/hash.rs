//! The fingerprint itself: a version and a hash.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use ring::digest;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use snafu::{Snafu, ensure};

use super::Statement;

/// The version of the encoding below; another encoding is another version.
const VERSION: &str = "1";

/// How much of the hash is kept, in bytes.
const KEPT: usize = 16;

/// What identifies a statement in a recording: `1-` and 32 hexadecimal digits.
///
/// The `1` is the version of the encoding, which never changes. The digits are the first 16 bytes of the
/// SHA-256 of this JSON array in UTF-8, without white space:
///
/// ```json
/// ["snowflake-statement", "1", text, binds, role, warehouse, database, schema, describe_only]
/// ```
///
/// - `text` is the statement as [`normalize`](snowflake_proto::sql::normalize) writes it;
/// - `binds` is the `bindings` object of the request with the keys of every object in the order of their
///   bytes, and null when it is absent or empty;
/// - the four names are strings, or null;
/// - `describe_only` is true or false.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint(String);

/// A text is not a fingerprint of a version that is known here.
#[derive(Clone, Debug, PartialEq, Eq, Snafu)]
#[snafu(display(
    "{text:?} is not a fingerprint, which is `{VERSION}-` and {} hexadecimal digits in lower case",
    KEPT * 2
))]
pub struct InvalidFingerprint {
    text: String,
}

impl Fingerprint {
    /// The fingerprint of a statement whose normalized text this is.
    pub(super) fn of(statement: &Statement, text: &str) -> Self {
        let [role, warehouse, database, schema] = statement.context.names().map(|(_, name)| name);
        let binds = in_order(&statement.binds);
        let describe_only = statement.describe_only;
        let encoding = json!([
            "snowflake-statement",
            VERSION,
            text,
            binds,
            role,
            warehouse,
            database,
            schema,
            describe_only
        ]);
        let hash = digest::digest(&digest::SHA256, encoding.to_string().as_bytes());
        let mut fingerprint = format!("{VERSION}-");
        for byte in hash.as_ref().iter().take(KEPT) {
            // Writing to a String cannot fail.
            let _ = write!(fingerprint, "{byte:02x}");
        }
        Self(fingerprint)
    }

    /// The text of the fingerprint.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The value with the keys of its objects in order, and null for an empty object.
///
/// Note: the order of an object's keys depends on a feature of serde_json that any crate can turn on.
fn in_order(value: &Value) -> Value {
    match value {
        Value::Object(fields) if fields.is_empty() => Value::Null,
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            fields.into_iter().map(|(name, value)| (name.clone(), in_order(value))).collect()
        }
        Value::Array(values) => values.iter().map(in_order).collect(),
        scalar => scalar.clone(),
    }
}

impl FromStr for Fingerprint {
    type Err = InvalidFingerprint;

    fn from_str(text: &str) -> Result<Self, InvalidFingerprint> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let digits = text.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix('-'));
        let is_valid = digits.is_some_and(|digits| digits.len() == KEPT * 2 && digits.bytes().all(is_digit));
        let shown = || text.chars().take(KEPT * 4).collect::<String>();
        ensure!(is_valid, InvalidFingerprintSnafu { text: shown() });
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = InvalidFingerprint;

    fn try_from(text: String) -> Result<Self, InvalidFingerprint> {
        text.parse()
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
