//! From the engine's stream of batches to a result: the first rows inline, the rest in gzip'd parts.

use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::Arc;

use arrow_array::{Array as _, RecordBatch};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::StreamExt as _;
use snowflake_proto::Column;
use tokio::task::JoinHandle;

use super::result::{Part, PartKey, ResultSet};
use crate::engine::{Rows, SqlError};
use crate::server::encode::{self, Format};

/// Parts that are encoded at the same time.
const ENCODERS: usize = 4;

/// How a result is cut.
#[derive(Clone, Copy, Debug)]
pub(in crate::server) struct Limits {
    /// Rows of the inline part and of each other part.
    pub(in crate::server) rows: usize,
    /// Bytes of the rows in one part, before encoding.
    pub(in crate::server) bytes: usize,
}

impl Limits {
    /// Bytes of the `n`th part: the inline part (0) is small, later parts double up to the limit, so that
    /// a reader has something to do soon.
    fn bytes_of(self, n: usize) -> usize {
        const INLINE: usize = 1 << 20;
        let doublings = u32::try_from(n.saturating_sub(1)).unwrap_or(u32::MAX);
        INLINE.checked_shl(doublings.min(32)).unwrap_or(usize::MAX).min(self.bytes).max(1)
    }
}

/// Reads the stream to its end.
pub(super) async fn collect(
    rows: Rows,
    format: Format,
    limits: Limits,
    key: PartKey,
) -> Result<ResultSet, SqlError> {
    let columns: Arc<[Column]> = rows.columns.clone().into();
    let mut stream = rows.batches;
    let mut cutter = Cutter { limits, n: 0, rows: 0, bytes: 0, slices: Vec::new() };
    let mut encoder = Encoder { columns, format, inline: None, running: VecDeque::new(), parts: Vec::new() };
    let mut batches = Vec::new();
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        for slices in cutter.push(&batch) {
            encoder.push(slices).await?;
        }
        if batch.num_rows() > 0 {
            batches.push(batch);
        }
    }
    if !cutter.slices.is_empty() {
        encoder.push(cutter.slices).await?;
    }
    let (inline, parts) = encoder.finish().await?;
    Ok(ResultSet {
        columns: rows.columns,
        total: batches.iter().map(RecordBatch::num_rows).sum(),
        batches,
        statement_type: rows.statement_type,
        stats: rows.stats,
        number_of_binds: rows.number_of_binds,
        array_bind_supported: rows.array_bind_supported,
        format,
        inline,
        parts,
        key,
    })
}

/// Cuts a sequence of batches where parts end.
struct Cutter {
    limits: Limits,
    n: usize,
    rows: usize,
    bytes: usize,
    slices: Vec<RecordBatch>,
}

impl Cutter {
    /// Takes a batch in, and gives out the parts that are full.
    fn push(&mut self, batch: &RecordBatch) -> Vec<Vec<RecordBatch>> {
        let mut full = Vec::new();
        let per_row = (size(batch) / batch.num_rows().max(1)).max(1);
        let mut offset = 0;
        while offset < batch.num_rows() {
            let room = self.limits.bytes_of(self.n).saturating_sub(self.bytes) / per_row;
            let room = room.min(self.limits.rows.saturating_sub(self.rows));
            // A part takes at least one row, however wide.
            let room = if self.rows == 0 { room.max(1) } else { room };
            let taken = room.min(batch.num_rows() - offset);
            if taken > 0 {
                self.slices.push(batch.slice(offset, taken));
                self.rows += taken;
                self.bytes += taken * per_row;
                offset += taken;
            }
            if offset < batch.num_rows() {
                full.push(std::mem::take(&mut self.slices));
                (self.n, self.rows, self.bytes) = (self.n + 1, 0, 0);
            }
        }
        full
    }
}

/// The bytes of the rows themselves, not of the buffers that they are slices of.
fn size(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(|array| array.to_data().get_slice_memory_size().unwrap_or_default()).sum()
}

/// Encodes parts on blocking threads, in order.
struct Encoder {
    columns: Arc<[Column]>,
    format: Format,
    inline: Option<encode::Inline>,
    running: VecDeque<JoinHandle<Result<Part, SqlError>>>,
    parts: Vec<Part>,
}

impl Encoder {
    async fn push(&mut self, slices: Vec<RecordBatch>) -> Result<(), SqlError> {
        if self.inline.is_none() {
            let inline = encode::inline(self.format, &self.columns, &slices).map_err(SqlError::internal)?;
            self.inline = Some(inline);
            return Ok(());
        }
        if self.running.len() >= ENCODERS {
            self.reap().await?;
        }
        let (columns, format) = (Arc::clone(&self.columns), self.format);
        self.running.push_back(tokio::task::spawn_blocking(move || part(format, &columns, &slices)));
        Ok(())
    }

    async fn reap(&mut self) -> Result<(), SqlError> {
        if let Some(task) = self.running.pop_front() {
            self.parts.push(task.await.map_err(SqlError::internal)??);
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<(encode::Inline, Vec<Part>), SqlError> {
        while !self.running.is_empty() {
            self.reap().await?;
        }
        let inline = match self.inline {
            Some(inline) => inline,
            None => encode::inline(self.format, &self.columns, &[]).map_err(SqlError::internal)?,
        };
        Ok((inline, self.parts))
    }
}

fn part(format: Format, columns: &[Column], slices: &[RecordBatch]) -> Result<Part, SqlError> {
    let bytes = encode::part(format, columns, slices).map_err(SqlError::internal)?;
    let mut gzip = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::fast());
    gzip.write_all(&bytes).map_err(SqlError::internal)?;
    let body = Bytes::from(gzip.finish().map_err(SqlError::internal)?);
    Ok(Part { rows: slices.iter().map(RecordBatch::num_rows).sum(), uncompressed: bytes.len(), body })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array, RecordBatch};

    use super::{Cutter, Limits};

    fn cut(limits: Limits, batches: &[i64]) -> Vec<usize> {
        let mut cutter = Cutter { limits, n: 0, rows: 0, bytes: 0, slices: Vec::new() };
        let mut parts = Vec::new();
        for rows in batches {
            let column: ArrayRef = Arc::new(Int64Array::from_iter_values(0..*rows));
            let batch = RecordBatch::try_from_iter([("n", column)]).unwrap();
            parts.extend(cutter.push(&batch));
        }
        parts.push(cutter.slices);
        parts.iter().map(|slices| slices.iter().map(RecordBatch::num_rows).sum()).collect()
    }

    #[test]
    fn parts_are_cut_by_rows_across_batches() {
        let limits = Limits { rows: 3, bytes: usize::MAX };
        assert_eq!(cut(limits, &[2, 2, 5]), [3, 3, 3]);
        assert_eq!(cut(limits, &[3]), [3]);
        assert_eq!(cut(limits, &[0]), [0]);
    }

    #[test]
    fn parts_are_cut_by_bytes_and_hold_at_least_one_row() {
        assert_eq!(cut(Limits { rows: usize::MAX, bytes: 17 }, &[5]), [2, 2, 1]);
        assert_eq!(cut(Limits { rows: usize::MAX, bytes: 1 }, &[2]), [1, 1]);
    }
}
