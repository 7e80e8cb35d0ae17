//! The rows of CSV text.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::StringBuilder;

use super::super::super::SqlError;
use super::super::chunk::{Chunk, Item, Place};
use super::super::format::CsvFormat;
use super::super::reject::{Category, Rejected};
use super::{Field, Records, field_text};

/// Reads the rows of a text.
pub(in super::super) struct CsvSource<'a> {
    text: &'a str,
    format: &'a CsvFormat,
    records: Records<'a>,
    fields: Vec<Field<'a>>,
    /// The names of the fields, of a file with a header.
    header: Vec<String>,
    /// Records before the first row.
    skipped: usize,
    row: usize,
    /// How many fields a record has to have.
    width: Option<usize>,
}

impl<'a> CsvSource<'a> {
    pub(in super::super) fn new(text: &'a str, format: &'a CsvFormat) -> Self {
        let mut records = Records::new(text, &format.dialect);
        let mut fields = Vec::new();
        let mut header = Vec::new();
        if format.parse_header && records.next_into(&mut fields).is_some() {
            header = fields.iter().map(|field| field.text.trim().to_owned()).collect();
        }
        let skipped = format.skip_header;
        Self { text, format, records, fields, header, skipped, row: 0, width: None }
    }

    /// The names of the fields, of a file with a header.
    pub(in super::super) fn names(&self) -> &[String] {
        &self.header
    }

    /// The number of fields of the longest record.
    pub(in super::super) fn widest(&self) -> usize {
        let mut records = Records::new(self.text, &self.format.dialect);
        let (mut fields, mut widest) = (Vec::new(), 0);
        while records.next_into(&mut fields).is_some() {
            widest = widest.max(fields.len());
        }
        widest
    }

    /// Refuses records of another number of fields, where the format wants that.
    pub(in super::super) fn expect_width(&mut self, width: usize) {
        self.width = self.format.error_on_column_count.then_some(width);
    }

    /// Where the fields of the items are.
    fn places(&self, items: &[Item]) -> Vec<Option<usize>> {
        let named = |name: &String| self.header.iter().position(|each| each == name);
        let place = |item: &Item| match item {
            Item::Field(at) => Some(*at),
            Item::Member(name) => named(name),
            Item::Metadata(_) => None,
        };
        items.iter().map(place).collect()
    }

    /// Up to `limit` more rows; none at the end.
    pub(in super::super) fn next(&mut self, items: &[Item], limit: usize) -> Option<Chunk> {
        let fields = self.places(items);
        let mut builders: Vec<StringBuilder> = fields.iter().map(|_| StringBuilder::new()).collect();
        let mut chunk = Chunk::default();
        while chunk.places.len() + chunk.rejected.len() < limit {
            let Some(record) = self.records.next_into(&mut self.fields) else { break };
            if self.skipped > 0 {
                self.skipped -= 1;
                continue;
            }
            if self.format.skip_blank_lines && is_blank(&self.fields) {
                continue;
            }
            self.row += 1;
            let place = Place { row: self.row, line: record.line, offset: record.range.start };
            if let Some(width) = self.width
                && self.fields.len() != width
            {
                let error = column_count(self.fields.len(), width);
                let start = record.range.start;
                let range = record.range;
                let found = Rejected::in_text(error, Category::Parsing, place, self.text, range, start);
                chunk.rejected.push(found);
                continue;
            }
            for (builder, at) in builders.iter_mut().zip(&fields) {
                let field = at.and_then(|at| self.fields.get(at));
                builder.append_option(field.and_then(|field| field_text(field, self.format)));
            }
            chunk.places.push(place);
        }
        chunk.columns =
            builders.into_iter().map(|mut builder| -> ArrayRef { Arc::new(builder.finish()) }).collect();
        (!chunk.places.is_empty() || !chunk.rejected.is_empty()).then_some(chunk)
    }

    /// What is said of a row one of whose items does not fit.
    pub(in super::super) fn reject(&self, error: SqlError, place: Place, item: Option<&Item>) -> Rejected {
        let mut records = Records::from(self.text, place.offset, place.line, &self.format.dialect);
        let mut fields = Vec::new();
        let range = records.next_into(&mut fields).map_or(place.offset..place.offset, |record| record.range);
        let field = item.and_then(|item| self.places(std::slice::from_ref(item)).pop().flatten());
        let offset = match field {
            Some(at) => fields.get(at).map_or(range.end, |field| field.start),
            None => range.start,
        };
        Rejected::in_text(error, Category::Conversion, place, self.text, range, offset)
    }
}

fn is_blank(fields: &[Field<'_>]) -> bool {
    matches!(fields, [only] if only.text.is_empty() && !only.quoted)
}

fn column_count(found: usize, wanted: usize) -> SqlError {
    SqlError::new(
        "100080",
        "22000",
        format!(
            "Number of columns in file ({found}) does not match that of the corresponding table ({wanted}), use file format option error_on_column_count_mismatch=false to ignore this error"
        ),
    )
}
