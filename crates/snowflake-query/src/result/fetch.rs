//! Fetching and decoding one part of a result, with fresh addresses when they expire.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

use arrow_array::{Array, RecordBatch};
use bytes::Bytes;
use http::Method;
use snafu::ResultExt;
use snowflake_proto::wire::query::Response;
use snowflake_proto::{ResultSchema, rowset};
use snowflake_transport::{
    Body, BoxFuture, ContentEncoding, Entropy, Request, RequestOptions, Retrier, RetryClass, Sensitivity,
    StallLimit, Transport,
};
use tokio::sync::{Mutex, Semaphore};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::answer::{self, Verdict};
use super::chunk::{Chunk, Manifest, PartHosts};
use super::content;
use super::fault::{
    AnsweredSnafu, ChangedSnafu, ChunkCorruptSnafu, ChunkPanicSnafu, DownloadSnafu, Fault,
    IncompleteChunkSnafu, RedirectedSnafu, StorageDeniedSnafu,
};
use super::options::cores;
use super::resume::Resuming;
use crate::error::Error;
use crate::metric;

/// No part is larger than this, on the wire or inflated.
pub(super) const MAX_PART: usize = i32::MAX as usize;
/// The description of a result is asked for at most so often without a download in between that succeeds.
const MAX_REFRESHES: u32 = 2;

/// Inflating and decoding keep a core busy, so that more at once than there are cores would only cost memory.
static DECODERS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(cores().get())));

/// Asks the server for the answer of the statement once more, with fresh addresses of its parts; when it has none any
/// more, the error says so.
pub(crate) type Refresh = Arc<dyn Fn() -> BoxFuture<'static, Result<Response, Error>> + Send + Sync>;

/// The encoding of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Arrow,
    Json,
}

/// How requests leave: all that is left of a session once the parts of a result are known.
#[derive(Clone, Debug)]
pub(crate) struct Fetcher {
    transport: Arc<dyn Transport>,
    retrier: Retrier,
}

impl Fetcher {
    pub(crate) fn new(transport: Arc<dyn Transport>, retrier: Retrier) -> Self {
        Self { transport, retrier }
    }

    pub(crate) fn entropy(&self) -> Arc<dyn Entropy> {
        Arc::clone(self.retrier.entropy())
    }
}

/// The remote parts of one result.
pub(crate) struct Parts {
    pub(super) fetcher: Fetcher,
    pub(super) schema: ResultSchema,
    pub(super) format: Format,
    pub(super) hosts: PartHosts,
    pub(super) refresh: Option<Refresh>,
    pub(super) manifest: Mutex<Arc<Manifest>>,
    /// Descriptions asked for since the last download that succeeded.
    pub(super) refreshes: AtomicU32,
}

/// One decoded part.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) batches: Vec<RecordBatch>,
    /// Size after inflating.
    pub(crate) inflated: u64,
    /// What the batches hold, as far as it can be told.
    pub(crate) held: u64,
}

impl Parts {
    pub(super) fn entropy(&self) -> Arc<dyn Entropy> {
        self.fetcher.entropy()
    }

    /// Fetches and decodes a part; whatever is not as announced is fetched a second time, from the start.
    pub(crate) async fn part(&self, index: usize) -> Result<Part, Error> {
        match self.attempt(index).await? {
            Ok(part) => Ok(part),
            Err(damage) => {
                tracing::debug!(part = index, %damage, "fetching a damaged part of a result again");
                Ok(self.attempt(index).await??)
            }
        }
    }

    /// The outer error: the part could not be fetched. The inner one: what was fetched is not the part.
    async fn attempt(&self, index: usize) -> Result<Result<Part, Fault>, Error> {
        let span = tracing::debug_span!(
            "chunk.fetch",
            otel.kind = "client",
            db.system.name = "snowflake",
            part = index,
            server.address = Empty,
            bytes = Empty,
            "error.type" = Empty,
        );
        self.measured(index, &span).instrument(span.clone()).await
    }

    async fn measured(&self, index: usize, span: &Span) -> Result<Result<Part, Fault>, Error> {
        let clock = self.fetcher.retrier.clock();
        let started = clock.now();
        let downloaded = self.download(index).await.inspect_err(|error| {
            metric::part("failed", None);
            span.record("error.type", error.kind().as_str());
        });
        let (chunk, body) = downloaded?;
        let (stored, arrived) = (body.len() as u64, clock.now());
        span.record("server.address", chunk.host()).record("bytes", stored);
        metric::took("download", arrived.saturating_duration_since(started));
        let decoded = self.decode(index, &chunk, body).await;
        metric::took("decode", clock.now().saturating_duration_since(arrived));
        match &decoded {
            Ok(part) => metric::part("success", Some((stored, part.inflated))),
            Err(_) => {
                metric::part("damaged", None);
                span.record("error.type", "incomplete");
            }
        }
        Ok(decoded)
    }

