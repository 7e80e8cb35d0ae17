//! The one error of this crate: opaque, one pointer wide, and free of payloads that could hold data or
//! secrets.

use std::error::Error as StdError;

use snafu::Snafu;

use crate::recovery::Recovery;

/// No text that came from outside is printed longer than this.
const MAX_PAYLOAD_CHARS: usize = 128;

/// Why a value, a name or an answer of the server was refused.
///
/// ```
/// use snowflake_proto::{AccountId, ErrorKind, Recovery};
///
/// let error = AccountId::parse("../x").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidAccount);
/// assert_eq!(error.recovery(), Recovery::Never);
/// ```
#[derive(Debug, Snafu)]
#[snafu(source(from(Repr, Box::new)))]
pub struct Error(Box<Repr>);

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The situations an [`Error`] tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The account identifier or region cannot be part of a host name.
    InvalidAccount,
    /// The host, port or protocol is not an address of a server.
    InvalidHost,
    /// The name cannot be an SQL identifier or object name.
    InvalidIdentifier,
    /// The bind value cannot be sent as it is.
    InvalidBind,
    /// The bytes are not what the protocol says they should be.
    Decode,
    /// The data does not fit the announced columns.
    SchemaMismatch,
    /// The metadata of a column is missing or makes no sense.
    BadMetadata,
    /// The data ended before the announced length or row count.
    Truncated,
    /// Inflating the data would exceed the allowed size.
    DecompressLimit,
    /// The answer is valid, but nothing here can read it.
    Unsupported,
    /// A value does not fit the type that was asked for.
    Conversion,
}

#[derive(Debug, Snafu)]
enum Repr {
    #[snafu(display("invalid account identifier `{value}`: {reason}"))]
    InvalidAccount { value: String, reason: &'static str },
    #[snafu(display("invalid host `{value}`: {reason}"))]
    InvalidHost { value: String, reason: &'static str },
    #[snafu(display("invalid identifier `{value}`: {reason}"))]
    InvalidIdentifier { value: String, reason: &'static str },
    #[snafu(display("invalid bind value: {reason}"))]
    InvalidBind { reason: String },
    #[snafu(display("{what}"))]
    Decode { what: String },
    #[snafu(display("{what}"))]
    DecodeCaused { what: String, source: Box<dyn StdError + Send + Sync> },
    #[snafu(display("{what}: invalid json ({category}) at line {line} column {position}"))]
    Json { what: String, category: &'static str, line: usize, position: usize },
    #[snafu(display("column `{column}` does not fit its description: expected {expected}, got {got}"))]
    SchemaMismatch { column: String, expected: String, got: String },
    #[snafu(display("column `{column}` has bad metadata: {key} is `{value}`"))]
    BadMetadata { column: String, key: String, value: String },
    #[snafu(display("{what} ended early: expected {expected}, got {got}"))]
    Truncated { what: String, expected: u64, got: u64 },
    #[snafu(display("inflated data exceeds the limit of {limit} bytes"))]
    DecompressLimit { limit: u64 },
    #[snafu(display("{what} is not supported"))]
    Unsupported { what: String },
    #[snafu(display("cannot read {from} as {to}: {detail}"))]
    Conversion { from: String, to: String, detail: String },
    #[snafu(display("column `{column}`: cannot read {from} as {to}: {detail}"))]
    ColumnConversion { column: String, from: String, to: String, detail: String },
}

impl Error {
    /// What happened, for a `match`.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &*self.0 {
            Repr::InvalidAccount { .. } => ErrorKind::InvalidAccount,
            Repr::InvalidHost { .. } => ErrorKind::InvalidHost,
            Repr::InvalidIdentifier { .. } => ErrorKind::InvalidIdentifier,
            Repr::InvalidBind { .. } => ErrorKind::InvalidBind,
            Repr::Decode { .. } | Repr::DecodeCaused { .. } | Repr::Json { .. } => ErrorKind::Decode,
            Repr::SchemaMismatch { .. } => ErrorKind::SchemaMismatch,
            Repr::BadMetadata { .. } => ErrorKind::BadMetadata,
            Repr::Truncated { .. } => ErrorKind::Truncated,
            Repr::DecompressLimit { .. } => ErrorKind::DecompressLimit,
            Repr::Unsupported { .. } => ErrorKind::Unsupported,
            Repr::Conversion { .. } | Repr::ColumnConversion { .. } => ErrorKind::Conversion,
        }
    }

    /// What to do now: data that was cut off or damaged on its way may be fetched again, all else stays
    /// wrong.
    #[must_use]
    pub fn recovery(&self) -> Recovery {
        match self.kind() {
            ErrorKind::Truncated | ErrorKind::Decode => Recovery::RetryIfIdempotent,
            _ => Recovery::Never,
        }
    }

    /// The name of the column at fault, where one is known.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match &*self.0 {
            Repr::SchemaMismatch { column, .. }
            | Repr::BadMetadata { column, .. }
            | Repr::ColumnConversion { column, .. } => Some(column),
            _ => None,
        }
    }

