//! Which options file formats have.

use super::super::super::SqlError;
use super::super::super::syntax::Options;

/// The options of all formats; what COPY cannot do is refused there.
const KNOWN: [&str; 34] = [
    "TYPE",
    "COMPRESSION",
    "RECORD_DELIMITER",
    "FIELD_DELIMITER",
    "FILE_EXTENSION",
    "PARSE_HEADER",
    "SKIP_HEADER",
    "SKIP_BLANK_LINES",
    "DATE_FORMAT",
    "TIME_FORMAT",
    "TIMESTAMP_FORMAT",
    "BINARY_FORMAT",
    "ESCAPE",
    "ESCAPE_UNENCLOSED_FIELD",
    "TRIM_SPACE",
    "FIELD_OPTIONALLY_ENCLOSED_BY",
    "NULL_IF",
    "ERROR_ON_COLUMN_COUNT_MISMATCH",
    "REPLACE_INVALID_CHARACTERS",
    "EMPTY_FIELD_AS_NULL",
    "SKIP_BYTE_ORDER_MARK",
    "ENCODING",
    "COMMENT",
    "FORMAT_NAME",
    "USE_LOGICAL_TYPE",
    "BINARY_AS_TEXT",
    "USE_VECTORIZED_SCANNER",
    "STRIP_OUTER_ARRAY",
    "STRIP_NULL_VALUES",
    "ALLOW_DUPLICATE",
    "ENABLE_OCTAL",
    "IGNORE_UTF8_ERRORS",
    "SNAPPY_COMPRESSION",
    "MULTI_LINE",
];

/// Refuses options that no file format has.
///
/// # Errors
/// `001007` for an unknown option.
pub(in super::super::super) fn check(options: &Options) -> Result<(), SqlError> {
    match options.names().find(|name| !KNOWN.contains(name)) {
        Some(name) => Err(SqlError::new(
            "001007",
            "22023",
            format!("SQL compilation error:\ninvalid parameter '{name}'"),
        )),
        None => Ok(()),
    }
}
