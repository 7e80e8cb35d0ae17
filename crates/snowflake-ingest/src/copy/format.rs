//! What the files of a stage look like.

use super::setting::{OptionValue, Settings};
use crate::error::{FormatOptionSnafu, Result};
use crate::names;

/// The sort of file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormatType {
    /// Lines of separated fields.
    #[default]
    Csv,
    /// JSON documents.
    Json,
    /// Avro container files.
    Avro,
    /// ORC files.
    Orc,
    /// Parquet files.
    Parquet,
    /// XML documents.
    Xml,
}

/// How files are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileCompression {
    /// Found out by the service.
    Auto,
    /// gzip.
    Gzip,
    /// bzip2.
    Bz2,
    /// Brotli; never found out by [`Auto`](Self::Auto).
    Brotli,
    /// Zstandard.
    Zstd,
    /// zlib: deflate with a header.
    Deflate,
    /// Deflate without a header.
    RawDeflate,
    /// Snappy, inside Parquet files.
    Snappy,
    /// LZO, inside Parquet files.
    Lzo,
    /// Not at all.
    None,
}

/// How BINARY values are written in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryFormat {
    /// Hexadecimal digits.
    Hex,
    /// Base64.
    Base64,
    /// The bytes as UTF-8 text.
    Utf8,
}

/// What the files look like: the `FILE_FORMAT` of a COPY statement.
///
/// An option that is `None`, or that is off, is left to the service's default. Options that the type of
/// file does not have are refused when the statement is built.
///
/// ```
/// use snowflake_ingest::{FileFormat, FormatType};
///
/// let format = FileFormat {
///     format_type: FormatType::Csv,
///     skip_header: 1,
///     field_delimiter: Some(';'),
///     null_if: vec!["NULL".to_owned(), String::new()],
///     ..FileFormat::default()
/// };
/// assert_eq!(
///     format.to_sql()?,
///     "(TYPE = CSV FIELD_DELIMITER = ';' SKIP_HEADER = 1 NULL_IF = ('NULL', ''))"
/// );
/// # Ok::<(), snowflake_ingest::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FileFormat {
    /// The sort of file.
    pub format_type: FormatType,
    /// A named file format of the schema, `db.schema.name` or shorter, in place of everything else here.
    pub format_name: Option<String>,
    /// How the files are compressed. CSV, JSON, Avro, Parquet and XML.
    pub compression: Option<FileCompression>,
    /// What ends a record. CSV.
    pub record_delimiter: Option<String>,
    /// What separates fields, where it is one character. CSV.
    pub field_delimiter: Option<char>,
    /// Whether records may span lines. CSV and JSON.
    pub multi_line: Option<bool>,
    /// The ending of unloaded files, in place of that of the format. CSV and JSON.
    pub file_extension: Option<String>,
    /// Whether the first line names the columns. CSV.
    pub parse_header: bool,
    /// Lines to skip at the beginning of each file. CSV.
    pub skip_header: u32,
    /// Whether to skip blank lines instead of failing on them. CSV.
    pub skip_blank_lines: bool,
    /// How dates are written, such as `YYYY-MM-DD`. CSV and JSON.
    pub date_format: Option<String>,
    /// How times are written, such as `HH24:MI:SS`. CSV and JSON.
    pub time_format: Option<String>,
    /// How timestamps are written. CSV and JSON.
    pub timestamp_format: Option<String>,
    /// How BINARY values are written. CSV and JSON.
    pub binary_format: Option<BinaryFormat>,
    /// What escapes a character in enclosed and in plain fields. CSV.
    pub escape: Option<char>,
    /// What escapes a character in plain fields alone. CSV.
    pub escape_unenclosed_field: Option<char>,
    /// Whether to drop white space around fields. All but XML.
    pub trim_space: bool,
    /// What may enclose fields: `"` or `'`. CSV.
    pub field_optionally_enclosed_by: Option<char>,
    /// Texts that stand for NULL; the service's own when empty. All but XML.
    pub null_if: Vec<String>,
    /// Whether a record with more or fewer fields than the table has columns is an error. CSV.
    pub error_on_column_count_mismatch: bool,
    /// Whether to replace what is no UTF-8 by U+FFFD instead of failing on it.
    pub replace_invalid_characters: bool,
    /// Whether an empty field is NULL; the service's default is that it is. CSV.
    pub empty_field_as_null: Option<bool>,
    /// Whether a byte order mark is skipped; the service's default is that it is. CSV, JSON and XML.
    pub skip_byte_order_mark: Option<bool>,
    /// The character set, such as `ISO88591`. CSV.
    pub encoding: Option<String>,
    /// Whether numbers may be octal. JSON.
    pub enable_octal: bool,
    /// Whether a name may appear twice in an object; the last one counts. JSON.
    pub allow_duplicate: bool,
    /// Whether each element of an outer array is a row. JSON.
    pub strip_outer_array: bool,
    /// Whether members that are null are left out. JSON.
    pub strip_null_values: bool,
    /// Whether to replace what is no UTF-8, as the option was called before. JSON and XML.
    pub ignore_utf8_errors: bool,
    /// Whether BINARY columns without a logical type are read as text. Parquet.
    pub binary_as_text: Option<bool>,
    /// Whether logical types are honoured. Parquet.
    pub use_logical_type: Option<bool>,
    /// Whether the faster reader is used. Parquet.
    pub use_vectorized_scanner: Option<bool>,
    /// Whether white space within elements is kept. XML.
    pub preserve_space: bool,
    /// Whether the children of the outer element are rows. XML.
    pub strip_outer_element: bool,
    /// Whether texts stay texts instead of becoming numbers and booleans. XML.
    pub disable_auto_convert: bool,
    /// Any other option, by its name.
    pub other: Vec<(String, OptionValue)>,
}

