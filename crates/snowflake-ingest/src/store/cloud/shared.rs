//! Credentials that all files of a stage share.

use std::sync::{Arc, Mutex, PoisonError};

use snafu::OptionExt as _;
use snowflake_transport::BoxFuture;

use super::access::{Access, Live};
use super::keys::Keys;
use super::opening::Network;
use super::refusal::Refusal;
use super::site::Site;
use crate::error::{Error, NoStageSnafu, Repr, Result};
use crate::store::contract::Renew;

/// One client for all files.
#[derive(Debug)]
pub(super) struct Shared {
    network: Network,
    renew: Arc<dyn Renew>,
    state: Mutex<State>,
    /// Held by whoever replaces the client. The generation whose renewal failed, and why: for it the server is
    /// not asked again.
    replacing: tokio::sync::Mutex<Option<(u64, Arc<Error>)>>,
}

#[derive(Clone, Debug)]
struct State {
    site: Site,
    keys: Keys,
    live: Arc<Live>,
}

impl Shared {
    pub(super) fn new(site: Site, keys: Keys, network: Network, renew: Arc<dyn Renew>) -> Result<Self> {
        let live = Live::new(0, network.client(&site, &keys)?);
        let state = Mutex::new(State { site, keys, live });
        Ok(Self { network, renew, state, replacing: tokio::sync::Mutex::new(None) })
    }

    fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, site: Site, keys: Keys, seen: &Live) -> Result<Arc<Live>> {
        let live = Live::new(seen.generation + 1, self.network.client(&site, &keys)?);
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) =
            State { site, keys, live: Arc::clone(&live) };
        Ok(live)
    }

    async fn renewed(&self, seen: &Live) -> Result<Arc<Live>> {
        let mut replacing = self.replacing.lock().await;
        let State { site, live, .. } = self.state();
        if live.generation != seen.generation {
            return Ok(live);
        }
        if let Some((_, source)) = replacing.as_ref().filter(|(failed, _)| *failed == seen.generation) {
            return Err(Repr::Renewal { source: Arc::clone(source) }.into());
        }
        let fresh = async {
            let transfer = self.renew.renew(None).await?;
            // Only the credentials are taken: files of one upload do not end up in two places.
            Keys::of(site.cloud, transfer.stage_info.as_ref().context(NoStageSnafu)?)
        };
        match fresh.await {
            Ok(keys) => self.replace(site, keys, seen),
            Err(error) => {
                let source = Arc::new(error);
                *replacing = Some((seen.generation, Arc::clone(&source)));
                Err(Repr::Renewal { source }.into())
            }
        }
    }

    async fn followed(&self, seen: &Live, refusal: &Refusal) -> Result<Option<Arc<Live>>> {
        let _replacing = self.replacing.lock().await;
        let State { site, keys, live } = self.state();
        if live.generation != seen.generation {
            return Ok(Some(live));
        }
        site.moved(refusal).map(|site| self.replace(site, keys, seen)).transpose()
    }
}

impl Access for Shared {
    fn current<'a>(&'a self, _key: &'a str) -> BoxFuture<'a, Result<Arc<Live>>> {
        Box::pin(async { Ok(self.state().live) })
    }

    fn renew<'a>(&'a self, _key: &'a str, seen: &'a Live) -> BoxFuture<'a, Result<Arc<Live>>> {
        Box::pin(self.renewed(seen))
    }

    fn follow<'a>(
        &'a self,
        seen: &'a Live,
        refusal: &'a Refusal,
    ) -> BoxFuture<'a, Result<Option<Arc<Live>>>> {
        Box::pin(self.followed(seen, refusal))
    }
}
