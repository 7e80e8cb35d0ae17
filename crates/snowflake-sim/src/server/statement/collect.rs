//! From the engine's stream of batches to a result: the first rows inline, the rest in gzip'd parts.

use std::io::Write as _;
use std::sync::Arc;

use arrow_array::{Array as _, RecordBatch};
use arrow_schema::ArrowError;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::{StreamExt as _, TryStreamExt as _};

use crate::encode::{Encoding, Format};
use crate::engine::{Rows, SqlError};
use crate::service::{Part, PartKey, ResultSet};

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

/// Reads the stream to its end, then encodes what it brought.
pub(super) async fn collect(
    query_id: String,
    rows: Rows,
    format: Format,
    limits: Limits,
    key: PartKey,
) -> Result<ResultSet, SqlError> {
    let mut stream = rows.batches;
    let mut batches = Vec::new();
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        if batch.num_rows() > 0 {
            batches.push(batch);
        }
    }
    let encoding = Arc::new(Encoding::new(format, rows.columns.clone(), &batches));
    let mut parts = cut(limits, &batches).into_iter();
    let first = join(&parts.next().unwrap_or_default()).map_err(SqlError::internal)?;
    let inline = encoding.inline(first.as_ref()).map_err(SqlError::internal)?;
    let encoded = futures::stream::iter(parts)
        .map(|slices| {
            let encoding = Arc::clone(&encoding);
            tokio::task::spawn_blocking(move || part(&encoding, &slices))
        })
        .buffered(ENCODERS)
        .map(|joined| joined.map_err(SqlError::internal)?);
    let parts = encoded.try_collect().await?;
    Ok(ResultSet {
        query_id,
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

/// Cuts a result into the slices of its parts, the inline one first.
fn cut(limits: Limits, batches: &[RecordBatch]) -> Vec<Vec<RecordBatch>> {
    let mut cutter = Cutter { limits, n: 0, rows: 0, bytes: 0, slices: Vec::new() };
    let mut parts: Vec<_> = batches.iter().flat_map(|batch| cutter.push(batch)).collect();
    parts.push(cutter.slices);
    parts
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

/// The slices of a part as one batch; `None` if there is none.
fn join(slices: &[RecordBatch]) -> Result<Option<RecordBatch>, ArrowError> {
    match slices {
        [] => Ok(None),
        [only] => Ok(Some(only.clone())),
        [first, ..] => arrow_select::concat::concat_batches(&first.schema(), slices).map(Some),
    }
}

fn part(encoding: &Encoding, slices: &[RecordBatch]) -> Result<Part, SqlError> {
    let rows = join(slices).map_err(SqlError::internal)?;
    let bytes =
        rows.map_or_else(|| Ok(Vec::new()), |rows| encoding.part(&rows)).map_err(SqlError::internal)?;
    let mut gzip = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::fast());
    gzip.write_all(&bytes).map_err(SqlError::internal)?;
    let body = Bytes::from(gzip.finish().map_err(SqlError::internal)?);
    Ok(Part {
        rows: slices.iter().map(RecordBatch::num_rows).sum(),
        uncompressed: bytes.len(),
        body,
        is_gzip: true,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array, RecordBatch};

    use super::Limits;

    fn cut(limits: Limits, batches: &[i64]) -> Vec<usize> {
        let batches = batches.iter().map(|rows| {
            let column: ArrayRef = Arc::new(Int64Array::from_iter_values(0..*rows));
            RecordBatch::try_from_iter([("n", column)]).unwrap()
        });
        let parts = super::cut(limits, &batches.collect::<Vec<_>>());
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
