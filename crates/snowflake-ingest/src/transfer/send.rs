//! Storing one object, as a whole or in parts.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::stream::{BoxStream, FuturesUnordered, StreamExt as _, TryStreamExt as _};
use snafu::{ResultExt as _, ensure};
use tokio::runtime::Handle;

use super::body::Body;
use super::budget::{Budget, Grant};
use super::fault::{ReadSnafu, SourceChangedSnafu};
use super::progress::Tally;
use crate::error::{Error, Result};
use crate::store::{Content, Metadata, Mode, PartLimits, Parts, Replay, Store, Written};

/// From this size on an object is sent in parts, whatever the server says, so that memory stays bounded.
const WHOLE: u64 = 16 << 20;

/// No more parts of one object than this are sent at a time.
const MOST: usize = 16;

/// Where and how objects are stored.
pub(super) struct Sending<'a> {
    pub(super) store: &'a dyn Store,
    /// From what size on the server wants parts, in bytes.
    pub(super) threshold: Option<u64>,
    pub(super) mode: Mode,
    pub(super) parallel: usize,
    pub(super) budget: &'a Budget,
    pub(super) tally: &'a Arc<Tally>,
}

impl Sending<'_> {
    /// Stores an object. No part of it is ever seen at its key.
    pub(super) async fn run(&self, key: &str, body: &Body, metadata: &Metadata) -> Result<Written> {
        let is_large = body.size() >= self.threshold.unwrap_or(WHOLE).min(WHOLE);
        let sent = match self.store.parts() {
            Some(limits) if is_large => self.in_parts(key, body, metadata, limits).await,
            None if is_large => self.replayed(key, body, metadata).await,
            _ => self.whole(key, body, metadata).await,
        };
        ensure!(!body.has_changed(), SourceChangedSnafu { file: key });
        sent
    }

    async fn whole(&self, key: &str, body: &Body, metadata: &Metadata) -> Result<Written> {
        let _held = match body.is_in_memory() {
            true => None,
            false => Some(self.budget.take(body.size()).await),
        };
        let bytes = body.whole().await.context(ReadSnafu { path: key })?;
        let written = self.store.put(key, Content::Bytes(bytes), metadata, self.mode).await?;
        self.count(written, body.size());
        Ok(written)
    }

    async fn replayed(&self, key: &str, body: &Body, metadata: &Metadata) -> Result<Written> {
        let (body, tally) = (body.clone(), Arc::clone(self.tally));
        let content = Content::Replay(Arc::new(Counted { body, tally, told: Arc::default() }));
        self.store.put(key, content, metadata, self.mode).await
    }

    async fn in_parts(
        &self,
        key: &str,
        body: &Body,
        metadata: &Metadata,
        limits: PartLimits,
    ) -> Result<Written> {
        let parts = self.store.begin(key, body.size(), metadata, self.mode).await?;
        let unfinished = Unfinished { parts: Arc::from(parts), is_over: false };
        let parts = unfinished.parts.as_ref();
        let most = if limits.parallel { self.parallel.clamp(1, MOST) } else { 1 };
        let sent = self.send_parts(key, body, parts, limits.part_size(body.size()), most).await;
        let done = match sent {
            Ok(()) => parts.complete().await,
            Err(error) => Err(error),
        };
        match done {
            Ok(written) => {
                unfinished.done();
                Ok(written)
            }
            Err(error) => {
                unfinished.abort().await;
                Err(error)
            }
        }
    }

    async fn send_parts(
        &self,
        key: &str,
        body: &Body,
        parts: &dyn Parts,
        size: u64,
        most: usize,
    ) -> Result<()> {
        // A part is read when there is memory for it; meanwhile those that were read go on.
        // Written as a loop, since the closures of a stream would tie the future to one thread.
        let (mut cutter, mut number, mut under_way) = (body.parts(size), 0_u32, FuturesUnordered::new());
        loop {
            let next = async {
                let held = self.budget.take(size).await;
                let (part, cutter) = cutter.next().await.context(ReadSnafu { path: key })?;
                Ok::<_, Error>((part, held, cutter))
            };
            let mut next = std::pin::pin!(next);
            let (part, held, rest) = loop {
                let is_full = under_way.len() >= most;
                tokio::select! {
                    biased;
                    Some(sent) = under_way.next() => sent?,
                    read = &mut next, if !is_full => break read?,
                }
            };
            let Some(part) = part else { break };
            under_way.push(self.send_part(parts, number, part, held));
            (cutter, number) = (rest, number.saturating_add(1));
        }
        while let Some(sent) = under_way.next().await {
            sent?;
        }
        Ok(())
    }

    async fn send_part(&self, parts: &dyn Parts, number: u32, part: Bytes, held: Grant) -> Result<()> {
        let size = part.len() as u64;
        parts.part(number, part).await?;
        drop(held);
        self.tally.written(size);
        Ok(())
    }

    fn count(&self, written: Written, size: u64) {
        if written == Written::Yes {
            self.tally.written(size);
        }
    }
}

/// A body that tells how much of it was read.
#[derive(Debug)]
struct Counted {
    body: Body,
    tally: Arc<Tally>,
    /// How much was told: when it is read again, its beginning is not told twice.
    told: Arc<AtomicU64>,
}

impl Replay for Counted {
    fn size(&self) -> u64 {
        self.body.size()
    }

    fn read(&self) -> BoxStream<'static, io::Result<Bytes>> {
        let (tally, told, mut at) = (Arc::clone(&self.tally), Arc::clone(&self.told), 0);
        let pieces = Replay::read(&self.body).inspect_ok(move |piece| {
            at += piece.len() as u64;
            let before = told.fetch_max(at, Ordering::Relaxed);
            if at > before {
                tally.written(at - before);
            }
        });
        pieces.boxed()
    }
}

/// Parts that are taken away again unless the object is completed, also when nobody waits for it any more.
struct Unfinished {
    parts: Arc<dyn Parts>,
    is_over: bool,
}

impl Unfinished {
    fn done(mut self) {
        self.is_over = true;
    }

    async fn abort(mut self) {
        if let Err(error) = self.parts.abort().await {
            tracing::debug!(kind = ?error.kind(), "unfinished parts could not be taken away");
        }
        self.is_over = true;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let (false, Ok(runtime)) = (self.is_over, Handle::try_current()) {
            let parts = Arc::clone(&self.parts);
            runtime.spawn(async move { parts.abort().await });
        }
    }
}
