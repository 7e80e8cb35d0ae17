//! Cuts CSV text into records and fields.

use std::ops::Range;

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) text: String,
    /// Whether it stood in quotes.
    pub(super) quoted: bool,
    /// The byte of the text at which it begins.
    pub(super) start: usize,
}

/// One record and the line on which it begins, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) line: usize,
    /// The bytes of the text that it takes, without the delimiter after it.
    pub(super) range: Range<usize>,
    pub(super) fields: Vec<Field>,
}

/// How the text is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) field_delimiter: String,
    /// None for any of `\n`, `\r\n` and `\r`.
    pub(super) record_delimiter: Option<String>,
    pub(super) quote: Option<char>,
    pub(super) escape: Option<char>,
    pub(super) escape_unenclosed: Option<char>,
}

/// The records of a text, one after the other.
pub(super) struct Records<'a> {
    rest: &'a str,
    /// The bytes of the whole text.
    length: usize,
    line: usize,
    dialect: &'a Dialect,
}

impl<'a> Records<'a> {
    pub(super) fn new(text: &'a str, dialect: &'a Dialect) -> Self {
        let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { rest, length: text.len(), line: 1, dialect }
    }

    /// The byte of the text that is next.
    fn at(&self) -> usize {
        self.length - self.rest.len()
    }

    /// The length of the record delimiter that is next.
    fn record_end(&self) -> Option<usize> {
        match &self.dialect.record_delimiter {
            Some(delimiter) => self.rest.starts_with(delimiter).then_some(delimiter.len()),
            None if self.rest.starts_with("\r\n") => Some(2),
            None => self.rest.starts_with(['\n', '\r']).then_some(1),
        }
    }

    fn take(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        self.line += usize::from(next == '\n');
        Some(next)
    }

    fn field(&mut self) -> Field {
        match self.dialect.quote {
            Some(quote) if self.rest.starts_with(quote) => self.quoted(quote),
            _ => self.bare(),
        }
    }

    fn bare(&mut self) -> Field {
        let start = self.at();
        let mut text = String::new();
        while !self.rest.is_empty()
            && self.record_end().is_none()
            && !self.rest.starts_with(&self.dialect.field_delimiter)
        {
            let Some(next) = self.take() else { break };
            if Some(next) == self.dialect.escape_unenclosed {
                // `\N` is what NULL_IF looks for; other escapes stand for themselves.
                match self.take() {
                    Some('N') => text.push_str("\\N"),
                    Some(other) => text.push(unescaped(other)),
                    None => text.push(next),
                }
            } else {
                text.push(next);
            }
        }
        Field { text, quoted: false, start }
    }

    fn quoted(&mut self, quote: char) -> Field {
        let start = self.at();
        let mut text = String::new();
        self.take();
        while let Some(next) = self.take() {
            if next == quote {
                if !self.rest.starts_with(quote) {
                    break;
                }
                self.take();
                text.push(quote);
            } else if Some(next) == self.dialect.escape {
                text.extend(self.take().map(unescaped));
            } else {
                text.push(next);
            }
        }
        // What stands between the closing quote and the delimiter belongs to nothing.
        while !self.rest.is_empty()
            && self.record_end().is_none()
            && !self.rest.starts_with(&self.dialect.field_delimiter)
        {
            self.take();
        }
        Field { text, quoted: true, start }
    }
}

fn unescaped(letter: char) -> char {
    match letter {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        other => other,
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        if self.rest.is_empty() {
            return None;
        }
        let start = self.at();
        let mut record = Record { line: self.line, range: start..start, fields: Vec::new() };
        loop {
            record.fields.push(self.field());
            if let Some(rest) = self.rest.strip_prefix(&self.dialect.field_delimiter) {
                self.rest = rest;
                continue;
            }
            record.range.end = self.at();
            if let Some(length) = self.record_end() {
                self.line += self.rest[..length].matches('\n').count();
                self.rest = &self.rest[length..];
            }
            return Some(record);
        }
    }
}
