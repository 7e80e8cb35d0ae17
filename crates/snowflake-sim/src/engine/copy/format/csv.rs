//! The options of CSV files.

use super::super::super::SqlError;
use super::super::super::env::Env;
use super::super::super::syntax::Options;
use super::super::csv::Dialect;
use super::Compression;
use super::times::Times;

/// How CSV files are read and written.
#[derive(Clone, Debug)]
pub(in super::super) struct CsvFormat {
    pub(in super::super) dialect: Dialect,
    pub(in super::super) compression: Compression,
    pub(in super::super) skip_header: usize,
    pub(in super::super) skip_blank_lines: bool,
    pub(in super::super) trim_space: bool,
    pub(in super::super) null_if: Vec<String>,
    pub(in super::super) empty_as_null: bool,
    pub(in super::super) error_on_column_count: bool,
    pub(in super::super) replace_invalid: bool,
    /// Whether the first record names the columns.
    pub(in super::super) parse_header: bool,
    times: Times,
}

impl CsvFormat {
    pub(in super::super) fn new(options: &Options) -> Result<Self, SqlError> {
        let parse_header = options.boolean("PARSE_HEADER")? == Some(true);
        if let Some(encoding) = options.text("ENCODING")
            && !matches!(encoding.to_ascii_uppercase().replace(['-', '_'], "").as_str(), "UTF8")
        {
            return Err(SqlError::not_simulated(format!("the encoding {encoding}")));
        }
        if options.text("BINARY_FORMAT").is_some_and(|format| !format.eq_ignore_ascii_case("HEX")) {
            return Err(SqlError::not_simulated("BINARY_FORMAT other than HEX"));
        }
        let skipped = options.number("SKIP_HEADER")?.unwrap_or(0);
        if parse_header && skipped > 0 {
            return Err(SqlError::invalid_argument("SKIP_HEADER cannot be used together with PARSE_HEADER"));
        }
        Ok(Self {
            dialect: dialect(options),
            compression: Compression::new(options)?,
            skip_header: usize::try_from(skipped).unwrap_or(usize::MAX),
            skip_blank_lines: options.boolean("SKIP_BLANK_LINES")?.unwrap_or(false),
            trim_space: options.boolean("TRIM_SPACE")?.unwrap_or(false),
            null_if: options.list("NULL_IF").unwrap_or_else(|| vec!["\\N".to_owned()]),
            empty_as_null: options.boolean("EMPTY_FIELD_AS_NULL")?.unwrap_or(true),
            error_on_column_count: options.boolean("ERROR_ON_COLUMN_COUNT_MISMATCH")?.unwrap_or(true),
            replace_invalid: options.boolean("REPLACE_INVALID_CHARACTERS")?.unwrap_or(false),
            parse_header,
            times: Times::new(options),
        })
    }

    /// The environment in which fields are read.
    pub(in super::super) fn env(&self, env: &Env) -> Env {
        self.times.input(env)
    }

    /// The environment in which fields are written.
    pub(in super::super) fn output_env(&self, env: &Env) -> Env {
        self.times.output(env)
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
        field_delimiter: match options.text("FIELD_DELIMITER") {
            None => ",".to_owned(),
            Some(text) if text.eq_ignore_ascii_case("NONE") => String::new(),
            Some(text) => unescaped(text),
        },
        record_delimiter: match options.text("RECORD_DELIMITER") {
            None | Some("\\n" | "\n") => None,
            Some(text) if text.eq_ignore_ascii_case("NONE") => Some(String::new()),
            Some(text) => Some(unescaped(text)),
        },
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
