//! From values to CSV text.

use super::super::super::SqlError;
use super::super::super::env::Env;
use super::super::super::value::{Value, to_text};
use super::super::format::CsvFormat;

/// Writes records so that the same format reads them again.
#[derive(Debug)]
pub(in super::super) struct Writer<'a> {
    format: &'a CsvFormat,
    env: Env,
}

impl<'a> Writer<'a> {
    /// Dates and times are written as the format says, else as the session writes them.
    pub(in super::super) fn new(format: &'a CsvFormat, env: &Env) -> Self {
        Self { format, env: format.output_env(env) }
    }

    /// One record and the delimiter after it.
    ///
    /// # Errors
    /// `100093` for an empty text that could not be told from NULL.
    pub(in super::super) fn record<'v>(
        &self,
        values: impl IntoIterator<Item = Value<'v>>,
    ) -> Result<String, SqlError> {
        let dialect = &self.format.dialect;
        let mut record = String::new();
        for (at, value) in values.into_iter().enumerate() {
            if at > 0 {
                record.push_str(&dialect.field_delimiter);
            }
            self.field(value, &mut record)?;
        }
        record.push_str(self.record_delimiter());
        Ok(record)
    }

    fn record_delimiter(&self) -> &str {
        self.format.dialect.record_delimiter.as_deref().unwrap_or("\n")
    }

    /// Numbers and booleans are never enclosed, NULL neither.
    fn field(&self, value: Value<'_>, record: &mut String) -> Result<(), SqlError> {
        let is_plain = matches!(value, Value::Number(_) | Value::Float(_) | Value::Boolean(_));
        let Some(text) = to_text(value, &self.env) else {
            record.extend(self.format.null_if.first().map(String::as_str));
            return Ok(());
        };
        match self.format.dialect.quote {
            Some(quote) if !is_plain => self.enclosed(&text, quote, record),
            None if text.is_empty() && self.format.empty_as_null => {
                return Err(SqlError::new(
                    "100093",
                    "22000",
                    "Cannot unload empty string without file format option field_optionally_enclosed_by being specified.",
                ));
            }
            _ => self.unenclosed(&text, record),
        }
        Ok(())
    }

    fn enclosed(&self, text: &str, quote: char, record: &mut String) {
        let escape = self.format.dialect.escape;
        record.push(quote);
        for letter in text.chars() {
            if letter == quote || Some(letter) == escape {
                record.push(escape.unwrap_or(quote));
            }
            record.push(letter);
        }
        record.push(quote);
    }

    /// Without an escape character, delimiters in the text stay as they are.
    fn unenclosed(&self, text: &str, record: &mut String) {
        let Some(escape) = self.format.dialect.escape_unenclosed else {
            record.push_str(text);
            return;
        };
        let delimiters = [self.format.dialect.field_delimiter.as_str(), self.record_delimiter()];
        for letter in text.chars() {
            let is_special = letter == escape || matches!(letter, '\n' | '\r');
            if is_special || delimiters.iter().any(|delimiter| delimiter.starts_with(letter)) {
                record.push(escape);
            }
            record.push(letter);
        }
    }
}
