//! A stage in each cloud, and a server that gives out its credentials.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt as _;
use http::Method;
use snowflake_proto::wire::stage::{StageInfo, Transfer};
use snowflake_sim::SeededEntropy;
use snowflake_sim::storage::{Cloud, Storage};
use snowflake_transport::{BoxFuture, SystemClock, Transport};

use crate::Result;
use crate::machine::LocalStages;
use crate::store::{Content, Envelope, Metadata, Mode, Renew, Store, Surroundings, Written, open};

/// A way for a stage to be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    S3,
    Azure,
    Token,
    /// By signed addresses, for uploads.
    Write,
    /// By signed addresses, for downloads.
    Read,
}

impl Shape {
    /// Those that can both write and read.
    pub(super) const WHOLE: [Self; 3] = [Self::S3, Self::Azure, Self::Token];
    pub(super) const WRITING: [Self; 4] = [Self::S3, Self::Azure, Self::Token, Self::Write];
    pub(super) const PARTS: [Self; 2] = [Self::S3, Self::Azure];

    fn cloud(self) -> Cloud {
        match self {
            Self::S3 => Cloud::S3,
            Self::Azure => Cloud::Azure,
            Self::Token | Self::Write | Self::Read => Cloud::Gcs,
        }
    }
}

pub(super) const ENDPOINT: &str = "https://storage.example";
const FOREVER: Duration = Duration::from_secs(1 << 30);

pub(super) fn storage() -> Storage {
    Storage::new(Arc::new(SystemClock), Arc::new(SeededEntropy::new(7)))
}

/// The server: tells where the stage is as often as it is asked.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) storage: Storage,
    pub(super) shape: Shape,
    /// The files that a download is about.
    pub(super) files: Vec<String>,
    pub(super) asked: AtomicUsize,
    /// What comes back instead of good credentials.
    pub(super) trouble: Option<Trouble>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No answer.
    Fails,
    /// Credentials that were never good.
    Useless,
}

impl Server {
    pub(super) fn new(storage: &Storage, shape: Shape) -> Self {
        Self { storage: storage.clone(), shape, files: Vec::new(), asked: AtomicUsize::new(0), trouble: None }
    }

    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub(super) fn transfer(&self, key: Option<&str>) -> Transfer {
        let cloud = self.shape.cloud();
        let creds = match self.shape {
            Shape::Write | Shape::Read => BTreeMap::new(),
            _ => self.storage.credentials(cloud, FOREVER).named(),
        };
        let sign =
            |method, key: &str| self.storage.presign(ENDPOINT, &method, &format!("stage/dir/{key}"), FOREVER);
        let info = StageInfo {
            location_type: cloud_name(cloud).to_owned(),
            location: format!("{}/stage/dir/", cloud.bucket()),
            region: Some("us-west-2".to_owned()),
            storage_account: Some("acc".to_owned()),
            creds: Some(creds),
            end_point: Some(ENDPOINT.to_owned()),
            presigned_url: key.filter(|_| self.shape == Shape::Write).map(|key| sign(Method::PUT, key)),
            ..StageInfo::default()
        };
        let is_read = self.shape == Shape::Read;
        Transfer {
            command: Some(if is_read { "DOWNLOAD" } else { "UPLOAD" }.to_owned()),
            src_locations: Some(self.files.clone()),
            presigned_urls: is_read.then(|| self.files.iter().map(|key| sign(Method::GET, key)).collect()),
            stage_info: Some(info),
            ..Transfer::default()
        }
    }

    fn useless(&self, mut transfer: Transfer) -> Transfer {
        let info = transfer.stage_info.get_or_insert_default();
        for (name, value) in info.creds.iter_mut().flatten() {
            *value = Some(if name == "AZURE_SAS_TOKEN" { "sv=1&sig=canary" } else { "canary" }.to_owned());
        }
        info.presigned_url = info.presigned_url.take().map(|url| format!("{url}canary"));
        for url in transfer.presigned_urls.iter_mut().flatten() {
            url.push_str("canary");
        }
        transfer
    }
}

fn cloud_name(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::S3 => "S3",
        Cloud::Azure => "AZURE",
        _ => "GCS",
    }
}

impl Renew for Server {
    fn renew<'a>(&'a self, key: Option<&'a str>) -> BoxFuture<'a, Result<Transfer>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            // Others have time to want the same.
            tokio::task::yield_now().await;
            let transfer = self.transfer(key);
            match self.trouble {
                None => Ok(transfer),
                Some(Trouble::Useless) => Ok(self.useless(transfer)),
                Some(Trouble::Fails) => crate::error::NoStageSnafu.fail()?,
            }
        })
    }
}

/// A store over this transport, whose credentials come from the server.
pub(super) fn opened(server: &Arc<Server>, transport: Arc<dyn Transport>) -> Arc<dyn Store> {
    let around = Surroundings { transport, clock: Arc::new(SystemClock), local: LocalStages::Refused };
    open(&server.transfer(None), around, Arc::<Server>::clone(server) as _).unwrap()
}

/// A store in this shape, over an object store in memory.
pub(super) fn stage(storage: &Storage, shape: Shape) -> (Arc<dyn Store>, Arc<Server>) {
    let server = Arc::new(Server::new(storage, shape));
    (opened(&server, Arc::new(storage.clone())), server)
}

pub(super) fn metadata(tag: &str) -> Metadata {
    let envelope = Envelope {
        wrapped_key: format!("S0VZ{tag}"),
        iv: "SVY=".to_owned(),
        smk_id: "92".to_owned(),
        query_id: "01b2".to_owned(),
        bits: Some(256),
    };
    Metadata { digest: Some("RElHRVNU".to_owned()), envelope: Some(envelope) }
}

pub(super) async fn put(store: &dyn Store, key: &str, bytes: &[u8], mode: Mode) -> Result<Written> {
    let content = Content::from(Bytes::copy_from_slice(bytes));
    store.put(key, content, &metadata(key.get(..1).unwrap_or_default()), mode).await
}

pub(super) async fn read(store: &dyn Store, key: &str) -> Result<Vec<u8>> {
    let pieces: Vec<Bytes> = store.get(key, None).await?.body.try_collect().await?;
    Ok(pieces.concat())
}
