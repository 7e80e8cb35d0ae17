//! Rows into files of a stage: written on a worker thread while the rows before them are uploaded.

use std::fmt;
use std::sync::Arc;

use arrow_array::{Array, RecordBatch};
use arrow_schema::SchemaRef;
use bytes::Bytes;
use ring::digest::{Context, SHA256, digest};
use snowflake_transport::BoxFuture;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle, JoinSet};

use super::convert::Block;
use super::encode::Encoder;
use super::gauge::{Gauge, Held};
use crate::error::{Error, Repr, Result};

/// Blocks that wait for a file to take them in.
const WAITING: usize = 2;

/// Where files go.
pub(super) trait Sink: fmt::Debug + Send + Sync {
    /// Puts a file that is not there yet.
    fn put(&self, name: String, content: Bytes) -> BoxFuture<'_, Result<()>>;
}

/// How large files become, and how many there are in memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) bytes: usize,
    pub(super) rows: usize,
    pub(super) parallel: usize,
}

/// A file that is in the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Its place among the files of the load.
    number: usize,
    /// Its name, of which its content is a part: another content is another file.
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) rows: u64,
    /// The ranges of the input that its rows are, each with the number of the first.
    pub(super) spans: Vec<Span>,
}

/// Rows of a file that follow one another in the input, but for those that were left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    first: u64,
    read: usize,
    rejected: Vec<usize>,
}

impl Part {
    /// The number in the input of a row of this file, both from 0.
    pub(super) fn input_row(&self, row: u64) -> Option<u64> {
        let mut left = usize::try_from(row).ok()?;
        for span in &self.spans {
            let kept = span.read.saturating_sub(span.rejected.len());
            if left >= kept {
                left -= kept;
                continue;
            }
            let mut at = left;
            for rejected in &span.rejected {
                at += usize::from(*rejected <= at);
            }
            return span.first.checked_add(u64::try_from(at).ok()?);
        }
        None
    }
}

/// The digest of a load: that of the names of its files, which are made of their contents.
pub(super) fn digest_of(parts: &[Part]) -> String {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part.name.as_bytes());
        context.update(b"\n");
    }
    hex(context.finish().as_ref())
}

/// The first 16 bytes in hexadecimal.
pub(super) fn hex(digest: &[u8]) -> String {
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Makes files and hands them on.
///
/// At most [`Limits::parallel`] files are in memory at a time, encoded; whoever has more rows waits.
/// Dropping it stops the uploads; what lies in the stage by then stays there.
#[derive(Debug)]
pub(super) struct Parts {
    sink: Arc<dyn Sink>,
    limits: Limits,
    gauge: Gauge,
    open: Option<Open>,
    begun: usize,
    under_way: JoinSet<Result<Part>>,
    done: Vec<Part>,
}

/// The file that takes rows.
#[derive(Debug)]
struct Open {
    schema: SchemaRef,
    blocks: mpsc::Sender<(RecordBatch, Held)>,
    encoder: JoinHandle<Result<(Bytes, Held)>>,
    bytes: usize,
    rows: usize,
    spans: Vec<Span>,
}

impl Parts {
    pub(super) fn new(sink: Arc<dyn Sink>, limits: Limits, gauge: Gauge) -> Self {
        let (under_way, done) = (JoinSet::new(), Vec::new());
        Self { sink, limits, gauge, open: None, begun: 0, under_way, done }
    }

    pub(super) fn gauge(&self) -> &Gauge {
        &self.gauge
    }

    /// Takes rows in. Where files end depends on nothing but the rows, so that the same rows are the same files.
    pub(super) async fn push(&mut self, block: Block) -> Result<()> {
        let rows = block.batch.num_rows();
        let bytes = size(&block.batch);
        let is_full = |open: &Open| {
            open.schema != block.batch.schema()
                || open.bytes.saturating_add(bytes) > self.limits.bytes
                || open.rows.saturating_add(rows) > self.limits.rows
        };
        if self.open.as_ref().is_some_and(is_full) {
            self.end_part().await?;
        }
        if rows == 0 {
            return Ok(());
        }
        let held = self.gauge.hold(bytes);
        let open = match &mut self.open {
            Some(open) => open,
            None => {
                self.make_room().await?;
                self.open.insert(Open::begin(block.batch.schema(), self.gauge.hold(0)))
            }
        };
        open.bytes = open.bytes.saturating_add(bytes);
        open.rows = open.rows.saturating_add(rows);
        let rejected = block.rejected.iter().map(|(at, _)| *at).collect();
        open.spans.push(Span { first: block.first, read: block.read, rejected });
        if open.blocks.send((block.batch, held)).await.is_err() {
            // The encoder has ended early: its own error says why.
            return self.end_part().await;
        }
        Ok(())
    }

    /// Ends the last file, and waits until all of them are in the stage; in the order of their rows.
    pub(super) async fn finish(mut self) -> Result<Vec<Part>> {
        self.end_part().await?;
        while let Some(part) = self.under_way.join_next().await {
            self.done.push(joined(part)??);
        }
        self.done.sort_by_key(|part| part.number);
        Ok(self.done)
    }

    /// Waits until there are fewer files in memory than there may be, the next one counted.
    async fn make_room(&mut self) -> Result<()> {
        while self.under_way.len() >= self.limits.parallel {
            match self.under_way.join_next().await {
                Some(part) => self.done.push(joined(part)??),
                None => break,
            }
        }
        Ok(())
    }

    /// Ends the open file and uploads it while the next one is filled.
    async fn end_part(&mut self) -> Result<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let number = self.begun;
        self.begun += 1;
        let Open { blocks, encoder, rows, spans, .. } = open;
        drop(blocks);
        let sink = Arc::clone(&self.sink);
        self.under_way.spawn(async move {
            let (content, _held) = joined(encoder.await)??;
            let digest = hex(digest(&SHA256, &content).as_ref());
            let name = format!("part-{number:06}-{digest}.parquet");
            let bytes = count(content.len());
            sink.put(name.clone(), content).await?;
            Ok(Part { number, name, bytes, rows: count(rows), spans })
        });
        // A failure is told as soon as it is known, before more rows are read.
        while let Some(part) = self.under_way.try_join_next() {
            self.done.push(joined(part)??);
        }
        Ok(())
    }
}

impl Open {
    fn begin(schema: SchemaRef, held: Held) -> Self {
        let (blocks, mut waiting) = mpsc::channel::<(RecordBatch, Held)>(WAITING);
        let of_file = Arc::clone(&schema);
        let encoder = tokio::task::spawn_blocking(move || {
            let mut encoder = Encoder::new(&of_file, held)?;
            while let Some((batch, held)) = waiting.blocking_recv() {
                encoder.write(&batch)?;
                drop((batch, held));
            }
            encoder.finish()
        });
        Self { schema, blocks, encoder, bytes: 0, rows: 0, spans: Vec::new() }
    }
}

/// A task that was stopped, or that panicked, is an error of this load.
fn joined<T>(joined: Result<T, JoinError>) -> Result<T> {
    joined.map_err(|failed| Error::from(Repr::Write { source: std::io::Error::other(failed) }))
}

/// Bytes of the rows in memory, whatever else the arrays share their memory with.
pub(super) fn size(batch: &RecordBatch) -> usize {
    let of = |array: &Arc<dyn Array>| array.to_data().get_slice_memory_size().unwrap_or(0);
    batch.columns().iter().map(of).sum()
}

pub(super) fn count(value: usize) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}
