//! The rows of a staged file of any format.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, StringArray};

use super::super::SqlError;
use super::super::env::Env;
use super::super::types::{SqlType, TEXT};
use super::super::value::{Builder, Value};
use super::chunk::{Chunk, Item, Metadata, Place};
use super::csv::CsvSource;
use super::format::FileFormat;
use super::json::JsonSource;
use super::parquet::ParquetSource;
use super::read::Content;
use super::reject::Rejected;

/// The text of a file of text; nothing for other files.
pub(super) fn text_of<'a>(content: &'a Content, format: &FileFormat) -> Result<Cow<'a, str>, SqlError> {
    match format {
        FileFormat::Csv(format) => content.text(format.replace_invalid),
        FileFormat::Json(format) => content.text(format.replace_invalid),
        FileFormat::Parquet(_) => Ok(Cow::Borrowed("")),
    }
}

/// Reads the rows of a file.
pub(super) struct Source<'a> {
    content: &'a Content,
    env: &'a Env,
    rows: Rows<'a>,
}

enum Rows<'a> {
    Csv(Box<CsvSource<'a>>),
    Json(JsonSource<'a>),
    Parquet(Box<ParquetSource>),
}

impl<'a> Source<'a> {
    /// `text` is what [`text_of`] answers for the same file and format.
    ///
    /// # Errors
    /// `100142` when the file is no Parquet and shall be.
    pub(super) fn open(
        content: &'a Content,
        text: &'a str,
        format: &'a FileFormat,
        env: &'a Env,
    ) -> Result<Self, SqlError> {
        let rows = match format {
            FileFormat::Csv(format) => Rows::Csv(Box::new(CsvSource::new(text, format))),
            FileFormat::Json(format) => Rows::Json(JsonSource::new(text, format)),
            FileFormat::Parquet(format) => {
                Rows::Parquet(Box::new(ParquetSource::new(content.bytes().clone(), format, env)?))
            }
        };
        Ok(Self { content, env, rows })
    }

    /// The names of the columns or members; none of CSV without a header.
    pub(super) fn names(&self) -> Vec<String> {
        match &self.rows {
            Rows::Csv(source) => source.names().to_vec(),
            Rows::Json(source) => source.names(),
            Rows::Parquet(source) => source.names().to_vec(),
        }
    }

    /// The columns that the file itself describes: their names and types, and whether they may be NULL.
    pub(super) fn stored_columns(&self) -> Vec<(String, Option<SqlType>, bool)> {
        let Rows::Parquet(source) = &self.rows else { return Vec::new() };
        let column = |(name, data_type, nullable): (&str, Option<&SqlType>, bool)| {
            // What is in a list or struct may be anything.
            let data_type = data_type
                .map(|known| if known.is_semi_structured() { SqlType::Variant } else { known.clone() });
            (name.to_owned(), data_type, nullable)
        };
        source.columns().map(column).collect()
    }

    /// The number of fields of the longest record of CSV text.
    pub(super) fn widest(&self) -> usize {
        match &self.rows {
            Rows::Csv(source) => source.widest(),
            Rows::Json(_) | Rows::Parquet(_) => 1,
        }
    }

    /// Refuses records of another number of fields, where the format wants that.
    pub(super) fn expect_width(&mut self, width: usize) {
        if let Rows::Csv(source) = &mut self.rows {
            source.expect_width(width);
        }
    }

    /// What an item holds.
    pub(super) fn type_of(&self, item: &Item) -> SqlType {
        match (item, &self.rows) {
            (Item::Metadata(metadata), _) => metadata.data_type(),
            (_, Rows::Csv(_)) => TEXT,
            (_, Rows::Json(_)) => SqlType::Variant,
            (item, Rows::Parquet(source)) => source.type_of(item),
        }
    }

    /// Up to `limit` more rows; none at the end. The items and the limit are the same every time.
    ///
    /// # Errors
    /// Whatever is wrong with the file as a whole.
    pub(super) fn next(&mut self, items: &[Item], limit: usize) -> Result<Option<Chunk>, SqlError> {
        let found = match &mut self.rows {
            Rows::Csv(source) => source.next(items, limit),
            Rows::Json(source) => source.next(items, limit),
            Rows::Parquet(source) => source.next(items, limit)?,
        };
        let Some(mut chunk) = found else { return Ok(None) };
        for (column, item) in chunk.columns.iter_mut().zip(items) {
            if let Item::Metadata(metadata) = item {
                *column = self.metadata(*metadata, &chunk.places)?;
            }
        }
        Ok(Some(chunk))
    }

    fn metadata(&self, metadata: Metadata, places: &[Place]) -> Result<ArrayRef, SqlError> {
        let texts = |text: &str| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, places.len())))
        };
        Ok(match metadata {
            Metadata::FileName => texts(&self.content.name),
            Metadata::ContentKey => texts(&self.content.digest),
            Metadata::RowNumber => {
                let numbers = places.iter().map(|place| i64::try_from(place.row).unwrap_or(i64::MAX));
                Arc::new(Int64Array::from_iter_values(numbers))
            }
            Metadata::LastModified => {
                same(Value::Ntz(self.content.modified), &metadata.data_type(), places.len())?
            }
            Metadata::ScanTime => same(Value::Ltz(self.env.now), &metadata.data_type(), places.len())?,
        })
    }

    /// What is said of a row one of whose items does not fit.
    pub(super) fn reject(&self, error: SqlError, place: Place, item: Option<&Item>) -> Rejected {
        match &self.rows {
            Rows::Csv(source) => source.reject(error, place, item),
            Rows::Json(source) => source.reject(error, place),
            Rows::Parquet(_) => Rejected::in_row(error, place, String::new()),
        }
    }
}

fn same(value: Value<'static>, data_type: &SqlType, rows: usize) -> Result<ArrayRef, SqlError> {
    let mut builder = Builder::new(data_type, rows);
    for _ in 0..rows {
        builder.push(value.clone())?;
    }
    Ok(builder.finish())
}