    pub(crate) fn invalid_account(value: &str, reason: &'static str) -> Self {
        InvalidAccountSnafu { value: clip(value), reason }.build().into()
    }

    pub(crate) fn invalid_host(value: &str, reason: &'static str) -> Self {
        InvalidHostSnafu { value: clip(value), reason }.build().into()
    }

    pub(crate) fn invalid_identifier(value: &str, reason: &'static str) -> Self {
        InvalidIdentifierSnafu { value: clip(value), reason }.build().into()
    }

    /// `reason` must not hold the value: it is a user's data.
    pub(crate) fn invalid_bind(reason: impl Into<String>) -> Self {
        InvalidBindSnafu { reason: clip(&reason.into()) }.build().into()
    }

    /// `what` says which bytes are wrong and how, without quoting them.
    pub(crate) fn decode(what: impl AsRef<str>) -> Self {
        DecodeSnafu { what: clip(what.as_ref()) }.build().into()
    }

    /// As [`Error::decode`], keeping the cause for `source()`.
    /// A cause that quotes its input, as those of `serde_json` do, belongs into [`Error::json`].
    pub(crate) fn decode_caused(
        what: impl AsRef<str>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Repr::DecodeCaused { what: clip(what.as_ref()), source: source.into() }.into()
    }

    /// Keeps the place and the category only: the message of `serde_json` may quote a token or a row.
    pub(crate) fn json(what: impl AsRef<str>, cause: &serde_json::Error) -> Self {
        let category = match cause.classify() {
            serde_json::error::Category::Io => "reading",
            serde_json::error::Category::Syntax => "syntax",
            serde_json::error::Category::Data => "unexpected shape",
            serde_json::error::Category::Eof => "ended early",
        };
        let what = clip(what.as_ref());
        JsonSnafu { what, category, line: cause.line(), position: cause.column() }.build().into()
    }

    pub(crate) fn schema_mismatch(
        column: impl AsRef<str>,
        expected: impl AsRef<str>,
        got: impl AsRef<str>,
    ) -> Self {
        SchemaMismatchSnafu {
            column: clip(column.as_ref()),
            expected: clip(expected.as_ref()),
            got: clip(got.as_ref()),
        }
        .build()
        .into()
    }

    pub(crate) fn bad_metadata(
        column: impl AsRef<str>,
        key: impl AsRef<str>,
        value: impl AsRef<str>,
    ) -> Self {
        BadMetadataSnafu {
            column: clip(column.as_ref()),
            key: clip(key.as_ref()),
            value: clip(value.as_ref()),
        }
        .build()
        .into()
    }

    pub(crate) fn truncated(what: impl AsRef<str>, expected: u64, got: u64) -> Self {
        TruncatedSnafu { what: clip(what.as_ref()), expected, got }.build().into()
    }

    pub(crate) fn decompress_limit(limit: u64) -> Self {
        DecompressLimitSnafu { limit }.build().into()
    }

    pub(crate) fn unsupported(what: impl AsRef<str>) -> Self {
        UnsupportedSnafu { what: clip(what.as_ref()) }.build().into()
    }

    /// `detail` must not hold the value: it is a user's data.
    pub(crate) fn conversion(
        column: Option<&str>,
        from: impl AsRef<str>,
        to: impl AsRef<str>,
        detail: impl AsRef<str>,
    ) -> Self {
        let (from, to, detail) = (clip(from.as_ref()), clip(to.as_ref()), clip(detail.as_ref()));
        match column {
            Some(column) => ColumnConversionSnafu { column: clip(column), from, to, detail }.build().into(),
            None => ConversionSnafu { from, to, detail }.build().into(),
        }
    }
}

