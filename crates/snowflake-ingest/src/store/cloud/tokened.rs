//! A bucket of Google Cloud that is reached with a token.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use snowflake_proto::Secret;

use super::client::{Client, Outcome, Pieces};
use super::failure::Failure;
use super::google::Google;
use super::site::Site;
use super::target::Target;
use crate::store::content::Content;
use crate::store::contract::{Mode, Object};
use crate::store::metadata::Metadata;

/// A bucket, with a token.
#[derive(Debug)]
pub(super) struct Tokened {
    google: Arc<Google>,
    site: Site,
    token: Secret,
}

impl Tokened {
    pub(super) fn new(google: Arc<Google>, site: Site, token: Secret) -> Self {
        Self { google, site, token }
    }

    fn target(&self, key: &str) -> Result<Target, Failure> {
        let mut url = self.site.endpoint.clone();
        {
            let unusable = |()| Failure::Unusable("the address cannot be used");
            let mut segments = url.path_segments_mut().map_err(unusable)?;
            segments.pop_if_empty();
            if !self.site.in_host {
                segments.push(&self.site.bucket);
            }
            segments.extend(key.split('/'));
        }
        Ok(Target { url, token: Some(self.token.clone()) })
    }
}

impl Client for Tokened {
    fn head<'a>(&'a self, key: &'a str) -> Outcome<'a, Object> {
        Box::pin(async move { self.google.head(&self.target(key)?).await })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        content: &'a Content,
        metadata: &'a Metadata,
        mode: Mode,
    ) -> Outcome<'a, ()> {
        Box::pin(async move { self.google.put(&self.target(key)?, content, metadata, mode).await })
    }

    fn read<'a>(&'a self, key: &'a str, range: Option<Range<u64>>) -> Outcome<'a, (Object, Vec<Bytes>)> {
        Box::pin(async move { self.google.read(&self.target(key)?, range).await })
    }

    fn pieces(&self) -> Option<&dyn Pieces> {
        None
    }
}
