//! Comma-separated values, quoted as RFC 4180 says.

use snowflake_proto::{Cell, Column};

use super::encoder::Lines;
use super::options::{CsvHeader, CsvOptions};
use crate::error::Error;
use crate::result::{Batch, Fault, text};

/// Writes one line per row.
pub(super) struct Csv {
    options: CsvOptions,
    /// The text of the current cell.
    cell: String,
}

impl Csv {
    pub(super) fn new(options: CsvOptions) -> Result<Self, Error> {
        if matches!(options.delimiter, '"' | '\r' | '\n') {
            return Err(Error::configuration(
                "a quote or a line end cannot separate the cells of a csv line",
            ));
        }
        if options.null.contains([options.delimiter, '"', '\r', '\n']) {
            return Err(Error::configuration(
                "the csv text for NULL would have to be quoted; choose a plain word",
            ));
        }
        Ok(Self { options, cell: String::new() })
    }

    fn push(&self, text: &str, out: &mut String) {
        let special =
            |character| character == self.options.delimiter || matches!(character, '"' | '\r' | '\n');
        if !text.contains(special) && text != self.options.null {
            out.push_str(text);
            return;
        }
        out.push('"');
        for (index, part) in text.split('"').enumerate() {
            if index > 0 {
                out.push_str("\"\"");
            }
            out.push_str(part);
        }
        out.push('"');
    }
}

impl Lines for Csv {
    fn head(&mut self, columns: &[Column], out: &mut String) {
        if self.options.header == CsvHeader::Omitted {
            return;
        }
        for (position, column) in columns.iter().enumerate() {
            if position > 0 {
                out.push(self.options.delimiter);
            }
            self.push(&column.name, out);
        }
        out.push('\n');
    }

    fn line(&mut self, columns: &[Column], batch: &Batch, row: usize, out: &mut String) -> Result<(), Fault> {
        for (position, column) in columns.iter().enumerate() {
            if position > 0 {
                out.push(self.options.delimiter);
            }
            match batch.cell(row, position) {
                Cell::Null => out.push_str(&self.options.null),
                Cell::Text(text) => self.push(text, out),
                cell => {
                    self.cell.clear();
                    text::push(&mut self.cell, cell, &column.data_type);
                    self.push(&self.cell, out);
                }
            }
        }
        out.push('\n');
        Ok(())
    }
}
