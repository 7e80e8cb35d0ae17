//! One object on its way to a cloud in parts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use snafu::OptionExt as _;
use snowflake_transport::BoxFuture;

use super::access::Live;
use super::client::Pieces;
use super::failure::Failure;
use super::refusal::Meaning;
use super::store::{Reach, failed};
use crate::error::{PartMissingSnafu, Result};
use crate::store::contract::{Mode, Parts, Written};
use crate::store::metadata::Metadata;

/// An object of S3 or Azure in parts. Each request is made with the newest credentials, so that parts that were
/// written with older ones stay.
#[derive(Debug)]
pub(super) struct CloudParts {
    reach: Arc<Reach>,
    key: String,
    /// What the store calls this upload.
    upload: String,
    count: u64,
    metadata: Metadata,
    mode: Mode,
    /// What the store calls the parts, by number.
    written: Mutex<BTreeMap<u64, String>>,
}

impl CloudParts {
    pub(super) async fn begin(
        reach: Arc<Reach>,
        key: &str,
        count: u64,
        metadata: Metadata,
        mode: Mode,
    ) -> Result<Self> {
        let description = &metadata;
        let created = reach.attempt(key, |live, key| {
            Box::pin(async move { pieces(&live)?.create(&key, description).await })
        });
        let upload = created.await?.map_err(|failure| failed(key, failure))?;
        Ok(Self { reach, key: key.to_owned(), upload, count, metadata, mode, written: Mutex::default() })
    }

    async fn write(&self, number: u32, bytes: Bytes) -> Result<()> {
        let (upload, index) = (self.upload.as_str(), usize::try_from(number).unwrap_or(usize::MAX));
        let written = self.reach.attempt(&self.key, |live, key| {
            let bytes = bytes.clone();
            Box::pin(async move { pieces(&live)?.piece(&key, upload, index, bytes).await })
        });
        let called = written.await?.map_err(|failure| failed(&self.key, failure))?;
        self.written.lock().unwrap_or_else(PoisonError::into_inner).insert(u64::from(number), called);
        Ok(())
    }

    fn in_order(&self) -> Result<Vec<String>> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let parts = (0..self.count).map(|number| {
            let part = written.get(&number).cloned();
            Ok(part.context(PartMissingSnafu { key: &self.key, number })?)
        });
        parts.collect()
    }

    async fn finish(&self) -> Result<Written> {
        let (upload, metadata, mode) = (self.upload.as_str(), &self.metadata, self.mode);
        let parts = self.in_order()?;
        let completed = self.reach.attempt(&self.key, |live, key| {
            let parts = parts.clone();
            Box::pin(async move { pieces(&live)?.complete(&key, upload, parts, metadata, mode).await })
        });
        let Err(failure) = completed.await? else { return Ok(Written::Yes) };
        let meaning = self.reach.meaning(&failure);
        // The upload is gone, or the object there, also when an earlier attempt came through.
        if matches!(meaning, Meaning::Exists | Meaning::Missing)
            && self.reach.is_ours(&self.key, &self.metadata).await
        {
            return Ok(Written::Yes);
        }
        if meaning == Meaning::Exists && mode == Mode::Create {
            // What is left over costs money, but no correctness.
            let _left_over = self.discard().await;
            return Ok(Written::Exists);
        }
        Err(failed(&self.key, failure))
    }

    async fn discard(&self) -> Result<()> {
        let upload = self.upload.as_str();
        let aborted = self.reach.attempt(&self.key, |live, key| {
            Box::pin(async move { pieces(&live)?.abort(&key, upload).await })
        });
        match aborted.await? {
            Err(failure) if self.reach.meaning(&failure) != Meaning::Missing => {
                Err(failed(&self.key, failure))
            }
            _ => Ok(()),
        }
    }
}

fn pieces(live: &Live) -> Result<&dyn Pieces, Failure> {
    live.client.pieces().ok_or(Failure::Unusable("this store has no parts"))
}

impl Parts for CloudParts {
    fn part(&self, number: u32, bytes: Bytes) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.write(number, bytes))
    }

    fn complete(&self) -> BoxFuture<'_, Result<Written>> {
        Box::pin(self.finish())
    }

    fn abort(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.discard())
    }
}
