//! Decoding of the JSON result format.
//!
//! A chunk is a list of rows without the outer brackets, `["a","1"],["b",null]`. It is scanned in one
//! pass straight into column builders: a cell without escapes is never copied into a string of its own.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};

use super::ResultSchema;
use super::builder::ColumnBuilder;
use super::mapping;
use crate::{Error, Result};

impl ResultSchema {
    /// The rows of a JSON chunk as one batch.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) for bytes that are not rows of strings and nulls, or for a
    /// cell that is no value of its column's type;
    /// [`SchemaMismatch`](crate::ErrorKind::SchemaMismatch) for a row with too many or too few cells;
    /// [`Conversion`](crate::ErrorKind::Conversion) as for Arrow chunks.
    pub fn decode_json_chunk(&self, chunk: &[u8]) -> Result<RecordBatch> {
        let text = std::str::from_utf8(chunk)
            .map_err(|cause| Error::decode_caused("a JSON chunk is not valid UTF-8", cause))?;
        let mut rows = Rows::new(self, 0);
        let mut scanner = Scanner { text, at: 0 };
        while scanner.row(&mut rows)? {}
        rows.finish(self)
    }

    /// The inline rows of an answer as one batch.
    ///
    /// # Errors
    /// As [`decode_json_chunk`](Self::decode_json_chunk).
    pub fn decode_json_rows(&self, rowset: &[Vec<Option<String>>]) -> Result<RecordBatch> {
        let mut rows = Rows::new(self, rowset.len());
        for row in rowset {
            rows.start();
            for cell in row {
                rows.cell(cell.as_deref())?;
            }
            rows.end()?;
        }
        rows.finish(self)
    }
}

/// The columns that rows are appended to.
struct Rows<'a> {
    schema: &'a ResultSchema,
    builders: Vec<ColumnBuilder>,
    column: usize,
    rows: usize,
}

impl<'a> Rows<'a> {
    fn new(schema: &'a ResultSchema, capacity: usize) -> Self {
        let builders = schema
            .columns()
            .iter()
            .zip(schema.exact().fields())
            .map(|(column, field)| ColumnBuilder::new(column, field.data_type(), capacity))
            .collect();
        Self { schema, builders, column: 0, rows: 0 }
    }

    fn start(&mut self) {
        self.column = 0;
    }

    fn cell(&mut self, cell: Option<&str>) -> Result<()> {
        let (Some(builder), Some(column)) =
            (self.builders.get_mut(self.column), self.schema.columns().get(self.column))
        else {
            return Err(self.wrong_width("more"));
        };
        self.column += 1;
        match cell {
            Some(cell) => builder.append(column, cell),
            None => {
                builder.append_null();
                Ok(())
            }
        }
    }

    fn end(&mut self) -> Result<()> {
        if self.column != self.builders.len() {
            return Err(self.wrong_width("fewer"));
        }
        self.rows += 1;
        Ok(())
    }

    fn wrong_width(&self, got: &str) -> Error {
        // Of cells beyond the last column only the place is known.
        let beyond = format!("{}", self.column + 1);
        let missing = self.schema.columns().get(self.column).map(|column| column.name.as_str());
        Error::schema_mismatch(
            missing.unwrap_or(&beyond),
            format!("{} cells in row {}", self.builders.len(), self.rows),
            format!("{got} cells"),
        )
    }

    fn finish(mut self, schema: &ResultSchema) -> Result<RecordBatch> {
        let arrays = self
            .builders
            .iter_mut()
            .zip(schema.columns())
            .map(|(builder, column)| builder.finish(column))
            .collect::<Result<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        let exact = RecordBatch::try_new_with_options(Arc::clone(schema.exact()), arrays, &options)
            .map_err(|cause| Error::decode_caused("the columns of a batch do not fit together", cause))?;
        mapping::apply(schema, exact)
    }
}

