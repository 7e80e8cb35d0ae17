//! A stage in a cloud.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use snafu::{IntoError as _, OptionExt as _};
use snowflake_transport::BoxFuture;

use super::access::{Access, Live};
use super::failure::Failure;
use super::parts::CloudParts;
use super::refusal::Meaning;
use super::site::Cloud;
use super::windows;
use crate::error::{Error, MissingSnafu, NoPartsSnafu, ObjectSnafu, Result};
use crate::store::content::Content;
use crate::store::contract::{Download, Mode, Object, Parts, Store, Written};
use crate::store::key;
use crate::store::limits::PartLimits;
use crate::store::metadata::Metadata;

/// How often S3 may send one request elsewhere.
const HOPS: u32 = 5;

/// The longest key of all clouds, in bytes.
const LONGEST_KEY: usize = 1024;

/// A stage in a cloud.
#[derive(Debug)]
pub(in crate::store) struct CloudStore {
    reach: Arc<Reach>,
    parts: Option<PartLimits>,
}

/// The way to the files of a stage, whatever happens to its credentials.
#[derive(Debug)]
pub(super) struct Reach {
    pub(super) cloud: Cloud,
    pub(super) access: Arc<dyn Access>,
    /// What the keys of the stage begin with.
    pub(super) prefix: String,
    /// Whether addresses are signed, one for each file.
    pub(super) is_signed: bool,
    /// Whether there is no way to see what is there.
    pub(super) is_blind: bool,
}

impl CloudStore {
    pub(super) fn new(reach: Reach, parts: Option<PartLimits>) -> Self {
        Self { reach: Arc::new(reach), parts }
    }
}

impl Reach {
    /// What a failure means here.
    pub(super) fn meaning(&self, failure: &Failure) -> Meaning {
        match failure {
            Failure::Refused(refusal) => refusal.meaning(self.cloud, self.is_signed),
            _ => Meaning::Final,
        }
    }

    /// Makes an exchange, and makes it again after credentials were renewed, which happens once, and at the
    /// place to which S3 points. The outer failure is that of a renewal.
    pub(super) async fn attempt<'a, T, F>(&self, key: &str, exchange: F) -> Result<Result<T, Failure>>
    where
        F: Fn(Arc<Live>, Arc<str>) -> BoxFuture<'a, Result<T, Failure>> + Send + Sync,
        T: Send,
    {
        let whole: Arc<str> = format!("{}{key}", self.prefix).into();
        key::check(key, whole.len() <= LONGEST_KEY)?;
        let mut live = self.access.current(key).await?;
        let (mut is_renewed, mut hops) = (false, 0);
        loop {
            let failure = match exchange(Arc::clone(&live), Arc::clone(&whole)).await {
                Ok(done) => {
                    live.prove();
                    return Ok(Ok(done));
                }
                Err(failure) => failure,
            };
            let Failure::Refused(refusal) = &failure else { return Ok(Err(failure)) };
            let meaning = self.meaning(&failure);
            let may_renew = !is_renewed && live.is_renewable();
            let next = match meaning {
                Meaning::Elsewhere if hops < HOPS => self.access.follow(&live, refusal).await?,
                _ => None,
            };
            live = match (next, meaning) {
                (Some(next), _) => {
                    hops += 1;
                    next
                }
                // To a HEAD, S3 says no more than that something is wrong.
                (None, Meaning::Elsewhere) if may_renew && refusal.status == StatusCode::BAD_REQUEST => {
                    is_renewed = true;
                    self.access.renew(key, &live).await?
                }
                (None, Meaning::Expired) if may_renew => {
                    is_renewed = true;
                    self.access.renew(key, &live).await?
                }
                (None, Meaning::Expired | Meaning::Elsewhere) => return Ok(Err(failure)),
                (None, _) => {
                    live.prove();
                    return Ok(Err(failure));
                }
            };
        }
    }

    pub(super) async fn head(&self, key: &str) -> Result<Option<Object>> {
        let looked = self.attempt(key, |live, key| {
            Box::pin(async move {
                match live.client.head(&key).await {
                    // The first byte of an empty file cannot be had.
                    Err(Failure::Refused(refusal)) if refusal.status.as_u16() == 416 => {
                        Ok(live.client.read(&key, None).await?.0)
                    }
                    outcome => outcome,
                }
            })
        });
        match looked.await? {
            Ok(object) => Ok(Some(object)),
            Err(failure) if self.meaning(&failure) == Meaning::Missing => Ok(None),
            Err(failure) => Err(failed(key, failure)),
        }
    }

    pub(super) async fn read(
        &self,
        key: &str,
        range: Option<Range<u64>>,
    ) -> Result<Result<(Object, Vec<Bytes>), Failure>> {
        let read = |live: Arc<Live>, key: Arc<str>| {
            let range = range.clone();
            Box::pin(async move { live.client.read(&key, range).await }) as BoxFuture<'_, _>
        };
        match self.attempt(key, read).await? {
            Err(failure) if self.meaning(&failure) == Meaning::Missing => MissingSnafu { key }.fail()?,
            outcome => Ok(outcome),
        }
    }

    /// Whether the object that is there is the one that was just written: an answer may be lost after the store
    /// has acted, and a repeated request then finds what the first one left. Nobody else knows its key.
    pub(super) async fn is_ours(&self, key: &str, metadata: &Metadata) -> bool {
        let Some(ours) = metadata.envelope.as_ref().filter(|_| !self.is_blind) else { return false };
        let found = self.head(key).await.ok().flatten().and_then(|object| object.metadata.envelope);
        found.is_some_and(|found| found.wrapped_key == ours.wrapped_key && found.iv == ours.iv)
    }

    async fn put(&self, key: &str, content: &Content, metadata: &Metadata, mode: Mode) -> Result<Written> {
        let put = self.attempt(key, |live, key| {
            Box::pin(async move { live.client.put(&key, content, metadata, mode).await })
        });
        match put.await? {
            Ok(()) => Ok(Written::Yes),
            Err(failure) if self.meaning(&failure) == Meaning::Exists && mode == Mode::Create => {
                Ok(if self.is_ours(key, metadata).await { Written::Yes } else { Written::Exists })
            }
            Err(failure) => Err(failed(key, failure)),
        }
    }
}

/// The error of one file.
pub(super) fn failed(key: &str, failure: Failure) -> Error {
    ObjectSnafu { key }.into_error(failure).into()
}

impl Store for CloudStore {
    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Object>>> {
        Box::pin(async move { if self.reach.is_blind { Ok(None) } else { self.reach.head(key).await } })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        content: Content,
        metadata: &'a Metadata,
        mode: Mode,
    ) -> BoxFuture<'a, Result<Written>> {
        Box::pin(async move { self.reach.put(key, &content, metadata, mode).await })
    }

    fn begin<'a>(
        &'a self,
        key: &'a str,
        size: u64,
        metadata: &'a Metadata,
        mode: Mode,
    ) -> BoxFuture<'a, Result<Box<dyn Parts>>> {
        Box::pin(async move {
            let limits = self.parts.context(NoPartsSnafu { key })?;
            let parts =
                CloudParts::begin(Arc::clone(&self.reach), key, limits.count(size), metadata.clone(), mode);
            Ok(Box::new(parts.await?) as Box<dyn Parts>)
        })
    }

    fn get<'a>(&'a self, key: &'a str, range: Option<Range<u64>>) -> BoxFuture<'a, Result<Download>> {
        Box::pin(windows::download(Arc::clone(&self.reach), key, range))
    }

    fn parts(&self) -> Option<PartLimits> {
        self.parts
    }
}