/// At most [`MAX_PAYLOAD_CHARS`] characters, with control characters escaped so that no text can forge a
/// log line.
fn clip(text: &str) -> String {
    let mut clipped = String::with_capacity(text.len().min(MAX_PAYLOAD_CHARS));
    let mut used = 0;
    for character in text.chars() {
        let escaped = character.is_control().then(|| character.escape_default().to_string());
        let width = escaped.as_ref().map_or(1, String::len);
        if used + width >= MAX_PAYLOAD_CHARS {
            clipped.push('…');
            break;
        }
        used += width;
        match escaped {
            Some(escaped) => clipped.push_str(&escaped),
            None => clipped.push(character),
        }
    }
    clipped
}

#[cfg(test)]
mod tests {
    use super::{Error, ErrorKind, Recovery, StdError, clip};

    #[test]
    fn an_error_is_one_pointer_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn outside_text_is_clipped_and_cannot_break_the_line() {
        assert_eq!(clip("a\r\nHost: e"), "a\\r\\nHost: e");
        assert_eq!(clip(&"x".repeat(300)).chars().count(), 128);
        assert_eq!(clip(&"\u{0}".repeat(300)), "\\u{0}".repeat(25) + "…");
        assert_eq!(clip(&"x".repeat(127)), "x".repeat(127));
    }

    #[test]
    fn g02_a_json_failure_quotes_nothing() {
        let cause = serde_json::from_str::<u8>("\n \"a-token\"").unwrap_err();
        assert!(cause.to_string().contains("a-token"));
        let error = Error::json("login answer", &cause);
        for text in [format!("{error}"), format!("{error:?}"), format!("{error:#?}")] {
            assert!(!text.contains("a-token"), "{text}");
        }
        assert_eq!(error.to_string(), "login answer: invalid json (unexpected shape) at line 2 column 10");
        assert!(error.source().is_none());
    }

    #[test]
    fn every_constructor_tells_its_kind_and_column() {
        let io = std::io::Error::other("inner");
        let table = [
            (Error::invalid_account("a/b", "why"), ErrorKind::InvalidAccount, None),
            (Error::invalid_host("a/b", "why"), ErrorKind::InvalidHost, None),
            (Error::invalid_identifier("", "why"), ErrorKind::InvalidIdentifier, None),
            (Error::invalid_bind("why"), ErrorKind::InvalidBind, None),
            (Error::decode("rowset"), ErrorKind::Decode, None),
            (Error::decode_caused("chunk", io), ErrorKind::Decode, None),
            (Error::schema_mismatch("C", "int64", "utf8"), ErrorKind::SchemaMismatch, Some("C")),
            (Error::bad_metadata("C", "scale", "-1"), ErrorKind::BadMetadata, Some("C")),
            (Error::truncated("chunk", 3, 2), ErrorKind::Truncated, None),
            (Error::decompress_limit(10), ErrorKind::DecompressLimit, None),
            (Error::unsupported("an interval"), ErrorKind::Unsupported, None),
            (
                Error::conversion(Some("C"), "NUMBER(38,0)", "i64", "out of range"),
                ErrorKind::Conversion,
                Some("C"),
            ),
            (Error::conversion(None, "NUMBER(38,0)", "i64", "out of range"), ErrorKind::Conversion, None),
        ];
        for (error, kind, column) in table {
            assert_eq!(error.kind(), kind);
            assert_eq!(error.column(), column);
            let again = matches!(kind, ErrorKind::Truncated | ErrorKind::Decode);
            assert_eq!(error.recovery() == Recovery::RetryIfIdempotent, again);
            let text = error.to_string();
            assert!(!text.ends_with('.') && !text.contains('\n'), "{text}");
            assert!(text.starts_with(|c: char| c.is_lowercase()), "{text}");
        }
    }

    #[test]
    fn a_cause_is_told_by_source_alone() {
        let error = Error::decode_caused("chunk", std::io::Error::other("inner"));
        assert_eq!(error.to_string(), "chunk");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("inner"));
    }
}
