//! S3 and Azure, as the `object_store` crate speaks to them.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt as _;
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue, IF_NONE_MATCH};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::azure::{MicrosoftAzure, MicrosoftAzureBuilder};
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, BackoffConfig, GetOptions, GetRange, GetResult, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, RetryConfig,
};
use snowflake_transport::{ObjectStoreConnector, Transport};

use super::client::{Client, Outcome, Pieces};
use super::failure::Failure;
use super::gate::Gate;
use super::headers;
use super::keys::Keys;
use super::site::{Cloud, Site};
use crate::store::content::Content;
use crate::store::contract::{Mode, Object};
use crate::store::metadata::Metadata;

const CONTENT_TYPE: &str = "application/octet-stream";

/// A store of `object_store` that has parts.
trait Bucket: ObjectStore + MultipartStore {}
impl Bucket for AmazonS3 {}
impl Bucket for MicrosoftAzure {}

/// A bucket of S3 or a container of Azure.
pub(super) struct Objects {
    site: Site,
    keys: Keys,
    transport: Arc<dyn Transport>,
    bucket: Box<dyn Bucket>,
}

impl Objects {
    pub(super) fn new(site: Site, keys: Keys, transport: Arc<dyn Transport>) -> Result<Self, Failure> {
        let bucket = bucket(&site, &keys, &transport, HeaderMap::new())?;
        Ok(Self { site, keys, transport, bucket })
    }

    fn attributes(&self, metadata: &Metadata) -> Attributes {
        let mut attributes = Attributes::new();
        attributes.insert(Attribute::ContentType, CONTENT_TYPE.into());
        for (name, value) in headers::write(self.site.cloud, metadata) {
            attributes.insert(Attribute::Metadata(name.into()), value.into());
        }
        attributes
    }

    /// The bucket for the request that makes an object of its parts. `object_store` gives it neither a condition
    /// nor, on Azure, metadata; both may be added to a request after it was signed.
    fn committing(&self, metadata: &Metadata, mode: Mode) -> Result<Box<dyn Bucket>, Failure> {
        let mut added = HeaderMap::new();
        if mode == Mode::Create {
            added.insert(IF_NONE_MATCH, HeaderValue::from_static("*"));
        }
        if self.site.cloud == Cloud::Azure {
            added.insert("x-ms-blob-content-type", HeaderValue::from_static(CONTENT_TYPE));
            for (name, value) in headers::write(Cloud::Azure, metadata) {
                let name = HeaderName::try_from(format!("{}{name}", Cloud::Azure.prefix()));
                if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
                    added.insert(name, value);
                }
            }
        }
        bucket(&self.site, &self.keys, &self.transport, added)
    }
}

fn bucket(
    site: &Site,
    keys: &Keys,
    transport: &Arc<dyn Transport>,
    added: HeaderMap,
) -> Result<Box<dyn Bucket>, Failure> {
    let connector = ObjectStoreConnector::new(Arc::new(Gate::new(Arc::clone(transport), site.cloud, added)));
    match keys {
        Keys::S3 { id, key, token } => {
            let mut builder = AmazonS3Builder::new()
                .with_bucket_name(&site.bucket)
                .with_region(&site.region)
                .with_endpoint(site.base())
                .with_virtual_hosted_style_request(site.in_host)
                .with_access_key_id(id.expose())
                .with_secret_access_key(key.expose())
                .with_unsigned_payload(true)
                .with_retry(retry())
                .with_http_connector(connector);
            if let Some(token) = token {
                builder = builder.with_token(token.expose());
            }
            Ok(Box::new(builder.build().map_err(|error| Failure::within(&error))?))
        }
        Keys::Azure { .. } => {
            let builder = MicrosoftAzureBuilder::new()
                .with_account(&site.account)
                .with_container_name(&site.bucket)
                .with_endpoint(site.base().to_owned())
                .with_sas_authorization(keys.query())
                .with_retry(retry())
                .with_http_connector(connector);
            Ok(Box::new(builder.build().map_err(|error| Failure::within(&error))?))
        }
        Keys::Google { .. } => Err(Failure::Unusable("Google Cloud is not reached in this way")),
    }
}

/// Six attempts within ten minutes.
fn retry() -> RetryConfig {
    let (init_backoff, max_backoff) = (Duration::from_millis(250), Duration::from_secs(16));
    RetryConfig {
        backoff: BackoffConfig { init_backoff, max_backoff, base: 2.0 },
        max_retries: 5,
        retry_timeout: Duration::from_secs(600),
    }
}

