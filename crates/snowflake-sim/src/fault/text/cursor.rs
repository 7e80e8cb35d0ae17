//! Walks over one line of a schedule.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{ScheduleError, ScheduleSnafu};

/// A place in a line, and where the thing that was read last begins.
pub(super) struct Cursor<'a> {
    number: usize,
    line: &'a str,
    at: usize,
    start: usize,
}

type Result<T> = std::result::Result<T, ScheduleError>;

impl<'a> Cursor<'a> {
    /// The beginning of a line with its number, counted from 1.
    pub(super) fn new(number: usize, line: &'a str) -> Self {
        Self { number, line, at: 0, start: 0 }
    }

    fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.start = self.at;
    }

    /// Whether nothing but a comment is left.
    pub(super) fn is_over(&mut self) -> bool {
        self.skip_space();
        self.rest().is_empty() || self.rest().starts_with('#')
    }

    /// Whether a text in quotes comes next.
    pub(super) fn at_quote(&mut self) -> bool {
        self.skip_space();
        self.rest().starts_with('"')
    }

    /// Takes a mark such as a comma, if it comes next.
    pub(super) fn take(&mut self, mark: char) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(mark);
        if found {
            self.at += mark.len_utf8();
        }
        found
    }

    /// The next word without taking it: all up to a space, a comma or a colon.
    pub(super) fn peek(&mut self) -> &'a str {
        self.skip_space();
        let rest = self.rest();
        rest.split([' ', '\t', ',', ':', '#']).next().unwrap_or_default()
    }

    pub(super) fn word(&mut self) -> &'a str {
        let word = self.peek();
        self.at += word.len();
        word
    }

    /// Takes a word if it comes next.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek() == word;
        if found {
            self.at += word.len();
        }
        found
    }

    /// A path: all up to a space or to the colon that ends the condition.
    pub(super) fn path(&mut self) -> &'a str {
        self.skip_space();
        let rest = self.rest();
        let path = rest.split([' ', '\t']).next().unwrap_or_default();
        let path = path.strip_suffix(':').unwrap_or(path);
        self.at += path.len();
        path
    }

    /// A number in decimal digits.
    pub(super) fn number<N: std::str::FromStr>(&mut self, what: &str) -> Result<N> {
        let word = self.word();
        if !word.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(self.unexpected(what));
        }
        word.parse().map_err(|_too_large| self.unexpected(what))
    }

    /// Whatever a word can be read as.
    pub(super) fn read<T>(&mut self, what: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T> {
        read(self.word()).ok_or_else(|| self.unexpected(what))
    }

    /// A text in the quotes of JSON.
    pub(super) fn text(&mut self) -> Result<String> {
        self.json_as("a text in quotes")
    }

    /// Any JSON.
    pub(super) fn json(&mut self) -> Result<Value> {
        self.json_as("a value in JSON")
    }

    fn json_as<T: DeserializeOwned>(&mut self, what: &str) -> Result<T> {
        self.skip_space();
        let mut values = serde_json::Deserializer::from_str(self.rest()).into_iter::<T>();
        let Some(Ok(value)) = values.next() else { return Err(self.unexpected(what)) };
        self.at += values.byte_offset();
        Ok(value)
    }

    /// The error that what was read last, or comes next, is not what it should be.
    pub(super) fn unexpected(&self, expected: impl Into<String>) -> ScheduleError {
        let rest = self.line.get(self.start..).unwrap_or_default();
        let found = rest.split([' ', '\t', ',']).next().unwrap_or_default();
        let found = if found.is_empty() { "the end".to_owned() } else { format!("`{}`", shortened(found)) };
        let column = self.line.get(..self.start).unwrap_or_default().chars().count() + 1;
        ScheduleSnafu { line: self.number, column, expected, found }.build()
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}
