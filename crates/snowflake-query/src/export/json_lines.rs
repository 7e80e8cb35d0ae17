//! One JSON object per line and row.

use std::fmt::Write;

use serde::de::IgnoredAny;
use snowflake_proto::{Cell, Column};

use super::encoder::Lines;
use crate::error::Error;
use crate::result::{Batch, Columns, Fault, text};

/// Writes the columns under their names; numbers keep all digits, and what JSON has no form for is text.
pub(super) struct JsonLines {
    /// `"NAME":` of each column, with the comma before it.
    keys: Vec<String>,
    /// The text of the current cell.
    cell: String,
}

impl JsonLines {
    pub(super) fn new(columns: &[Column]) -> Result<Self, Error> {
        let names = Columns::new(columns.to_vec());
        let mut keys = Vec::with_capacity(columns.len());
        for column in columns {
            // An object holds a name once: readers would keep one of the values.
            if columns.iter().filter(|other| other.name == column.name).count() > 1 {
                return Err(names.ambiguous(&column.name).into());
            }
            let mut key = String::from(if keys.is_empty() { "{" } else { "," });
            push_string(&mut key, &column.name);
            key.push(':');
            keys.push(key);
        }
        Ok(Self { keys, cell: String::new() })
    }

    fn push(&mut self, out: &mut String, cell: Cell<'_>, column: &Column) {
        match cell {
            Cell::Null => out.push_str("null"),
            Cell::Text(json) if column.data_type.is_semi_structured() => push_json(out, json),
            Cell::Text(text) => push_string(out, text),
            Cell::Float(value) if !value.is_finite() => self.push_text(out, cell, column),
            Cell::Integer(_) | Cell::Decimal { .. } | Cell::Float(_) | Cell::Boolean(_) => {
                text::push(out, cell, &column.data_type);
            }
            _ => self.push_text(out, cell, column),
        }
    }

    fn push_text(&mut self, out: &mut String, cell: Cell<'_>, column: &Column) {
        self.cell.clear();
        text::push(&mut self.cell, cell, &column.data_type);
        push_string(out, &self.cell);
    }
}

impl Lines for JsonLines {
    fn head(&mut self, _: &[Column], _: &mut String) {}

    fn line(&mut self, columns: &[Column], batch: &Batch, row: usize, out: &mut String) -> Result<(), Fault> {
        if columns.is_empty() {
            out.push('{');
        }
        for (position, column) in columns.iter().enumerate() {
            if let Some(key) = self.keys.get(position) {
                out.push_str(key);
            }
            self.push(out, batch.cell(row, position), column);
        }
        out.push_str("}\n");
        Ok(())
    }
}

/// The text of a semi-structured value as it is, on one line; text that is no JSON becomes a string.
fn push_json(out: &mut String, json: &str) {
    if json == text::UNDEFINED {
        out.push_str("null");
    } else if serde_json::from_str::<IgnoredAny>(json).is_err() {
        push_string(out, json);
    } else {
        // In valid JSON, line ends are never inside of a string.
        out.extend(
            json.chars().map(|character| if matches!(character, '\n' | '\r') { ' ' } else { character }),
        );
    }
}

fn push_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|character| matches!(character, '"' | '\\' | '\0'..='\u{1f}')) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let mut characters = special.chars();
        // Writing to a string cannot fail.
        let _ = match characters.next() {
            Some('\n') => out.write_str("\\n"),
            Some('\r') => out.write_str("\\r"),
            Some('\t') => out.write_str("\\t"),
            Some(quoted @ ('"' | '\\')) => write!(out, "\\{quoted}"),
            Some(control) => write!(out, "\\u{:04x}", u32::from(control)),
            None => Ok(()),
        };
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}
