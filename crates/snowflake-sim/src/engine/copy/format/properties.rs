//! The properties of a file format, as DESCRIBE lists them.

use super::super::super::syntax::{OptionValue, Options};

/// One property with its value.
#[derive(Clone, Debug)]
pub(in super::super::super) struct Property {
    pub(in super::super::super) name: &'static str,
    /// `String`, `Integer`, `Boolean` or `List`.
    pub(in super::super::super) kind: &'static str,
    pub(in super::super::super) value: String,
    pub(in super::super::super) default: &'static str,
}

/// Name, kind and default.
type Known = (&'static str, &'static str, &'static str);

const CSV: [Known; 24] = [
    ("TYPE", "String", "CSV"),
    ("RECORD_DELIMITER", "String", "\\n"),
    ("FIELD_DELIMITER", "String", ","),
    ("FILE_EXTENSION", "String", ""),
    ("SKIP_HEADER", "Integer", "0"),
    ("PARSE_HEADER", "Boolean", "false"),
    ("DATE_FORMAT", "String", "AUTO"),
    ("TIME_FORMAT", "String", "AUTO"),
    ("TIMESTAMP_FORMAT", "String", "AUTO"),
    ("BINARY_FORMAT", "String", "HEX"),
    ("ESCAPE", "String", "NONE"),
    ("ESCAPE_UNENCLOSED_FIELD", "String", "\\\\"),
    ("TRIM_SPACE", "Boolean", "false"),
    ("FIELD_OPTIONALLY_ENCLOSED_BY", "String", "NONE"),
    ("NULL_IF", "List", "[\\\\N]"),
    ("COMPRESSION", "String", "AUTO"),
    ("ERROR_ON_COLUMN_COUNT_MISMATCH", "Boolean", "true"),
    ("VALIDATE_UTF8", "Boolean", "true"),
    ("SKIP_BLANK_LINES", "Boolean", "false"),
    ("REPLACE_INVALID_CHARACTERS", "Boolean", "false"),
    ("EMPTY_FIELD_AS_NULL", "Boolean", "true"),
    ("SKIP_BYTE_ORDER_MARK", "Boolean", "true"),
    ("ENCODING", "String", "UTF8"),
    ("MULTI_LINE", "Boolean", "true"),
];
const JSON: [Known; 17] = [
    ("TYPE", "String", "JSON"),
    ("FILE_EXTENSION", "String", ""),
    ("DATE_FORMAT", "String", "AUTO"),
    ("TIME_FORMAT", "String", "AUTO"),
    ("TIMESTAMP_FORMAT", "String", "AUTO"),
    ("BINARY_FORMAT", "String", "HEX"),
    ("TRIM_SPACE", "Boolean", "false"),
    ("MULTI_LINE", "Boolean", "true"),
    ("NULL_IF", "List", "[]"),
    ("COMPRESSION", "String", "AUTO"),
    ("ENABLE_OCTAL", "Boolean", "false"),
    ("ALLOW_DUPLICATE", "Boolean", "false"),
    ("STRIP_OUTER_ARRAY", "Boolean", "false"),
    ("STRIP_NULL_VALUES", "Boolean", "false"),
    ("IGNORE_UTF8_ERRORS", "Boolean", "false"),
    ("REPLACE_INVALID_CHARACTERS", "Boolean", "false"),
    ("SKIP_BYTE_ORDER_MARK", "Boolean", "true"),
];
const PARQUET: [Known; 8] = [
    ("TYPE", "String", "PARQUET"),
    ("TRIM_SPACE", "Boolean", "false"),
    ("NULL_IF", "List", "[]"),
    ("COMPRESSION", "String", "AUTO"),
    ("BINARY_AS_TEXT", "Boolean", "true"),
    ("USE_LOGICAL_TYPE", "Boolean", "false"),
    ("USE_VECTORIZED_SCANNER", "Boolean", "false"),
    ("REPLACE_INVALID_CHARACTERS", "Boolean", "false"),
];

/// The properties of the format that options describe, in the order in which DESCRIBE lists them.
pub(in super::super::super) fn properties(options: &Options) -> Vec<Property> {
    let known: &[Known] = match options.text("TYPE").map(str::to_ascii_uppercase).as_deref() {
        Some("JSON") => &JSON,
        Some("PARQUET") => &PARQUET,
        _ => &CSV,
    };
    let property = |(name, kind, default): &Known| Property {
        name,
        kind,
        value: written(name, kind, options).unwrap_or_else(|| (*default).to_owned()),
        default,
    };
    known.iter().map(property).collect()
}

fn written(name: &str, kind: &str, options: &Options) -> Option<String> {
    match (kind, options.get(name)?) {
        ("List", _) => Some(format!("[{}]", options.list(name)?.join(", "))),
        ("Boolean", OptionValue::Text(text)) => Some(text.to_ascii_lowercase()),
        (_, OptionValue::Text(text)) => Some(match name {
            "TYPE" | "COMPRESSION" => text.to_ascii_uppercase(),
            _ => text.replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r"),
        }),
        _ => None,
    }
}