impl Default for FileFormat {
    fn default() -> Self {
        Self {
            format_type: FormatType::Csv,
            format_name: None,
            compression: None,
            record_delimiter: None,
            field_delimiter: None,
            multi_line: None,
            file_extension: None,
            parse_header: false,
            skip_header: 0,
            skip_blank_lines: false,
            date_format: None,
            time_format: None,
            timestamp_format: None,
            binary_format: None,
            escape: None,
            escape_unenclosed_field: None,
            trim_space: false,
            field_optionally_enclosed_by: None,
            null_if: Vec::new(),
            error_on_column_count_mismatch: true,
            replace_invalid_characters: false,
            empty_field_as_null: None,
            skip_byte_order_mark: None,
            encoding: None,
            enable_octal: false,
            allow_duplicate: false,
            strip_outer_array: false,
            strip_null_values: false,
            ignore_utf8_errors: false,
            binary_as_text: None,
            use_logical_type: None,
            use_vectorized_scanner: None,
            preserve_space: false,
            strip_outer_element: false,
            disable_auto_convert: false,
            other: Vec::new(),
        }
    }
}

impl FileFormat {
    /// Files of this type, with the service's defaults.
    #[must_use]
    pub fn new(format_type: FormatType) -> Self {
        Self { format_type, ..Self::default() }
    }

    /// The format in parentheses, as `FILE_FORMAT =` wants it.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration), naming the option, for one that the type of file
    /// does not have or that is not one word; and for a named format beside other options.
    pub fn to_sql(&self) -> Result<String> {
        let mut settings = self.settings();
        if let Some(name) = &self.format_name {
            if !settings.is_empty() {
                let option = settings.names().next().unwrap_or_default();
                return FormatOptionSnafu { option, reason: "a named file format brings its own options" }
                    .fail()?;
            }
            let name = names::object(name)?;
            // The name stands in a literal, quotes and all.
            return Ok(format!("(FORMAT_NAME = {})", OptionValue::Text(name.to_string())));
        }
        let known = self.format_type.options();
        if let Some(option) = settings.names().find(|name| !known.contains(name)) {
            let reason = "this type of file has no such option";
            return FormatOptionSnafu { option, reason }.fail()?;
        }
        for (name, value) in &self.other {
            settings.add(&name.to_ascii_uppercase(), Some(value.clone()));
        }
        if let Some(option) = settings.malformed() {
            return FormatOptionSnafu { option, reason: "its name or keyword is not one word" }.fail()?;
        }
        let blank = if settings.is_empty() { "" } else { " " };
        Ok(format!("(TYPE = {}{blank}{settings})", self.format_type.as_str()))
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        settings.add("COMPRESSION", self.compression.map(FileCompression::value));
        self.text_settings(&mut settings);
        settings.flag("TRIM_SPACE", self.trim_space);
        settings.add("NULL_IF", (!self.null_if.is_empty()).then(|| self.null_if.clone()));
        settings.flag("REPLACE_INVALID_CHARACTERS", self.replace_invalid_characters);
        settings.add("SKIP_BYTE_ORDER_MARK", self.skip_byte_order_mark);
        self.structured_settings(&mut settings);
        settings
    }

