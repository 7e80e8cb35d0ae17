//! The rows of JSON text.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::LargeStringBuilder;
use serde::de::DeserializeSeed;
use serde_json::Value as Json;

use super::super::super::SqlError;
use super::super::chunk::{Chunk, Item, Place};
use super::super::format::JsonFormat;
use super::super::reject::{Category, Rejected};
use super::document::Document;
use super::tidy::tidied;

/// Reads the rows of a text: one value after the other, or the elements of an outermost array.
pub(in super::super) struct JsonSource<'a> {
    text: &'a str,
    format: &'a JsonFormat,
    /// The byte that is next.
    at: usize,
    /// The line of that byte, from 1.
    line: usize,
    row: usize,
    /// Whether the elements of an array are read.
    in_array: bool,
}

/// A value, or what is wrong with it, and where it is.
struct Found {
    place: Place,
    value: Result<Json, Rejected>,
}

impl<'a> JsonSource<'a> {
    pub(in super::super) fn new(text: &'a str, format: &'a JsonFormat) -> Self {
        let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, format, at: mark, line: 1, row: 0, in_array: false }
    }

    /// The names of the members of all rows, in the order in which they appear first.
    pub(in super::super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let mut known = std::collections::BTreeSet::new();
        let mut source = Self::new(self.text, self.format);
        while let Some(found) = source.value() {
            let Ok(Json::Object(members)) = found.value else { continue };
            for name in members.into_iter().map(|(name, _)| name) {
                if known.insert(name.clone()) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// Up to `limit` more rows; none at the end.
    pub(in super::super) fn next(&mut self, items: &[Item], limit: usize) -> Option<Chunk> {
        let mut builders: Vec<LargeStringBuilder> = items.iter().map(|_| LargeStringBuilder::new()).collect();
        let mut chunk = Chunk::default();
        while chunk.places.len() + chunk.rejected.len() < limit {
            let Some(found) = self.value() else { break };
            let value = match found.value {
                Ok(value) => value,
                Err(rejected) => {
                    chunk.rejected.push(rejected);
                    continue;
                }
            };
            for (builder, item) in builders.iter_mut().zip(items) {
                builder.append_option(picked(&value, item));
            }
            chunk.places.push(found.place);
        }
        chunk.columns =
            builders.into_iter().map(|mut builder| -> ArrayRef { Arc::new(builder.finish()) }).collect();
        (!chunk.places.is_empty() || !chunk.rejected.is_empty()).then_some(chunk)
    }

    /// What is said of a row one of whose members does not fit.
    pub(in super::super) fn reject(&self, error: SqlError, place: Place) -> Rejected {
        let mut source = Self { at: place.offset, line: place.line, in_array: false, ..*self };
        // The value is read again to find its end.
        source.value();
        Rejected::in_text(
            error,
            Category::Conversion,
            place,
            self.text,
            place.offset..source.at,
            place.offset,
        )
    }

    /// The next value.
    fn value(&mut self) -> Option<Found> {
        self.skip(|byte| byte.is_ascii_whitespace());
        if self.row == 0 && self.format.strip_outer_array && self.next_byte() == Some(b'[') {
            self.in_array = true;
            self.at += 1;
        }
        if self.in_array {
            self.skip(|byte| byte.is_ascii_whitespace() || byte == b',');
            if self.next_byte() == Some(b']') {
                self.in_array = false;
                self.at += 1;
                self.skip(|byte| byte.is_ascii_whitespace());
            }
        }
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        self.row += 1;
        let place = Place { row: self.row, line: self.line, offset: self.at };
        let mut values = serde_json::Deserializer::from_str(rest);
        let document = Document { allow_duplicate: self.format.allow_duplicate };
        let value = match document.deserialize(&mut values) {
            Ok(value) => {
                self.advance(self.at + measured(rest));
                Ok(tidied(value, self.format))
            }
            Err(cause) => Err(self.broken(&cause, place)),
        };
        Some(Found { place, value })
    }

    /// A record that is no JSON: reading goes on with the next line.
    fn broken(&mut self, cause: &serde_json::Error, place: Place) -> Rejected {
        let offset = place.offset + self.offset_of(cause, place.offset);
        let end = self.text[offset..].find('\n').map_or(self.text.len(), |length| offset + length);
        self.advance(end);
        // The position is told apart from the text of the cause.
        let text = cause.to_string();
        let what = text.split(" at line ").next().unwrap_or_default();
        let error = SqlError::new("100069", "22P02", format!("Error parsing JSON: {what}"));
        Rejected::in_text(error, Category::Parsing, place, self.text, place.offset..end, offset)
    }

    /// How many bytes after `start` an error is.
    fn offset_of(&self, cause: &serde_json::Error, start: usize) -> usize {
        let rest = &self.text[start..];
        let line: usize = rest.split_inclusive('\n').take(cause.line().saturating_sub(1)).map(str::len).sum();
        let mut offset = (line + cause.column().saturating_sub(1)).min(rest.len());
        while !rest.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    fn next_byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, skipped: fn(u8) -> bool) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !skipped(*byte)).unwrap_or(rest.len());
        self.advance(self.at + length);
    }

    fn advance(&mut self, to: usize) {
        let passed: Range<usize> = self.at..to;
        self.line += self.text[passed].bytes().filter(|byte| *byte == b'\n').count();
        self.at = to;
    }
}

/// The length of the value at the beginning of a text that has one.
fn measured(text: &str) -> usize {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => values.byte_offset(),
        _ => text.len(),
    }
}

/// What an item is of a value, as JSON text; none for what is not there.
fn picked(value: &Json, item: &Item) -> Option<String> {
    match item {
        Item::Field(0) => Some(value.to_string()),
        Item::Member(name) => value.get(name).filter(|member| !member.is_null()).map(Json::to_string),
        Item::Field(_) | Item::Metadata(_) => None,
    }
}