    async fn download(&self, index: usize) -> Result<(Chunk, Bytes), Error> {
        let mut renewed = false;
        loop {
            let manifest = Arc::clone(&*self.manifest.lock().await);
            // Every description has the same parts, which is checked before one replaces another.
            let Some(chunk) = manifest.chunks.get(index).cloned() else { return Err(Fault::Changed.into()) };
            let answer = self.send(index, &chunk, &manifest).await?;
            let (host, status) = (chunk.host(), answer.status().as_u16());
            match answer::judge(&answer) {
                Verdict::Part => {
                    self.refreshes.store(0, Ordering::Relaxed);
                    return Ok((chunk, answer.into_body()));
                }
                // A fresh address that is refused as well was not too old.
                Verdict::Renew if !renewed => {
                    renewed = true;
                    self.refresh(&manifest, || denied(index, &chunk, &answer)).await?;
                }
                Verdict::Renew => return Err(denied(index, &chunk, &answer).into()),
                Verdict::Elsewhere => {
                    return Err(RedirectedSnafu { chunk: index, host, status }.build().into());
                }
                Verdict::Refused => {
                    return Err(AnsweredSnafu { chunk: index, host, status }.build().into());
                }
            }
        }
    }

    async fn send(
        &self,
        index: usize,
        chunk: &Chunk,
        manifest: &Manifest,
    ) -> Result<http::Response<Bytes>, Fault> {
        let make = |_| -> BoxFuture<'static, _> {
            let mut request = Request::new(Body::empty());
            *request.method_mut() = Method::GET;
            *request.uri_mut() = chunk.uri.clone();
            *request.headers_mut() = manifest.headers.clone();
            RequestOptions::new("chunk")
                .with_sensitivity(Sensitivity::Sensitive)
                .with_content_encoding(ContentEncoding::Keep)
                .with_body_cap(MAX_PART)
                .with_stall(StallLimit::STORAGE)
                .attach(&mut request);
            Box::pin(std::future::ready(Ok::<_, snowflake_transport::Error>(request)))
        };
        let transport = Resuming::new(&self.fetcher.transport);
        self.fetcher
            .retrier
            .fetch(&transport, RetryClass::Storage, make, answer::accept)
            .await
            .with_context(|_| DownloadSnafu { chunk: index, host: chunk.host() })
    }

    /// Replaces a description whose addresses are refused, unless another part's download has already done so.
    async fn refresh(&self, refused: &Arc<Manifest>, denied: impl Fn() -> Fault) -> Result<(), Error> {
        let mut manifest = self.manifest.lock().await;
        if !Arc::ptr_eq(&manifest, refused) {
            return Ok(());
        }
        let Some(refresh) = &self.refresh else { return Err(denied().into()) };
        if self.refreshes.fetch_add(1, Ordering::Relaxed) >= MAX_REFRESHES {
            return Err(denied().into());
        }
        tracing::debug!("asking for fresh addresses of the parts of a result");
        metric::addresses_renewed();
        let response = refresh().await?;
        let fresh = Manifest::from_response(&response, self.hosts)?;
        snafu::ensure!(fresh.describes_the_same_parts(&manifest), ChangedSnafu);
        *manifest = Arc::new(fresh);
        Ok(())
    }

    async fn decode(&self, index: usize, chunk: &Chunk, body: Bytes) -> Result<Part, Fault> {
        let (schema, format) = (self.schema.clone(), self.format);
        let stated = usize::try_from(chunk.inflated).unwrap_or(0);
        let decoded = on_decoder(move || {
            let plain =
                rowset::inflate(body, stated, MAX_PART).context(ChunkCorruptSnafu { chunk: index })?;
            let (inflated, seen) = (plain.len(), content::look(&plain));
            // The cause decides which failure this is.
            let batches = decode(&schema, format, plain)
                .map_err(|cause| content::explain(index, format, seen, cause))?;
            // Arrow columns share the inflated bytes unless they were converted; JSON is gone by now.
            let shared = if format == Format::Arrow { inflated } else { 0 };
            let held = shared.max(batches.iter().map(size).sum());
            Ok(Part { batches, inflated: inflated as u64, held: held as u64 })
        });
        let part = decoded.await.unwrap_or_else(|| ChunkPanicSnafu { chunk: index }.fail())?;
        let got: u64 = part.batches.iter().map(|batch| batch.num_rows() as u64).sum();
        snafu::ensure!(got == chunk.rows, IncompleteChunkSnafu { chunk: index, expected: chunk.rows, got });
        Ok(part)
    }
}

fn decode(schema: &ResultSchema, format: Format, plain: Bytes) -> snowflake_proto::Result<Vec<RecordBatch>> {
    match format {
        Format::Arrow => schema.decode_arrow(plain),
        Format::Json => schema.decode_json_chunk(&plain).map(|batch| vec![batch]),
    }
}

/// Runs what keeps a core busy where it blocks no task; `None` when it panicked.
pub(crate) async fn on_decoder<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    // The semaphore is never closed; without a permit the work would merely be unlimited.
    let permit = Arc::clone(&DECODERS).acquire_owned().await.ok();
    let task = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(permit);
        done
    });
    task.await.ok()
}

/// The bytes of the values of a batch.
fn size(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(|array| array.to_data().get_slice_memory_size().unwrap_or(0)).sum()
}

fn denied(index: usize, chunk: &Chunk, answer: &http::Response<Bytes>) -> Fault {
    StorageDeniedSnafu {
        chunk: index,
        host: chunk.host(),
        status: answer.status().as_u16(),
        code: answer::code(answer),
    }
    .build()
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("format", &self.format)
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}