    fn text_settings(&self, settings: &mut Settings) {
        settings.add("RECORD_DELIMITER", self.record_delimiter.as_deref());
        settings.add("FIELD_DELIMITER", self.field_delimiter);
        settings.add("MULTI_LINE", self.multi_line);
        settings.add("FILE_EXTENSION", self.file_extension.as_deref());
        settings.flag("PARSE_HEADER", self.parse_header);
        settings.add("SKIP_HEADER", (self.skip_header > 0).then_some(self.skip_header));
        settings.flag("SKIP_BLANK_LINES", self.skip_blank_lines);
        settings.add("DATE_FORMAT", self.date_format.as_deref());
        settings.add("TIME_FORMAT", self.time_format.as_deref());
        settings.add("TIMESTAMP_FORMAT", self.timestamp_format.as_deref());
        settings.add("BINARY_FORMAT", self.binary_format.map(BinaryFormat::value));
        settings.add("ESCAPE", self.escape);
        settings.add("ESCAPE_UNENCLOSED_FIELD", self.escape_unenclosed_field);
        settings.add("FIELD_OPTIONALLY_ENCLOSED_BY", self.field_optionally_enclosed_by);
        let strict = self.error_on_column_count_mismatch;
        settings.add("ERROR_ON_COLUMN_COUNT_MISMATCH", (!strict).then_some(false));
        settings.add("EMPTY_FIELD_AS_NULL", self.empty_field_as_null);
        settings.add("ENCODING", self.encoding.as_deref());
    }

    fn structured_settings(&self, settings: &mut Settings) {
        settings.flag("ENABLE_OCTAL", self.enable_octal);
        settings.flag("ALLOW_DUPLICATE", self.allow_duplicate);
        settings.flag("STRIP_OUTER_ARRAY", self.strip_outer_array);
        settings.flag("STRIP_NULL_VALUES", self.strip_null_values);
        settings.flag("IGNORE_UTF8_ERRORS", self.ignore_utf8_errors);
        settings.add("BINARY_AS_TEXT", self.binary_as_text);
        settings.add("USE_LOGICAL_TYPE", self.use_logical_type);
        settings.add("USE_VECTORIZED_SCANNER", self.use_vectorized_scanner);
        settings.flag("PRESERVE_SPACE", self.preserve_space);
        settings.flag("STRIP_OUTER_ELEMENT", self.strip_outer_element);
        settings.flag("DISABLE_AUTO_CONVERT", self.disable_auto_convert);
    }
}

impl FormatType {
    /// The keyword.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Json => "JSON",
            Self::Avro => "AVRO",
            Self::Orc => "ORC",
            Self::Parquet => "PARQUET",
            Self::Xml => "XML",
        }
    }

    /// The options that this type of file has, as Snowflake documents them.
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Csv => &[
                "COMPRESSION",
                "RECORD_DELIMITER",
                "FIELD_DELIMITER",
                "MULTI_LINE",
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
            ],
            Self::Json => &[
                "COMPRESSION",
                "DATE_FORMAT",
                "TIME_FORMAT",
                "TIMESTAMP_FORMAT",
                "BINARY_FORMAT",
                "TRIM_SPACE",
                "MULTI_LINE",
                "NULL_IF",
                "FILE_EXTENSION",
                "ENABLE_OCTAL",
                "ALLOW_DUPLICATE",
                "STRIP_OUTER_ARRAY",
                "STRIP_NULL_VALUES",
                "REPLACE_INVALID_CHARACTERS",
                "IGNORE_UTF8_ERRORS",
                "SKIP_BYTE_ORDER_MARK",
            ],
            Self::Avro => &["COMPRESSION", "TRIM_SPACE", "REPLACE_INVALID_CHARACTERS", "NULL_IF"],
            Self::Orc => &["TRIM_SPACE", "REPLACE_INVALID_CHARACTERS", "NULL_IF"],
            Self::Parquet => &[
                "COMPRESSION",
                "BINARY_AS_TEXT",
                "USE_LOGICAL_TYPE",
                "TRIM_SPACE",
                "USE_VECTORIZED_SCANNER",
                "REPLACE_INVALID_CHARACTERS",
                "NULL_IF",
            ],
            Self::Xml => &[
                "COMPRESSION",
                "IGNORE_UTF8_ERRORS",
                "PRESERVE_SPACE",
                "STRIP_OUTER_ELEMENT",
                "DISABLE_AUTO_CONVERT",
                "REPLACE_INVALID_CHARACTERS",
                "SKIP_BYTE_ORDER_MARK",
            ],
        }
    }
}

