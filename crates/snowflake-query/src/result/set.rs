//! What a query answer says about its result, and the ways to read it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use arrow_array::RecordBatch;
use snafu::ResultExt;
use snowflake_proto::ResultSchema;
use snowflake_proto::wire::query::Response;
use tokio::sync::Mutex;

use super::chunk::Manifest;
use super::columns::Columns;
use super::fault::{ChunkPanicSnafu, Fault, IncompleteResultSnafu, InlineSnafu};
use super::fetch::{Fetcher, Format, Parts, Refresh, on_decoder};
use super::options::ResultOptions;
use super::prefetch::Order;
use super::rows::Rows;
use super::stream::BatchStream;
use crate::error::Error;

/// Inline rows beyond this size are decoded where they block no task.
const LARGE_INLINE: usize = 64 << 10;

/// A result: its columns, the rows that came with the answer, and where the others are.
///
/// It needs no session any more.
#[derive(Debug)]
pub(crate) struct ResultSet {
    schema: ResultSchema,
    columns: Arc<Columns>,
    inline: Vec<RecordBatch>,
    parts: Parts,
    orders: Vec<Order>,
    rows: u64,
    options: ResultOptions,
}

impl ResultSet {
    /// Reads the answer of a statement that has finished.
    ///
    /// When the inline rows and the parts do not add up to the announced total, the answer is asked for
    /// once more with `refresh`, and then given up.
    pub(crate) async fn open(
        response: Response,
        fetcher: Fetcher,
        options: ResultOptions,
        refresh: Option<Refresh>,
    ) -> Result<Self, Error> {
        let described = match (Described::read(response, &options).await, &refresh) {
            (Err(Fault::IncompleteResult { .. }), Some(refresh)) => {
                tracing::debug!("asking for an answer again whose rows do not add up");
                Described::read(refresh().await?, &options).await?
            }
            (described, _) => described?,
        };
        let Described { schema, format, inline, manifest } = described;
        let inline_rows: usize = inline.iter().map(RecordBatch::num_rows).sum();
        let rows = manifest.rows().saturating_add(inline_rows as u64);
        let orders = manifest.chunks.iter().enumerate().filter(|(_, chunk)| chunk.rows > 0);
        let orders = orders
            .map(|(index, chunk)| Order { index, inflated: chunk.inflated, compressed: chunk.compressed })
            .collect();
        let columns = Arc::new(Columns::new(schema.columns().to_vec()));
        let parts = Parts {
            fetcher,
            schema: schema.clone(),
            format,
            hosts: options.part_hosts,
            refresh,
            manifest: Mutex::new(Arc::new(manifest)),
            refreshes: AtomicU32::new(0),
        };
        Ok(Self { schema, columns, inline, parts, orders, rows, options })
    }

    /// How many rows the result has.
    pub(crate) fn len(&self) -> u64 {
        self.rows
    }

    /// The batches in order, fetched as they are read.
    pub(crate) fn into_batches(self) -> BatchStream {
        let inline = self.inline.into_iter().filter(|batch| batch.num_rows() > 0).collect::<VecDeque<_>>();
        BatchStream::new(
            self.schema,
            self.columns,
            self.rows,
            inline,
            Arc::new(self.parts),
            self.orders,
            self.options.budget,
            self.options.prefetch,
        )
    }

    /// Fetches all rows.
    pub(crate) async fn collect(self) -> Result<Rows, Error> {
        self.into_batches().collect().await
    }
}

/// The parts of an answer that describe a result.
struct Described {
    schema: ResultSchema,
    format: Format,
    inline: Vec<RecordBatch>,
    manifest: Manifest,
}

impl Described {
    async fn read(mut response: Response, options: &ResultOptions) -> Result<Self, Fault> {
        let row_types = response.row_type.take().unwrap_or_default();
        let schema = ResultSchema::from_row_types(&row_types, options.arrow).context(InlineSnafu)?;
        let arrow = response
            .query_result_format
            .as_deref()
            .is_some_and(|format| format.eq_ignore_ascii_case("arrow"));
        let format = if arrow { Format::Arrow } else { Format::Json };
        let manifest = Manifest::from_response(&response, options.part_hosts)?;
        let inline = inline(&mut response, &schema).await?;
        let got =
            inline.iter().map(|batch| batch.num_rows() as u64).sum::<u64>().saturating_add(manifest.rows());
        if let Some(expected) = response.total.and_then(|total| u64::try_from(total).ok()) {
            snafu::ensure!(got == expected, IncompleteResultSnafu { expected, got });
        }
        Ok(Self { schema, format, inline, manifest })
    }
}

/// The rows that came with the answer, in whichever form it has them.
async fn inline(response: &mut Response, schema: &ResultSchema) -> Result<Vec<RecordBatch>, Fault> {
    if let Some(text) = response.rowset_base64.take().filter(|text| !text.is_empty()) {
        if text.len() < LARGE_INLINE {
            return schema.decode_arrow_base64(&text).context(InlineSnafu);
        }
        let schema = schema.clone();
        return decoded(on_decoder(move || schema.decode_arrow_base64(&text)).await);
    }
    match response.rowset.take() {
        Some(rows) if !rows.is_empty() => {
            let decode =
                |schema: &ResultSchema, rows: &[_]| schema.decode_json_rows(rows).map(|batch| vec![batch]);
            // A cell costs something even where it holds no text.
            let size = |cell: &Option<String>| 8 + cell.as_ref().map_or(0, String::len);
            if rows.iter().flatten().map(size).sum::<usize>() < LARGE_INLINE {
                return decode(schema, &rows).context(InlineSnafu);
            }
            let schema = schema.clone();
            decoded(on_decoder(move || decode(&schema, &rows)).await)
        }
        _ => Ok(Vec::new()),
    }
}

fn decoded(outcome: Option<snowflake_proto::Result<Vec<RecordBatch>>>) -> Result<Vec<RecordBatch>, Fault> {
    match outcome {
        Some(batches) => batches.context(InlineSnafu),
        None => ChunkPanicSnafu { chunk: 0_usize }.fail(),
    }
}
