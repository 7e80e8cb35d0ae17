//! Signed addresses of Google Cloud, one for each file.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use snafu::OptionExt as _;
use snowflake_proto::wire::stage::Transfer;
use snowflake_transport::BoxFuture;
use url::Url;

use super::access::{Access, Live};
use super::client::{Client, Outcome, Pieces};
use super::google::Google;
use super::refusal::Refusal;
use super::target::Target;
use crate::error::{Error, NoAddressSnafu, Repr, Result};
use crate::store::content::Content;
use crate::store::contract::{Mode, Object, Renew};
use crate::store::metadata::Metadata;

/// The address of each file, asked for when it is first needed.
///
/// The address that comes with the answer to an upload is that of its first file, whose name in the stage only
/// the server knows; so all files are asked for by name.
#[derive(Debug)]
pub(super) struct Addresses {
    google: Arc<Google>,
    renew: Arc<dyn Renew>,
    files: Mutex<HashMap<String, Arc<Live>>>,
    /// Held by whoever asks for addresses, by file: those of downloads come all at once, and have one lock.
    asking: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Failed>>>>,
    all_at_once: bool,
}

/// The generation whose renewal failed, and why: for it the server is not asked again.
type Failed = Option<(u64, Arc<Error>)>;

impl Addresses {
    pub(super) fn new(transfer: &Transfer, google: Arc<Google>, renew: Arc<dyn Renew>) -> Self {
        let all_at_once =
            transfer.command.as_deref().is_some_and(|command| command.eq_ignore_ascii_case("DOWNLOAD"));
        let addresses =
            Self { google, renew, files: Mutex::default(), asking: Mutex::default(), all_at_once };
        addresses.keep(transfer, 0);
        addresses
    }

    fn known(&self, key: &str) -> Option<Arc<Live>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Takes the addresses of a download; there may be too many or too few of them.
    fn keep(&self, transfer: &Transfer, generation: u64) {
        let keys = transfer.src_locations.iter().flatten();
        let addresses = transfer.presigned_urls.iter().flatten();
        for (key, address) in keys.zip(addresses) {
            self.insert(key, address, generation);
        }
    }

    fn insert(&self, key: &str, address: &str, generation: u64) -> Option<Arc<Live>> {
        let address = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let client = Signed::new(Arc::clone(&self.google), address);
        let live = Live::new(generation, Arc::new(client));
        self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), Arc::clone(&live));
        Some(live)
    }

    /// An address of a later generation than `seen`.
    async fn ask(&self, key: &str, seen: Option<u64>) -> Result<Arc<Live>> {
        let lock = if self.all_at_once { "" } else { key };
        let asking = {
            let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(asking.entry(lock.to_owned()).or_default())
        };
        let mut failed = asking.lock().await;
        if let Some(live) = self.known(key).filter(|live| Some(live.generation) != seen) {
            return Ok(live);
        }
        if let Some((_, source)) = failed.as_ref().filter(|(generation, _)| Some(*generation) == seen) {
            return Err(Repr::Renewal { source: Arc::clone(source) }.into());
        }
        let transfer = match self.renew.renew(Some(key)).await {
            Ok(transfer) => transfer,
            Err(error) => {
                let source = Arc::new(error);
                *failed = seen.map(|seen| (seen, Arc::clone(&source)));
                return Err(Repr::Renewal { source }.into());
            }
        };
        let generation = seen.map_or(0, |seen| seen + 1);
        self.keep(&transfer, generation);
        if let Some(live) = self.known(key).filter(|live| Some(live.generation) != seen) {
            return Ok(live);
        }
        let single = transfer.stage_info.as_ref().and_then(|info| info.presigned_url.as_deref());
        let live = single.and_then(|address| self.insert(key, address, generation));
        Ok(live.context(NoAddressSnafu { key })?)
    }
}

impl Access for Addresses {
    fn current<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Arc<Live>>> {
        Box::pin(async move {
            match self.known(key) {
                Some(live) => Ok(live),
                None => self.ask(key, None).await,
            }
        })
    }

    fn renew<'a>(&'a self, key: &'a str, seen: &'a Live) -> BoxFuture<'a, Result<Arc<Live>>> {
        Box::pin(self.ask(key, Some(seen.generation)))
    }

    fn follow<'a>(&'a self, _seen: &'a Live, _: &'a Refusal) -> BoxFuture<'a, Result<Option<Arc<Live>>>> {
        Box::pin(async { Ok(None) })
    }
}

/// One object by its signed address, which allows either to write or to read it.
struct Signed {
    google: Arc<Google>,
    target: Target,
}

impl Signed {
    fn new(google: Arc<Google>, url: Url) -> Self {
        Self { google, target: Target { url, token: None } }
    }
}

impl Client for Signed {
    /// The address of a download allows no HEAD, but the first byte says as much.
    fn head<'a>(&'a self, _key: &'a str) -> Outcome<'a, Object> {
        Box::pin(async move { Ok(self.google.read(&self.target, Some(0..1)).await?.0) })
    }

    fn put<'a>(
        &'a self,
        _key: &'a str,
        content: &'a Content,
        metadata: &'a Metadata,
        mode: Mode,
    ) -> Outcome<'a, ()> {
        Box::pin(self.google.put(&self.target, content, metadata, mode))
    }

    fn read<'a>(&'a self, _key: &'a str, range: Option<Range<u64>>) -> Outcome<'a, (Object, Vec<Bytes>)> {
        Box::pin(self.google.read(&self.target, range))
    }

    fn pieces(&self) -> Option<&dyn Pieces> {
        None
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").finish_non_exhaustive()
    }
}