fn path(key: &str) -> Result<Path, Failure> {
    Path::parse(key).map_err(|_| Failure::Unusable("this cannot be the name of a file in a stage"))
}

fn object(found: &GetResult) -> Object {
    let named = |name: &str| {
        found.attributes.iter().find_map(|(attribute, value)| match attribute {
            Attribute::Metadata(given) if given == name => Some(value.as_ref()),
            _ => None,
        })
    };
    Object { size: found.meta.size, metadata: headers::read(named), etag: found.meta.e_tag.clone() }
}

/// All bytes of what is written, which these stores are given at once.
async fn payload(content: &Content) -> Result<PutPayload, Failure> {
    match content {
        Content::Bytes(bytes) => Ok(bytes.clone().into()),
        Content::Replay(replay) => {
            let pieces: Vec<Bytes> =
                replay.read().try_collect().await.map_err(|error| Failure::Source(Arc::new(error)))?;
            Ok(pieces.into_iter().collect())
        }
    }
}

async fn found(bucket: &dyn Bucket, key: &str, options: GetOptions) -> Result<GetResult, Failure> {
    bucket.get_opts(&path(key)?, options).await.map_err(|error| Failure::within(&error))
}

impl Client for Objects {
    fn head<'a>(&'a self, key: &'a str) -> Outcome<'a, Object> {
        Box::pin(async move {
            let options = GetOptions { head: true, ..GetOptions::default() };
            Ok(object(&found(&*self.bucket, key, options).await?))
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        content: &'a Content,
        metadata: &'a Metadata,
        mode: Mode,
    ) -> Outcome<'a, ()> {
        Box::pin(async move {
            let mode = match mode {
                Mode::Create => PutMode::Create,
                Mode::Overwrite => PutMode::Overwrite,
            };
            let options = PutOptions { mode, attributes: self.attributes(metadata), ..PutOptions::default() };
            let written = self.bucket.put_opts(&path(key)?, payload(content).await?, options).await;
            written.map(drop).map_err(|error| Failure::within(&error))
        })
    }

    fn read<'a>(&'a self, key: &'a str, range: Option<Range<u64>>) -> Outcome<'a, (Object, Vec<Bytes>)> {
        Box::pin(async move {
            let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
            let found = found(&*self.bucket, key, options).await?;
            let object = object(&found);
            let pieces = found.into_stream().try_collect().await;
            Ok((object, pieces.map_err(|error| Failure::within(&error))?))
        })
    }

    fn pieces(&self) -> Option<&dyn Pieces> {
        Some(self)
    }
}

impl Pieces for Objects {
    fn create<'a>(&'a self, key: &'a str, metadata: &'a Metadata) -> Outcome<'a, String> {
        Box::pin(async move {
            // Azure's parts need no beginning, and its metadata come at the end.
            let attributes = match self.site.cloud {
                Cloud::S3 => self.attributes(metadata),
                Cloud::Azure | Cloud::Google => Attributes::new(),
            };
            let options = PutMultipartOptions { attributes, ..PutMultipartOptions::default() };
            let created = self.bucket.create_multipart_opts(&path(key)?, options).await;
            created.map_err(|error| Failure::within(&error))
        })
    }

    fn piece<'a>(
        &'a self,
        key: &'a str,
        upload: &'a str,
        number: usize,
        bytes: Bytes,
    ) -> Outcome<'a, String> {
        Box::pin(async move {
            let part = self.bucket.put_part(&path(key)?, &upload.to_owned(), number, bytes.into()).await;
            Ok(part.map_err(|error| Failure::within(&error))?.content_id)
        })
    }

    fn complete<'a>(
        &'a self,
        key: &'a str,
        upload: &'a str,
        pieces: Vec<String>,
        metadata: &'a Metadata,
        mode: Mode,
    ) -> Outcome<'a, ()> {
        Box::pin(async move {
            let pieces = pieces.into_iter().map(|content_id| PartId { content_id }).collect();
            let bucket = self.committing(metadata, mode)?;
            let completed = bucket.complete_multipart(&path(key)?, &upload.to_owned(), pieces).await;
            completed.map(drop).map_err(|error| Failure::within(&error))
        })
    }

    fn abort<'a>(&'a self, key: &'a str, upload: &'a str) -> Outcome<'a, ()> {
        Box::pin(async move {
            let aborted = self.bucket.abort_multipart(&path(key)?, &upload.to_owned()).await;
            aborted.map_err(|error| Failure::within(&error))
        })
    }
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects").field("cloud", &self.site.cloud).finish_non_exhaustive()
    }
}
