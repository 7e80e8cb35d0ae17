//! Reading and writing at an endpoint, and what clients need to do so themselves.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::path::Path;
use object_store::{Attribute, Attributes, GetOptions, ObjectStore, ObjectStoreExt as _, PutOptions};
use snowflake_transport::{Clock, ObjectStoreConnector, Transport};
use time::OffsetDateTime;

use super::super::SqlError;
use super::super::stage::{Listed, Metadata};
use super::account_sas;
use super::bucket::{self, Problem};
use super::json_api::JsonApi;
use super::options::{Access, StageEndpoint};

/// A store at an endpoint. Clones are handles of the same store.
#[derive(Clone, Debug)]
pub(in super::super) struct Remote {
    endpoint: StageEndpoint,
    door: Door,
    clock: Arc<dyn Clock>,
}

#[derive(Clone, Debug)]
enum Door {
    Store(Arc<dyn ObjectStore>),
    Json(JsonApi),
}

impl Remote {
    /// Connects to an endpoint, and makes its bucket unless it is there.
    ///
    /// # Errors
    /// Whatever is wrong with the address, the credentials or the store.
    pub(in super::super) async fn connect(
        endpoint: StageEndpoint,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Problem> {
        let StageEndpoint { url, bucket, access } = endpoint.clone();
        // Signing takes the address apart, and does not ask whether it is one.
        url::Url::parse(&url)?;
        bucket::ensure(&endpoint, &transport, clock.as_ref()).await?;
        let connector = ObjectStoreConnector::new(Arc::clone(&transport));
        let door = match access {
            Access::S3 { key_id, secret_key, token, region } => {
                let mut builder = AmazonS3Builder::new()
                    .with_endpoint(url)
                    .with_allow_http(true)
                    .with_virtual_hosted_style_request(false)
                    .with_region(region)
                    .with_bucket_name(bucket)
                    .with_access_key_id(key_id)
                    .with_secret_access_key(secret_key.expose())
                    .with_http_connector(connector);
                if let Some(token) = token {
                    builder = builder.with_token(token.expose());
                }
                Door::Store(Arc::new(builder.build()?))
            }
            Access::Azure { account, key } => Door::Store(Arc::new(
                MicrosoftAzureBuilder::new()
                    .with_endpoint(url)
                    .with_allow_http(true)
                    .with_account(account)
                    .with_access_key(key.expose())
                    .with_container_name(bucket)
                    .with_http_connector(connector)
                    .build()?,
            )),
            Access::Gcs { token } => Door::Json(JsonApi { transport, url, bucket, token }),
        };
        Ok(Self { endpoint, door, clock })
    }

    /// The objects whose keys begin like this, which is the name of a folder.
    pub(in super::super) async fn list(&self, prefix: &str) -> Result<Vec<Listed>, SqlError> {
        let store = match &self.door {
            Door::Store(store) => store,
            Door::Json(json) => return json.list(prefix).await.map_err(SqlError::internal),
        };
        let prefix = Path::from(prefix);
        let listed = store.list(Some(&prefix)).map_ok(|object| {
            let seconds = object.last_modified.timestamp();
            Listed {
                key: object.location.to_string(),
                size: object.size,
                modified: OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH),
                etag: object.e_tag.unwrap_or_default(),
            }
        });
        listed.try_collect().await.map_err(SqlError::internal)
    }

    /// An object as it is stored.
    pub(in super::super) async fn get(&self, key: &str) -> Result<(Bytes, Metadata), SqlError> {
        match &self.door {
            Door::Store(store) => {
                let got = store.get(&path(key)?).await.map_err(SqlError::internal)?;
                let metadata = named(&got.attributes);
                Ok((got.bytes().await.map_err(SqlError::internal)?, metadata))
            }
            Door::Json(json) => {
                let metadata = json.metadata(key).await.map_err(SqlError::internal)?;
                Ok((json.get(key).await.map_err(SqlError::internal)?, metadata))
            }
        }
    }

