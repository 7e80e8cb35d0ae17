//! Files out of a stage, as the server's instructions for them say.

use std::mem;
use std::sync::Arc;

use futures::TryStreamExt as _;
use snafu::{ResultExt as _, ensure};
use snowflake_proto::encryption::MasterKey;
use snowflake_proto::wire::stage::{OneOrMany, Transfer};
use snowflake_transport::Clock;
use tokio::sync::mpsc;
use tracing::Instrument as _;

use super::budget::{self, Budget};
use super::fault::{KeySnafu, WriterSnafu, WrongCommandSnafu};
use super::fetch::{Fetching, Piece};
use super::progress::Tally;
use super::runner::Runner;
use super::sink::Sink;
use super::unseal::Opener;
use super::{GetFile, GetStatus, metric, trace};
use crate::error::{Error, Result};
use crate::machine::Machine;
use crate::options::DownloadOptions;
use crate::store::{self, Renew, Store};

/// How many pieces wait to be opened; the memory that they take is counted elsewhere.
const AHEAD: usize = 2;

/// Gets the files of one statement.
#[derive(Debug)]
pub(super) struct Downloader {
    /// The paths of the files in the stage.
    pub(super) keys: Vec<String>,
    pub(super) options: DownloadOptions,
    /// The keys that their contents are encrypted with, one for each file.
    masters: Vec<Option<MasterKey>>,
    store: Arc<dyn Store>,
    budget: Budget,
    tally: Tally,
    clock: Arc<dyn Clock>,
}

impl Downloader {
    /// Gets files as these instructions say.
    pub(super) fn new(
        runner: &Runner,
        transfer: &Transfer,
        options: DownloadOptions,
        machine: &Machine,
        renew: Arc<dyn Renew>,
    ) -> Result<Self> {
        let command = transfer.command.as_deref();
        let is_download = command.is_some_and(|word| word.eq_ignore_ascii_case("DOWNLOAD"));
        ensure!(is_download, WrongCommandSnafu { statement: "GET" });
        let keys = transfer.src_locations.clone().unwrap_or_default();
        let masters = (0..keys.len()).map(|index| master_key(transfer, index)).collect::<Result<_>>()?;
        let around = runner.surroundings(machine);
        let clock = Arc::clone(&around.clock);
        let budget = Budget::new(options.shared.memory.unwrap_or(budget::DEFAULT));
        let tally = Tally::new(options.shared.watcher.clone());
        let store = store::open(transfer, around, renew)?;
        Ok(Self { keys, options, masters, store, budget, tally, clock })
    }

    /// How many files are going to be downloaded, for those who want to know how far it has come.
    pub(super) fn expect(&self, files: u64) {
        self.tally.note(|so_far| so_far.files = files);
    }

    /// Gets the file at this place of the list under this name.
    pub(super) async fn download(&self, index: usize, name: &str, sink: Sink<'_>) -> Result<GetFile> {
        let started = self.clock.now();
        let span = trace::span("GET");
        let downloaded = self.move_into(index, sink).instrument(span.clone()).await;
        trace::done(&span, downloaded.as_ref().copied());
        self.tally.file_done();
        metric::took("get", self.clock.now().saturating_duration_since(started));
        match downloaded {
            Ok(size) => {
                tracing::debug!(size, "a file was got");
                let (file, message) = (name.to_owned(), String::new());
                let file = GetFile { file, size, status: GetStatus::Downloaded, message };
                metric::get(&file);
                Ok(file)
            }
            Err(error) => {
                metric::failed("get");
                tracing::debug!(kind = ?error.kind(), "a file was not got");
                Err(error)
            }
        }
    }

    async fn move_into(&self, index: usize, sink: Sink<'_>) -> Result<u64> {
        let key = self.keys.get(index).map(String::as_str).unwrap_or_default();
        let fetching = Fetching {
            store: self.store.as_ref(),
            parallel: usize::try_from(self.options.parallel).unwrap_or(usize::MAX),
            budget: &self.budget,
            tally: &self.tally,
        };
        let (object, pieces) = fetching.run(key).await?;
        let master = self.masters.get(index).and_then(Option::as_ref);
        let opener = Opener::new(key, &object.metadata, master)?;
        let (ahead, arrived) = mpsc::channel(AHEAD);
        let receiving = async move {
            let mut pieces = pieces;
            while let Some(piece) = pieces.try_next().await? {
                if ahead.send(piece).await.is_err() {
                    break;
                }
            }
            Ok(())
        };
        let ((), size) = futures::try_join!(receiving, self.keep(key, opener, arrived, sink))?;
        Ok(size)
    }

    /// Opens and writes the pieces as they arrive: one is opened while the one before it is written.
    async fn keep(
        &self,
        key: &str,
        mut opener: Opener,
        mut arrived: mpsc::Receiver<Piece>,
        mut sink: Sink<'_>,
    ) -> Result<u64> {
        let (mut size, mut plain, mut spare) = (0, Vec::new(), Vec::new());
        while let Some((pieces, _held)) = arrived.recv().await {
            let opened = async {
                let opened =
                    opener.open(pieces, mem::take(&mut spare)).await.context(WriterSnafu { file: key });
                opened.map_err(Error::from)
            };
            let (next, (written, used)) = futures::try_join!(opened, sink.write(key, plain))?;
            (plain, opener) = next;
            spare = used;
            self.tally.written(written);
            size += written;
        }
        plain.append(&mut opener.finish(key)?);
        let (written, _used) = sink.write(key, plain).await?;
        let written = written + sink.finish(key).await?;
        self.tally.written(written);
        Ok(size + written)
    }
}

/// The key of the file at this place of the list, where files are encrypted by those who write them.
fn master_key(transfer: &Transfer, index: usize) -> Result<Option<MasterKey>> {
    if transfer.stage_info.as_ref().is_some_and(|info| info.location_type == "LOCAL_FS") {
        return Ok(None);
    }
    let material = match &transfer.encryption_material {
        Some(OneOrMany::One(material)) => Some(material),
        Some(OneOrMany::Many(materials)) => materials.get(index).and_then(Option::as_ref),
        None => None,
    };
    let material = material.filter(|material| !material.query_stage_master_key.is_empty());
    Ok(material.map(MasterKey::new).transpose().context(KeySnafu)?)
}
