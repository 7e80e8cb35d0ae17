//! Cuts CSV text into records and fields.

use std::borrow::Cow;
use std::ops::Range;

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Field<'a> {
    pub(in super::super) text: Cow<'a, str>,
    /// Whether it stood in quotes.
    pub(in super::super) quoted: bool,
    /// The byte of the text at which it begins.
    pub(in super::super) start: usize,
}

/// Where one record is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Record {
    /// The line on which it begins, from 1.
    pub(in super::super) line: usize,
    /// The bytes of the text that it takes, without the delimiter after it.
    pub(in super::super) range: Range<usize>,
}

/// How the text is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Dialect {
    /// Empty when a record is one field.
    pub(in super::super) field_delimiter: String,
    /// None for any of `\n`, `\r\n` and `\r`; empty when all the text is one record.
    pub(in super::super) record_delimiter: Option<String>,
    pub(in super::super) quote: Option<char>,
    pub(in super::super) escape: Option<char>,
    pub(in super::super) escape_unenclosed: Option<char>,
}

/// Bytes that may begin something other than text.
type Stops = [bool; 256];

/// The records of a text, one after the other.
pub(in super::super) struct Records<'a> {
    text: &'a str,
    /// The byte that is next.
    at: usize,
    line: usize,
    dialect: &'a Dialect,
    /// Where text outside of quotes may end.
    bare: Stops,
    /// Where text in quotes may end.
    enclosed: Stops,
}

impl<'a> Records<'a> {
    /// The records from a byte of the text on, which is on the given line.
    pub(in super::super) fn from(text: &'a str, at: usize, line: usize, dialect: &'a Dialect) -> Self {
        let (mut bare, mut enclosed) = ([false; 256], [false; 256]);
        let stop = |stops: &mut Stops, first: Option<u8>| {
            if let Some(first) = first {
                stops[usize::from(first)] = true;
            }
        };
        let first = |letter: Option<char>| letter.and_then(|letter| letter.to_string().bytes().next());
        stop(&mut bare, dialect.field_delimiter.bytes().next());
        match &dialect.record_delimiter {
            Some(delimiter) => stop(&mut bare, delimiter.bytes().next()),
            None => b"\n\r".iter().for_each(|byte| stop(&mut bare, Some(*byte))),
        }
        stop(&mut bare, first(dialect.escape_unenclosed));
        stop(&mut enclosed, first(dialect.quote));
        stop(&mut enclosed, first(dialect.escape));
        Self { text, at, line, dialect, bare, enclosed }
    }

    pub(in super::super) fn new(text: &'a str, dialect: &'a Dialect) -> Self {
        let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self::from(text, mark, 1, dialect)
    }

    /// Reads the next record; its fields replace those of the list.
    pub(in super::super) fn next_into(&mut self, fields: &mut Vec<Field<'a>>) -> Option<Record> {
        fields.clear();
        if self.rest().is_empty() {
            return None;
        }
        let (start, line) = (self.at, self.line);
        loop {
            fields.push(self.field());
            if self.at_delimiter() {
                self.at += self.dialect.field_delimiter.len();
                continue;
            }
            let range = start..self.at;
            self.at += self.record_end().unwrap_or(0);
            self.line += self.text[start..self.at].bytes().filter(|byte| *byte == b'\n').count();
            return Some(Record { line, range });
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn at_delimiter(&self) -> bool {
        let delimiter = &self.dialect.field_delimiter;
        !delimiter.is_empty() && self.rest().starts_with(delimiter.as_str())
    }

    /// The length of the record delimiter that is next.
    fn record_end(&self) -> Option<usize> {
        let rest = self.rest();
        match &self.dialect.record_delimiter {
            Some(delimiter) if delimiter.is_empty() => None,
            Some(delimiter) => rest.starts_with(delimiter).then_some(delimiter.len()),
            None if rest.starts_with("\r\n") => Some(2),
            None => rest.starts_with(['\n', '\r']).then_some(1),
        }
    }

    /// Goes on to the next byte that may be more than text.
    fn skip(&mut self, stops: fn(&Self) -> &Stops) {
        let stops = stops(self);
        let bytes = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let length = bytes.iter().position(|byte| stops[usize::from(*byte)]).unwrap_or(bytes.len());
        self.at += length;
    }

    fn take(&mut self) -> Option<char> {
        let next = self.rest().chars().next()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn field(&mut self) -> Field<'a> {
        match self.dialect.quote {
            Some(quote) if self.rest().starts_with(quote) => self.quoted(quote),
            _ => self.bare(),
        }
    }

    fn bare(&mut self) -> Field<'a> {
        let start = self.at;
        let mut text = Text::new(self.text, start);
        loop {
            self.skip(|records| &records.bare);
            if self.rest().is_empty() || self.record_end().is_some() || self.at_delimiter() {
                break;
            }
            let before = self.at;
            let next = self.take();
            if next.is_some() && next == self.dialect.escape_unenclosed {
                // `\N` is what NULL_IF looks for; other escapes stand for themselves.
                match self.take() {
                    Some('N') => text.replace(before, "\\N", self.at),
                    Some(other) => text.replace(before, unescaped(other).encode_utf8(&mut [0; 4]), self.at),
                    None => {}
                }
            }
        }
        Field { text: text.end(self.at), quoted: false, start }
    }

    fn quoted(&mut self, quote: char) -> Field<'a> {
        let start = self.at;
        self.take();
        let mut text = Text::new(self.text, self.at);
        let mut end;
        loop {
            self.skip(|records| &records.enclosed);
            end = self.at;
            let Some(next) = self.take() else { break };
            if next == quote {
                if !self.rest().starts_with(quote) {
                    break;
                }
                self.take();
                text.replace(end, quote.encode_utf8(&mut [0; 4]), self.at);
            } else if Some(next) == self.dialect.escape {
                let letter = self.take().map(unescaped);
                text.replace(end, letter.map(String::from).as_deref().unwrap_or_default(), self.at);
            }
        }
        // What stands between the closing quote and the delimiter belongs to nothing.
        while !self.rest().is_empty() && self.record_end().is_none() && !self.at_delimiter() {
            self.take();
        }
        Field { text: text.end(end), quoted: true, start }
    }
}

/// The text of a field: borrowed, until a part of it has to be replaced.
struct Text<'a> {
    all: &'a str,
    /// From where on nothing has been replaced.
    from: usize,
    owned: Option<String>,
}

impl<'a> Text<'a> {
    fn new(all: &'a str, from: usize) -> Self {
        Self { all, from, owned: None }
    }

    /// What is written from `start` to `end` stands for `with`.
    fn replace(&mut self, start: usize, with: &str, end: usize) {
        let owned = self.owned.get_or_insert_with(String::new);
        owned.push_str(&self.all[self.from..start]);
        owned.push_str(with);
        self.from = end;
    }

    fn end(self, end: usize) -> Cow<'a, str> {
        let rest = self.all.get(self.from..end).unwrap_or_default();
        match self.owned {
            Some(owned) => Cow::Owned(owned + rest),
            None => Cow::Borrowed(rest),
        }
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
