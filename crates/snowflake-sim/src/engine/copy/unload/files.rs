//! From rows to files.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, UInt64Array};
use arrow_schema::{Field, Schema};
use bytes::Bytes;
use futures::TryStreamExt;
use snowflake_proto::Column;

use super::super::super::SqlError;
use super::super::super::env::Env;
use super::super::super::run::Run;
use super::super::super::types::{arrow_type, type_of};
use super::super::super::value::{Reader, cast_array, to_text};
use super::super::format::FileFormat;
use super::parquet::ParquetFiles;
use super::source::Rows;
use super::text::TextFiles;

/// What is to be in a file.
pub(super) struct Written {
    pub(super) rows: usize,
    /// Its size before compression.
    pub(super) input: usize,
    pub(super) content: Bytes,
}

/// How rows become files.
pub(super) struct Shape<'a> {
    pub(super) format: &'a FileFormat,
    pub(super) header: bool,
    /// The most bytes in a file before compression.
    pub(super) max_size: usize,
}

/// The files of one part.
enum Files<'a> {
    Text(TextFiles<'a>),
    Parquet(Box<ParquetFiles>),
}

impl<'a> Files<'a> {
    fn new(shape: &Shape<'a>, columns: &[Column], env: &Env) -> Result<Self, SqlError> {
        let header = shape.header.then_some(columns);
        Ok(match shape.format {
            FileFormat::Csv(format) => Self::Text(TextFiles::csv(format, env, header, shape.max_size)?),
            FileFormat::Json(format) => Self::Text(TextFiles::json(format.compression, shape.max_size)),
            FileFormat::Parquet(format) => Self::Parquet(Box::new(ParquetFiles::new(
                columns,
                shape.header,
                format.codec,
                shape.max_size,
            )?)),
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), SqlError> {
        match self {
            Self::Text(files) => files.write(batch),
            Self::Parquet(files) => files.write(batch),
        }
    }

    fn finish(self) -> Result<Vec<Written>, SqlError> {
        match self {
            Self::Text(files) => files.finish(),
            Self::Parquet(files) => files.finish(),
        }
    }
}

/// All rows as files, by the name of their part; without parts there is one, without a name.
///
/// # Errors
/// `002019` for columns that a format's files cannot hold, and whatever is wrong with the rows.
pub(super) async fn files(
    run: &Run,
    shape: &Shape<'_>,
    rows: Rows,
) -> Result<Vec<(Option<String>, Vec<Written>)>, SqlError> {
    let partitioned = rows.partitioned;
    let mut columns = rows.planned.columns.clone();
    if partitioned {
        columns.pop();
    }
    check(shape.format, &columns)?;
    let mut parts: BTreeMap<Option<String>, Files<'_>> = BTreeMap::new();
    let mut batches = rows.planned.run().await?;
    while let Some(batch) = batches.try_next().await? {
        run.check()?;
        let all = of_result(&batch, &columns, &run.env)?;
        let split = if partitioned { split(&batch, &all, &run.env)? } else { vec![(None, all)] };
        for (name, part) in split {
            let files = match parts.entry(name) {
                std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(Files::new(shape, &columns, &run.env)?)
                }
            };
            files.write(&part)?;
        }
    }
    parts.into_iter().map(|(name, files)| Ok((name, files.finish()?))).collect()
}

/// Files of JSON are made of one semi-structured column.
fn check(format: &FileFormat, columns: &[Column]) -> Result<(), SqlError> {
    let is_one = matches!(columns, [only] if only.data_type.is_semi_structured());
    if matches!(format, FileFormat::Json(_)) && !is_one {
        return Err(SqlError::new(
            "002019",
            "0A000",
            "SQL compilation error:\nJSON file format can produce one and only one column of type variant, object, or array. Use CSV file format if you want to unload more than one column.",
        ));
    }
    Ok(())
}

/// A batch with the result's own types; further columns are left out.
fn of_result(batch: &RecordBatch, columns: &[Column], env: &Env) -> Result<RecordBatch, SqlError> {
    let given = batch.columns().iter().zip(batch.schema_ref().fields()).zip(columns);
    let arrays = given
        .map(|((array, field), column)| cast_array(array, &type_of(field), &column.data_type, env))
        .collect::<Result<Vec<ArrayRef>, SqlError>>()?;
    let field = |column: &Column| Field::new(&column.name, arrow_type(&column.data_type), true);
    let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema, arrays, &options).map_err(SqlError::internal)
}

/// The rows of each part, which the last column names.
fn split(
    batch: &RecordBatch,
    all: &RecordBatch,
    env: &Env,
) -> Result<Vec<(Option<String>, RecordBatch)>, SqlError> {
    let names = batch.columns().last().ok_or_else(|| SqlError::internal("rows without a part"))?;
    let reader = Reader::new(names)?;
    let mut rows: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for row in 0..names.len() {
        let name =
            to_text(reader.value(row), env).map_or_else(|| "_NULL_".to_owned(), |name| name.into_owned());
        rows.entry(name).or_default().push(u64::try_from(row).unwrap_or(u64::MAX));
    }
    let take = |(name, rows): (String, Vec<u64>)| {
        let part = arrow_select::take::take_record_batch(all, &UInt64Array::from(rows));
        Ok((Some(name), part.map_err(SqlError::internal)?))
    };
    rows.into_iter().map(take).collect()
}
