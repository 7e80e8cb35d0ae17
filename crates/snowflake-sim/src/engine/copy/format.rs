//! The options of CSV files.

use super::super::SqlError;
use super::super::env::{Env, Formats, InputFormats};
use super::super::syntax::Options;
use super::super::time::Format;
use super::csv::Dialect;

/// The options of all formats; what COPY cannot do is refused there.
const KNOWN: [&str; 33] = [
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
];

/// How CSV files are read and written.
#[derive(Clone, Debug)]
pub(super) struct CsvFormat {
    pub(super) dialect: Dialect,
    pub(super) compression: Compression,
    pub(super) skip_header: usize,
    pub(super) skip_blank_lines: bool,
    pub(super) trim_space: bool,
    pub(super) null_if: Vec<String>,
    pub(super) empty_as_null: bool,
    pub(super) error_on_column_count: bool,
    pub(super) replace_invalid: bool,
    /// How dates and times are written in the files.
    times: InputFormats,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Auto,
    Gzip,
    None,
}

/// Refuses options that no file format has.
///
/// # Errors
/// `001007` for an unknown option.
pub(in super::super) fn check(options: &Options) -> Result<(), SqlError> {
    match options.names().find(|name| !KNOWN.contains(name)) {
        Some(name) => Err(SqlError::new(
            "001007",
            "22023",
            format!("SQL compilation error:\ninvalid parameter '{name}'"),
        )),
        None => Ok(()),
    }
}

impl CsvFormat {
    pub(super) fn new(options: &Options) -> Result<Self, SqlError> {
        check(options)?;
        if let Some(other) = options.text("TYPE").filter(|kind| !kind.eq_ignore_ascii_case("CSV")) {
            return Err(SqlError::not_simulated(format!("files of type {}", other.to_uppercase())));
        }
        if options.boolean("PARSE_HEADER")? == Some(true) {
            return Err(SqlError::not_simulated("PARSE_HEADER"));
        }
        if let Some(encoding) = options.text("ENCODING")
            && !matches!(encoding.to_ascii_uppercase().replace(['-', '_'], "").as_str(), "UTF8")
        {
            return Err(SqlError::not_simulated(format!("the encoding {encoding}")));
        }
        if options.text("BINARY_FORMAT").is_some_and(|format| !format.eq_ignore_ascii_case("HEX")) {
            return Err(SqlError::not_simulated("BINARY_FORMAT other than HEX"));
        }
        let input = |name: &str| {
            options.text(name).filter(|text| !text.eq_ignore_ascii_case("AUTO")).map(Format::new)
        };
        let skipped = options.number("SKIP_HEADER")?.unwrap_or(0);
        Ok(Self {
            dialect: dialect(options),
            compression: compression(options)?,
            skip_header: usize::try_from(skipped).unwrap_or(usize::MAX),
            skip_blank_lines: options.boolean("SKIP_BLANK_LINES")?.unwrap_or(false),
            trim_space: options.boolean("TRIM_SPACE")?.unwrap_or(false),
            null_if: options.list("NULL_IF").unwrap_or_else(|| vec!["\\N".to_owned()]),
            empty_as_null: options.boolean("EMPTY_FIELD_AS_NULL")?.unwrap_or(true),
            error_on_column_count: options.boolean("ERROR_ON_COLUMN_COUNT_MISMATCH")?.unwrap_or(true),
            replace_invalid: options.boolean("REPLACE_INVALID_CHARACTERS")?.unwrap_or(false),
            times: InputFormats {
                date: input("DATE_FORMAT"),
                time: input("TIME_FORMAT"),
                timestamp: input("TIMESTAMP_FORMAT"),
            },
        })
    }

    /// The environment in which fields are read.
    pub(super) fn env(&self, env: &Env) -> Env {
        let mut env = env.clone();
        env.input.date = self.times.date.clone().or(env.input.date);
        env.input.time = self.times.time.clone().or(env.input.time);
        env.input.timestamp = self.times.timestamp.clone().or(env.input.timestamp);
        env
    }

    /// The environment in which fields are written.
    pub(super) fn output_env(&self, env: &Env) -> Env {
        let timestamp = |session: &Format| self.times.timestamp.clone().unwrap_or_else(|| session.clone());
        let output = Formats {
            date: self.times.date.clone().unwrap_or_else(|| env.output.date.clone()),
            time: self.times.time.clone().unwrap_or_else(|| env.output.time.clone()),
            ntz: timestamp(&env.output.ntz),
            ltz: timestamp(&env.output.ltz),
            tz: timestamp(&env.output.tz),
        };
        Env { output, ..env.clone() }
    }
}

fn compression(options: &Options) -> Result<Compression, SqlError> {
    match options.text("COMPRESSION").map(str::to_ascii_uppercase).as_deref() {
        None | Some("AUTO") => Ok(Compression::Auto),
        Some("GZIP") => Ok(Compression::Gzip),
        Some("NONE") => Ok(Compression::None),
        Some(other) => Err(SqlError::not_simulated(format!("{other} compression"))),
    }
}

fn dialect(options: &Options) -> Dialect {
    let none = |text: &&str| !text.eq_ignore_ascii_case("NONE");
    let letter = |name: &str| options.text(name).filter(none).and_then(|text| unescaped(text).chars().next());
    let escape_unenclosed = match options.text("ESCAPE_UNENCLOSED_FIELD") {
        None => Some('\\'),
        Some(text) if text.eq_ignore_ascii_case("NONE") => None,
        Some(text) => unescaped(text).chars().next(),
    };
    let quote = letter("FIELD_OPTIONALLY_ENCLOSED_BY");
    let escape = letter("ESCAPE");
    Dialect {
        field_delimiter: options.text("FIELD_DELIMITER").map_or_else(|| ",".to_owned(), unescaped),
        record_delimiter: options
            .text("RECORD_DELIMITER")
            .filter(|text| *text != "\\n" && *text != "\n")
            .map(unescaped),
        quote,
        escape,
        // ESCAPE goes for all fields; a quote stands for itself outside of quotes.
        escape_unenclosed: escape.filter(|escape| Some(*escape) != quote).or(escape_unenclosed),
    }
}

/// `\t` and the like, which options may be written with, and hexadecimal codes.
fn unescaped(text: &str) -> String {
    if let Some(code) = text.strip_prefix("0x").and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
        return char::from_u32(code).map(String::from).unwrap_or_default();
    }
    text.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r").replace("\\\\", "\\")
}