/// Walks the text of a chunk. `at` always lies on a character boundary.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Appends the next row; `false` at the end of the text.
    fn row(&mut self, rows: &mut Rows<'_>) -> Result<bool> {
        match self.token() {
            None => return Ok(false),
            Some(b',') if rows.rows > 0 => self.expect(b'[')?,
            Some(b'[') if rows.rows == 0 => {}
            Some(_) => return Err(self.unexpected()),
        }
        rows.start();
        let mut first = true;
        loop {
            match self.token() {
                Some(b']') if first || rows.column > 0 => break,
                Some(b',') if !first => self.cell(rows)?,
                Some(byte) if first => self.cell_from(byte, rows)?,
                _ => return Err(self.unexpected()),
            }
            first = false;
        }
        rows.end()?;
        Ok(true)
    }

    fn cell(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        match self.token() {
            Some(byte) => self.cell_from(byte, rows),
            None => Err(self.unexpected()),
        }
    }

    fn cell_from(&mut self, byte: u8, rows: &mut Rows<'_>) -> Result<()> {
        match byte {
            b'"' => {
                let cell = self.string()?;
                rows.cell(Some(&cell))
            }
            b'n' if self.rest().starts_with("ull") => {
                self.at += 3;
                rows.cell(None)
            }
            _ => Err(self.unexpected()),
        }
    }

    /// The rest of a string whose opening quote was read.
    fn string(&mut self) -> Result<Cow<'a, str>> {
        let start = self.at;
        let text = self.text;
        loop {
            let offset =
                memchr::memchr2(b'"', b'\\', self.rest().as_bytes()).ok_or_else(|| self.unexpected())?;
            self.at += offset + 1;
            if text.as_bytes().get(self.at - 1) == Some(&b'"') {
                let end = self.at - 1;
                let raw = text.get(start..end).ok_or_else(|| self.unexpected())?;
                return if memchr::memchr(b'\\', raw.as_bytes()).is_none() {
                    Ok(Cow::Borrowed(raw))
                } else {
                    self.unescape(start - 1)
                };
            }
            // Skip what the backslash escapes; a character beyond ASCII cannot be escaped.
            match text.as_bytes().get(self.at) {
                Some(byte) if byte.is_ascii() => self.at += 1,
                _ => return Err(self.unexpected()),
            }
        }
    }

    /// The string between the quote at `from` and the cursor, with its escapes resolved.
    fn unescape(&self, from: usize) -> Result<Cow<'a, str>> {
        let quoted = self.text.get(from..self.at).ok_or_else(|| self.unexpected())?;
        serde_json::from_str(quoted)
            .map(Cow::Owned)
            .map_err(|cause| Error::json("a cell of a JSON chunk is malformed", &cause))
    }

    /// The next byte that is not white space.
    fn token(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !byte.is_ascii() {
                return Some(byte);
            }
            self.at += 1;
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(byte);
            }
        }
    }

    fn expect(&mut self, wanted: u8) -> Result<()> {
        if self.token() == Some(wanted) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn unexpected(&self) -> Error {
        if self.at >= self.text.len() {
            Error::truncated("a JSON chunk", self.text.len() as u64 + 1, self.text.len() as u64)
        } else {
            Error::decode(format!("a JSON chunk is malformed at byte {}", self.at))
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::Int64Type;

    use super::*;
    use crate::{ArrowOptions, Column, DataType, ErrorKind};

    fn schema() -> ResultSchema {
        let columns = vec![
            Column::new("S", DataType::Text { length: 100 }, true),
            Column::new("N", DataType::Number { precision: 10, scale: 0 }, true),
        ];
        ResultSchema::new(columns, ArrowOptions::default()).unwrap()
    }

    #[test]
    fn rows_with_escapes_nulls_and_white_space() {
        let chunk = "[\"a\\\"b\\u00e9\\ud83d\\ude00\",\"1\"],\n [ null , \"-2\" ],[\"],[\\\\\",null]";
        let batch = schema().decode_json_chunk(chunk.as_bytes()).unwrap();
        let text = batch.column(0).as_string::<i32>();
        let number = batch.column(1).as_primitive::<Int64Type>();
        assert_eq!(text.value(0), "a\"bé😀");
        assert!(text.is_null(1));
        assert_eq!(text.value(2), "],[\\");
        assert_eq!((number.value(0), number.value(1)), (1, -2));
        assert!(number.is_null(2));
    }

    #[test]
    fn an_empty_chunk_has_no_rows() {
        assert_eq!(schema().decode_json_chunk(b" \n").unwrap().num_rows(), 0);
    }

    #[test]
    fn every_cut_inside_a_row_is_an_error() {
        let chunk = "[\"é\\n\",\"1\"],[null,\"22\"]".as_bytes();
        let whole = [0, 12, chunk.len()];
        for cut in 0..=chunk.len() {
            let result = schema().decode_json_chunk(&chunk[..cut]);
            assert_eq!(result.is_ok(), whole.contains(&cut), "cut at {cut}");
        }
    }

    #[test]
    fn b07_rows_of_another_width_are_refused() {
        for chunk in ["[\"a\"]", "[\"a\",\"1\",\"2\"]", "[]"] {
            let error = schema().decode_json_chunk(chunk.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::SchemaMismatch, "{chunk}");
        }
    }

    #[test]
    fn nonsense_is_an_error_that_names_the_column() {
        let error = schema().decode_json_chunk(b"[\"a\",\"x\"]").unwrap_err();
        assert!(error.to_string().contains("column N"), "{error}");
        for chunk in
            ["x", ",[\"a\",\"1\"]", "[\"a\",\"1\"][", "[\"a\",1]", "[,]", "[\"a\",\"1\",]", "[\"\\é\",\"1\"]"]
        {
            assert!(schema().decode_json_chunk(chunk.as_bytes()).is_err(), "{chunk}");
        }
    }
}