    /// What is said about an object.
    pub(in super::super) async fn metadata(&self, key: &str) -> Result<Metadata, SqlError> {
        match &self.door {
            Door::Store(store) => {
                let options = GetOptions { head: true, ..GetOptions::default() };
                let got = store.get_opts(&path(key)?, options).await.map_err(SqlError::internal)?;
                Ok(named(&got.attributes))
            }
            Door::Json(json) => json.metadata(key).await.map_err(SqlError::internal),
        }
    }

    /// Writes an object, and says what its tag is now.
    pub(in super::super) async fn put(
        &self,
        key: &str,
        body: Bytes,
        metadata: Metadata,
    ) -> Result<String, SqlError> {
        let store = match &self.door {
            Door::Store(store) => store,
            Door::Json(json) => return json.put(key, &body, &metadata).await.map_err(SqlError::internal),
        };
        let pairs = metadata.into_iter().map(|(name, value)| (Attribute::Metadata(name.into()), value));
        let options = PutOptions { attributes: pairs.collect(), ..PutOptions::default() };
        let put = store.put_opts(&path(key)?, body.into(), options).await.map_err(SqlError::internal)?;
        Ok(put.e_tag.unwrap_or_default())
    }

    /// Removes an object, if it is there.
    pub(in super::super) async fn remove(&self, key: &str) -> Result<(), SqlError> {
        match &self.door {
            Door::Store(store) => match store.delete(&path(key)?).await {
                Err(object_store::Error::NotFound { .. }) => Ok(()),
                outcome => outcome.map_err(SqlError::internal),
            },
            Door::Json(json) => json.remove(key).await.map_err(SqlError::internal),
        }
    }

    /// The name of the bucket or container.
    pub(in super::super) fn bucket(&self) -> &str {
        &self.endpoint.bucket
    }

    /// Where it is.
    pub(in super::super) fn url(&self) -> &str {
        &self.endpoint.url
    }

    /// The region that clients are told.
    pub(in super::super) fn region(&self) -> &str {
        match &self.endpoint.access {
            Access::S3 { region, .. } => region,
            Access::Azure { .. } => "westus2",
            Access::Gcs { .. } => "us-central1",
        }
    }

    /// The storage account, on Azure.
    pub(in super::super) fn account(&self) -> Option<&str> {
        match &self.endpoint.access {
            Access::Azure { account, .. } => Some(account),
            _ => None,
        }
    }

    /// What clients need, by the names that it has in the answer to a PUT or GET.
    pub(in super::super) fn credentials(&self, life: Duration) -> BTreeMap<String, Option<String>> {
        let pairs = match &self.endpoint.access {
            Access::S3 { key_id, secret_key, token, .. } => {
                let secret_key = secret_key.expose().to_owned();
                let token = token.as_ref().map(|token| token.expose().to_owned());
                vec![
                    ("AWS_KEY_ID", Some(key_id.clone())),
                    ("AWS_SECRET_KEY", Some(secret_key.clone())),
                    ("AWS_TOKEN", token),
                    ("AWS_ID", Some(key_id.clone())),
                    ("AWS_KEY", Some(secret_key)),
                ]
            }
            Access::Azure { account, key } => {
                let sas = account_sas::sign(account, key, self.clock.wall(), life);
                vec![("AZURE_SAS_TOKEN", Some(sas.expose().to_owned()))]
            }
            Access::Gcs { token } => vec![("GCS_ACCESS_TOKEN", Some(token.expose().to_owned()))],
        };
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

fn path(key: &str) -> Result<Path, SqlError> {
    Path::parse(key).map_err(SqlError::internal)
}

fn named(attributes: &Attributes) -> Metadata {
    let pairs = attributes.iter().filter_map(|(attribute, value)| match attribute {
        Attribute::Metadata(name) => Some((name.to_lowercase(), value.to_string())),
        _ => None,
    });
    pairs.collect()
}
