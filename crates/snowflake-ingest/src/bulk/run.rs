//! The loads, as callers ask for them.

use arrow_array::RecordBatch;
use futures::Stream;
use serde::Serialize;
use snowflake_query::Pool;

use super::feed::{Batches, Cause, Records, Slice};
use super::options::BulkInsertOptions;
use super::outcome::{BulkInsertResult, BulkUpsertResult};
use super::{insert, upsert};
use crate::error::Result;
use crate::machine::Machine;

/// Loads records into a table.
///
/// A record is a struct or a map. A field goes into the column of its name, or into the only one whose name differs
/// in case alone, in the type of that column: texts are read as numbers, dates, times and booleans, whole numbers
/// scaled, and values for `VARIANT`, `OBJECT` and `ARRAY` become JSON. What does not fit is an error that names
/// the record and the column, before anything is loaded. A column that no record has a field for gets its default.
///
/// All rows are loaded, or none. Under a [`batch_id`](BulkInsertOptions::batch_id) that holds across crashes and
/// repeats too; the method docs of [`BulkMethod`](crate::BulkMethod) tell which way rows take.
///
/// # Exactly once
/// The files of a batch have names made of their contents, in a folder named for the table and the batch. They are
/// loaded by one statement, then a marker is put beside them, and then they are removed. A repeat uploads what is
/// missing, and the service leaves out files that it has loaded before (it knows that for 64 days); after the
/// marker nothing is loaded at all. Repeat with the same records in the same order, the same options and the same
/// version of this library, and never twice at the same time. Other records under the same id are an error.
/// The marker stays in the stage: a few bytes a batch.
///
/// # Errors
/// [`Conversion`](crate::ErrorKind::Conversion) for a record that does not fit;
/// [`Configuration`](crate::ErrorKind::Configuration) for a name, an option or a reused batch id, and when the table
/// needs a value that the records have no field for; [`NotFound`](crate::ErrorKind::NotFound) when there is no
/// table; the kinds of uploads and statements. When the outcome is open,
/// [`Error::batch_id`](crate::Error::batch_id) is the id to repeat the load under.
///
/// # Cancellation
/// Dropping the future stops what is under way: either all rows are in the table then or none. Files may stay in the
/// stage, in [`stage`](BulkInsertOptions::stage) below a folder named for the table.
pub async fn bulk_insert<T: Serialize + Sync>(
    pool: &Pool,
    table: &str,
    records: &[T],
    options: BulkInsertOptions,
    machine: &Machine,
) -> Result<BulkInsertResult> {
    Box::pin(insert::run(pool, machine, table, Slice::new(records), options)).await
}

/// Loads a stream of records into a table, with bounded memory whatever their number.
///
/// As [`bulk_insert`]. A stream that ends with an error loads nothing. Where the table or columns are created, their
/// types follow from the first 16,384 records; a later one that does not fit is an error.
///
/// # Errors
/// As [`bulk_insert`]; [`Io`](crate::ErrorKind::Io) for an error of the stream, which is the source.
///
/// # Cancellation
/// As [`bulk_insert`].
pub async fn bulk_insert_stream<S, T, E>(
    pool: &Pool,
    table: &str,
    records: S,
    options: BulkInsertOptions,
    machine: &Machine,
) -> Result<BulkInsertResult>
where
    S: Stream<Item = Result<T, E>> + Send,
    T: Serialize + Send + Sync,
    E: Into<Cause> + Send,
{
    Box::pin(insert::run(pool, machine, table, Records::new(records), options)).await
}

/// Loads a stream of Arrow batches into a table, with bounded memory whatever their number.
///
/// As [`bulk_insert`], with the columns of the batches as fields. Columns of the table's own types pass as they are.
///
/// # Errors
/// As [`bulk_insert_stream`].
///
/// # Cancellation
/// As [`bulk_insert`].
pub async fn bulk_insert_batches<S, E>(
    pool: &Pool,
    table: &str,
    batches: S,
    options: BulkInsertOptions,
    machine: &Machine,
) -> Result<BulkInsertResult>
where
    S: Stream<Item = Result<RecordBatch, E>> + Send,
    E: Into<Cause> + Send,
{
    Box::pin(insert::run(pool, machine, table, Batches::new(batches), options)).await
}

/// Updates the rows of a table whose keys the records have, and inserts the others, in one `MERGE`.
///
/// `keys` are columns, spelled as in SQL. The records go into a temporary table first, as [`bulk_insert`] loads
/// them. Fields that the records do not have stay as they are in rows that exist.
///
/// # Errors
/// As [`bulk_insert`]; [`Conversion`](crate::ErrorKind::Conversion) when a key stands in several records or is NULL,
/// and then nothing is changed.
///
/// # Cancellation
/// Dropping the future stops what is under way: either all rows are merged then or none.
pub async fn bulk_upsert<T: Serialize + Sync>(
    pool: &Pool,
    table: &str,
    records: &[T],
    keys: &[&str],
    options: BulkInsertOptions,
    machine: &Machine,
) -> Result<BulkUpsertResult> {
    Box::pin(upsert::run(pool, machine, table, Slice::new(records), keys, options)).await
}
