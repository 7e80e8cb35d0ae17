//! Reading all rows, and bringing them to where a statement can take them from.

use std::sync::Arc;

use arrow_array::RecordBatch;

use super::binds::{MAX_BYTES, MAX_VALUES};
use super::convert::Block;
use super::feed::{Fed, Feed, Intake};
use super::gauge::Gauge;
use super::letters::Letters;
use super::options::{BulkInsertOptions, BulkMethod};
use super::parts::{Limits, Part, Parts, Sink, count, size};
use crate::copy::OnError;
use crate::error::Result;

/// Rows that have been read to their end.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) staged: Staged,
    pub(super) rows: u64,
    pub(super) bytes: u64,
    /// The most bytes that were held in memory at a time, where rows went into files.
    pub(super) peak: usize,
}

/// Where the rows are.
#[derive(Debug)]
pub(super) enum Staged {
    /// In memory, few as they are.
    Rows(Vec<RecordBatch>),
    /// In files.
    Files(Vec<Part>),
}

/// Reads all rows of a feed. Few of them stay in memory, if the options leave the choice; many become files.
pub(super) async fn gather<F: Feed>(
    feed: &mut F,
    intake: &mut Intake,
    letters: &mut Letters,
    sink: Arc<dyn Sink>,
    options: &BulkInsertOptions,
) -> Result<Gathered> {
    let limits =
        Limits { bytes: options.max_part_bytes, rows: options.max_part_rows, parallel: options.parallel };
    let mut few = Few::default();
    let mut rest = loop {
        let Some(fed) = feed.next(intake).await? else { break None };
        few.take(keep(fed, letters).await?);
        if !may_bind(options, intake) || (few.is_many(intake) && options.method != BulkMethod::Binds) {
            break Some(Parts::new(Arc::clone(&sink), limits, Gauge::default()));
        }
    };
    let Some(mut parts) = rest.take() else {
        return Ok(few.into_gathered());
    };
    let gauge = parts.gauge().clone();
    for block in few.blocks {
        parts.push(block).await?;
    }
    while let Some(fed) = feed.next(intake).await? {
        parts.push(keep(fed, letters).await?).await?;
    }
    let parts = parts.finish().await?;
    Ok(Gathered {
        rows: parts.iter().map(|part| part.rows).sum(),
        bytes: parts.iter().map(|part| part.bytes).sum(),
        staged: Staged::Files(parts),
        peak: gauge.peak(),
    })
}

async fn keep(fed: Fed, letters: &mut Letters) -> Result<Block> {
    letters.add(fed.rejected).await?;
    Ok(fed.block)
}

/// Whether the options, and the columns that values were seen for, let rows go as binds.
fn may_bind(options: &BulkInsertOptions, intake: &Intake) -> bool {
    let plain = !intake.rows.active().any(|column| column.data_type.is_semi_structured());
    match options.method {
        BulkMethod::Files => false,
        BulkMethod::Binds => true,
        BulkMethod::Auto => {
            options.batch_id.is_none() && options.on_error == OnError::AbortStatement && plain
        }
    }
}

/// Blocks that may turn out to be all.
#[derive(Debug, Default)]
struct Few {
    blocks: Vec<Block>,
    rows: usize,
    bytes: usize,
}

impl Few {
    fn take(&mut self, block: Block) {
        self.rows += block.batch.num_rows();
        self.bytes += size(&block.batch);
        self.blocks.push(block);
    }

    fn is_many(&self, intake: &Intake) -> bool {
        self.bytes > MAX_BYTES || self.rows.saturating_mul(intake.rows.active().count()) > MAX_VALUES
    }

    fn into_gathered(self) -> Gathered {
        let batches = self.blocks.into_iter().map(|block| block.batch).filter(|batch| batch.num_rows() > 0);
        Gathered {
            rows: count(self.rows),
            bytes: count(self.bytes),
            staged: Staged::Rows(batches.collect()),
            peak: self.bytes,
        }
    }
}
