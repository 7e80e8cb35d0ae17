//! The rows of a Parquet file.

use arrow_array::{ArrayRef, RecordBatch, new_null_array};
use arrow_schema::DataType as ArrowType;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};

use super::super::super::SqlError;
use super::super::super::env::Env;
use super::super::super::types::{SqlType, TEXT};
use super::super::chunk::{Chunk, Item, Place};
use super::super::format::ParquetFormat;
use super::column::FileColumn;
use super::json::objects;

/// Reads the rows of a file.
pub(in super::super) struct ParquetSource {
    content: Bytes,
    env: Env,
    columns: Vec<FileColumn>,
    names: Vec<String>,
    reader: Option<Projected>,
    row: usize,
}

/// A reader of some of the columns.
struct Projected {
    reader: ParquetRecordBatchReader,
    /// The places in the file of the columns that are read, in order.
    places: Vec<usize>,
}

impl ParquetSource {
    /// # Errors
    /// `100142` when the file is no Parquet, `0A000` for a column of a type that is not simulated.
    pub(in super::super) fn new(content: Bytes, format: &ParquetFormat, env: &Env) -> Result<Self, SqlError> {
        let builder = open(&content)?;
        let stored = builder.parquet_schema().root_schema().get_fields();
        let columns = builder
            .schema()
            .fields()
            .iter()
            .zip(stored)
            .map(|(field, stored)| FileColumn::new(field, stored, format))
            .collect::<Result<Vec<_>, _>>()?;
        let names = columns.iter().map(|column| column.name.clone()).collect();
        Ok(Self { content, env: env.clone(), columns, names, reader: None, row: 0 })
    }

    pub(in super::super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns: their names, their types unless they are always NULL, and whether they may be.
    pub(in super::super) fn columns(&self) -> impl Iterator<Item = (&str, Option<&SqlType>, bool)> {
        self.columns.iter().map(|column| (column.name.as_str(), column.known_type(), column.nullable))
    }

    /// What an item holds.
    pub(in super::super) fn type_of(&self, item: &Item) -> SqlType {
        match item {
            Item::Field(0) => SqlType::Variant,
            Item::Member(name) => {
                self.place(name).map_or(TEXT, |place| self.columns[place].data_type.clone())
            }
            Item::Field(_) | Item::Metadata(_) => TEXT,
        }
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|each| each == name)
    }

    /// Up to `limit` more rows; none at the end. The items and the limit are the same every time.
    ///
    /// # Errors
    /// `100142` when the file breaks off, and whatever is wrong with a column as a whole.
    pub(in super::super) fn next(&mut self, items: &[Item], limit: usize) -> Result<Option<Chunk>, SqlError> {
        if self.reader.is_none() {
            self.reader = Some(self.projected(items, limit)?);
        }
        let Some(projected) = &mut self.reader else { return Ok(None) };
        let Some(batch) = projected.reader.next() else { return Ok(None) };
        let batch = batch.map_err(broken)?;
        let places = projected.places.clone();
        let arrays = self.arrays(&batch, &places)?;
        let mut chunk = Chunk::default();
        for item in items {
            chunk.columns.push(self.picked(item, &places, &arrays, batch.num_rows())?);
        }
        for _ in 0..batch.num_rows() {
            self.row += 1;
            chunk.places.push(Place { row: self.row, line: self.row, offset: 0 });
        }
        Ok(Some(chunk))
    }

    fn projected(&self, items: &[Item], limit: usize) -> Result<Projected, SqlError> {
        let mut places: Vec<usize> = if items.contains(&Item::Field(0)) {
            (0..self.columns.len()).collect()
        } else {
            let named = |item: &Item| match item {
                Item::Member(name) => self.place(name),
                _ => None,
            };
            items.iter().filter_map(named).collect()
        };
        places.sort_unstable();
        places.dedup();
        let builder = open(&self.content)?;
        let mask = ProjectionMask::roots(builder.parquet_schema(), places.iter().copied());
        let reader = builder.with_projection(mask).with_batch_size(limit.max(1)).build().map_err(broken)?;
        Ok(Projected { reader, places })
    }

    /// The columns that were read, as the engine has them.
    fn arrays(&self, batch: &RecordBatch, places: &[usize]) -> Result<Vec<ArrayRef>, SqlError> {
        let pairs = batch.columns().iter().zip(places);
        pairs.map(|(array, place)| self.columns[*place].read(array, &self.env)).collect()
    }

    fn picked(
        &self,
        item: &Item,
        places: &[usize],
        arrays: &[ArrayRef],
        rows: usize,
    ) -> Result<ArrayRef, SqlError> {
        let read = match item {
            Item::Field(0) => return objects(&self.names, arrays, rows, &self.env),
            Item::Member(name) => {
                self.place(name).and_then(|place| places.iter().position(|each| *each == place))
            }
            Item::Field(_) | Item::Metadata(_) => None,
        };
        let array = read.and_then(|at| arrays.get(at)).cloned();
        Ok(array.unwrap_or_else(|| new_null_array(&ArrowType::Utf8, rows)))
    }
}

/// The types are those of the file, not those that Arrow's writers leave in a note of their own.
fn open(content: &Bytes) -> Result<ParquetRecordBatchReaderBuilder<Bytes>, SqlError> {
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    ParquetRecordBatchReaderBuilder::try_new_with_options(content.clone(), options).map_err(broken)
}

/// The cause goes into the message: the service words it so.
fn broken(cause: impl std::fmt::Display) -> SqlError {
    SqlError::new("100142", "22000", format!("Error parsing the parquet file: {cause}"))
}