impl FileCompression {
    fn value(self) -> OptionValue {
        OptionValue::Word(
            match self {
                Self::Auto => "AUTO",
                Self::Gzip => "GZIP",
                Self::Bz2 => "BZ2",
                Self::Brotli => "BROTLI",
                Self::Zstd => "ZSTD",
                Self::Deflate => "DEFLATE",
                Self::RawDeflate => "RAW_DEFLATE",
                Self::Snappy => "SNAPPY",
                Self::Lzo => "LZO",
                Self::None => "NONE",
            }
            .to_owned(),
        )
    }
}

impl BinaryFormat {
    fn value(self) -> OptionValue {
        OptionValue::Word(
            match self {
                Self::Hex => "HEX",
                Self::Base64 => "BASE64",
                Self::Utf8 => "UTF8",
            }
            .to_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn defaults_say_nothing_but_the_type() {
        for (format_type, sql) in
            [(FormatType::Csv, "(TYPE = CSV)"), (FormatType::Parquet, "(TYPE = PARQUET)")]
        {
            assert_eq!(FileFormat::new(format_type).to_sql().unwrap(), sql);
        }
    }

    #[test]
    fn an_option_of_another_type_of_file_is_refused_by_name() {
        let format = FileFormat { skip_header: 1, ..FileFormat::new(FormatType::Json) };
        let error = format.to_sql().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("SKIP_HEADER"), "{error}");
    }

    #[test]
    fn a_named_format_stands_alone() {
        let named = FileFormat { format_name: Some("s.\"my format\"".to_owned()), ..FileFormat::default() };
        assert_eq!(named.to_sql().unwrap(), r#"(FORMAT_NAME = '"S"."my format"')"#);
        let both = FileFormat { skip_header: 1, ..named };
        assert!(both.to_sql().unwrap_err().to_string().contains("SKIP_HEADER"));
    }

    #[test]
    fn every_option_of_a_type_is_known_to_it() {
        // Each of these sets all options of its type; were one missing in the table, it would be refused.
        let flags = FileFormat {
            compression: Some(FileCompression::Auto),
            null_if: vec!["x".to_owned()],
            trim_space: true,
            replace_invalid_characters: true,
            ..FileFormat::default()
        };
        let csv = FileFormat {
            record_delimiter: Some("\n".to_owned()),
            field_delimiter: Some('|'),
            multi_line: Some(false),
            file_extension: Some("csv".to_owned()),
            parse_header: true,
            skip_blank_lines: true,
            date_format: Some("AUTO".to_owned()),
            time_format: Some("AUTO".to_owned()),
            timestamp_format: Some("AUTO".to_owned()),
            binary_format: Some(BinaryFormat::Base64),
            escape: Some('\\'),
            escape_unenclosed_field: Some('\\'),
            field_optionally_enclosed_by: Some('"'),
            error_on_column_count_mismatch: false,
            empty_field_as_null: Some(false),
            skip_byte_order_mark: Some(true),
            encoding: Some("UTF8".to_owned()),
            ..flags.clone()
        };
        let sql = csv.to_sql().unwrap();
        assert!(sql.contains(r"ESCAPE = '\\'") && sql.contains("RECORD_DELIMITER = '\n'"), "{sql}");
        for format_type in [FormatType::Avro, FormatType::Json, FormatType::Parquet] {
            assert!(FileFormat { format_type, ..flags.clone() }.to_sql().is_ok(), "{format_type:?}");
        }
    }

    #[test]
    fn q01_other_options_are_words_and_literals() {
        let with =
            |name: &str, value| FileFormat { other: vec![(name.to_owned(), value)], ..FileFormat::default() };
        let sql = with("field_delimiter", OptionValue::Word("NONE".to_owned())).to_sql().unwrap();
        assert_eq!(sql, "(TYPE = CSV FIELD_DELIMITER = NONE)");
        assert!(with("X = 1) --", OptionValue::Flag(true)).to_sql().is_err());
        assert!(with("X", OptionValue::Word("1) --".to_owned())).to_sql().is_err());
    }
}
