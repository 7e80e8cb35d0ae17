//! Where rows come from, block by block: a slice, a stream of records, a stream of Arrow batches.

use std::pin::Pin;

use arrow_array::RecordBatch;
use futures::{Stream, StreamExt};
use serde::Serialize;
use snafu::ResultExt;
use snowflake_proto::DataType;

use super::convert::{self, Block, Misfit, NewColumn, OnMisfit, Rows};
use super::fault::{RowSnafu, SourceSnafu};
use super::outcome::RejectedRow;
use crate::error::Result;

/// Records that are converted at a time, which is also how long the task stays busy without a pause.
const RECORDS: usize = 16_384;

/// What a source of rows may fail with.
pub(super) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// How records become rows of a table.
#[derive(Debug)]
pub(super) struct Intake {
    pub(super) rows: Rows,
    pub(super) on_misfit: OnMisfit,
    /// Whether fields without a column become new ones.
    pub(super) grows: bool,
    /// The types that the caller gave for new columns.
    pub(super) told: Vec<(String, DataType)>,
    /// Records that were read so far.
    pub(super) read: u64,
}

/// A block of rows, and what was left out of it.
#[derive(Debug)]
pub(super) struct Fed {
    pub(super) block: Block,
    pub(super) rejected: Vec<RejectedRow>,
}

/// Something that rows come from.
pub(super) trait Feed: Send {
    /// The next rows; `None` at the end.
    fn next(&mut self, intake: &mut Intake) -> impl Future<Output = Result<Option<Fed>>> + Send;
}

/// Records in memory.
pub(super) struct Slice<'a, T> {
    records: &'a [T],
}

impl<'a, T> Slice<'a, T> {
    pub(super) fn new(records: &'a [T]) -> Self {
        Self { records }
    }
}

impl<T: Serialize + Sync> Feed for Slice<'_, T> {
    async fn next(&mut self, intake: &mut Intake) -> Result<Option<Fed>> {
        if intake.read == 0 && intake.grows {
            // All of them are at hand: the types of new columns fit every record, not the first ones alone.
            intake.rows.add(convert::of_records(self.records, &intake.told));
        }
        let (records, rest) = self.records.split_at(self.records.len().min(RECORDS));
        self.records = rest;
        if records.is_empty() {
            return Ok(None);
        }
        // Others get their turn between blocks.
        tokio::task::yield_now().await;
        intake.records(records).map(Some)
    }
}

/// A stream of records.
pub(super) struct Records<S> {
    stream: Pin<Box<S>>,
}

impl<S> Records<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream: Box::pin(stream) }
    }
}

impl<S, T, E> Feed for Records<S>
where
    S: Stream<Item = Result<T, E>> + Send,
    T: Serialize + Send + Sync,
    E: Into<Cause> + Send,
{
    async fn next(&mut self, intake: &mut Intake) -> Result<Option<Fed>> {
        let mut records = Vec::new();
        while records.len() < RECORDS
            && let Some(record) = self.stream.next().await
        {
            records.push(record.map_err(Into::into).context(SourceSnafu)?);
        }
        if records.is_empty() { Ok(None) } else { intake.records(&records).map(Some) }
    }
}

/// A stream of Arrow batches.
pub(super) struct Batches<S> {
    stream: Pin<Box<S>>,
}

impl<S> Batches<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream: Box::pin(stream) }
    }
}

impl<S, E> Feed for Batches<S>
where
    S: Stream<Item = Result<RecordBatch, E>> + Send,
    E: Into<Cause> + Send,
{
    async fn next(&mut self, intake: &mut Intake) -> Result<Option<Fed>> {
        let Some(batch) = self.stream.next().await else { return Ok(None) };
        intake.batch(&batch.map_err(Into::into).context(SourceSnafu)?).map(Some)
    }
}

impl Intake {
    fn records<T: Serialize>(&mut self, records: &[T]) -> Result<Fed> {
        let first = self.read;
        let mut made = self.rows.block(records, first, self.on_misfit);
        if self.grows && lacks_column(&made) {
            self.rows.add(convert::of_records(records, &self.told));
            made = self.rows.block(records, first, self.on_misfit);
        }
        let json = |at: usize| records.get(at).and_then(|record| serde_json::to_string(record).ok());
        self.fed(made, json)
    }

    fn batch(&mut self, batch: &RecordBatch) -> Result<Fed> {
        if self.grows {
            let missing = |column: &NewColumn| matches!(self.rows.find(&column.field), Ok(None));
            let new: Vec<NewColumn> =
                convert::of_batch(batch, &self.told).into_iter().filter(missing).collect();
            if !new.is_empty() {
                self.rows.add(new);
            }
        }
        let made = self.rows.batch_block(batch, self.read, self.on_misfit);
        self.fed(made, |_| None)
    }

    fn fed(
        &mut self,
        made: Result<Block, (usize, Misfit)>,
        json: impl Fn(usize) -> Option<String>,
    ) -> Result<Fed> {
        let first = self.read;
        let row = |at: usize| first.saturating_add(u64::try_from(at).unwrap_or(u64::MAX));
        let block = match made {
            Ok(block) => block,
            Err((at, misfit)) => return Err(misfit).context(RowSnafu { row: row(at) })?,
        };
        self.read = row(block.read);
        let rejected = block.rejected.iter().map(|(at, misfit)| RejectedRow {
            row: Some(row(*at)),
            file: None,
            column: misfit.column().map(str::to_owned),
            error: misfit.to_string(),
            record: json(*at),
        });
        Ok(Fed { rejected: rejected.collect(), block })
    }
}

/// Whether a record has a field that the table has no column for.
fn lacks_column(made: &Result<Block, (usize, Misfit)>) -> bool {
    let unknown = |misfit: &Misfit| matches!(misfit, Misfit::Unknown(_));
    match made {
        Ok(block) => block.rejected.iter().any(|(_, misfit)| unknown(misfit)),
        Err((_, misfit)) => unknown(misfit),
    }
}
