//! Files into one folder of a stage, any number of them under one statement's instructions.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use snafu::{OptionExt as _, ResultExt as _, ensure};
use snowflake_proto::encryption::{FileKey, MasterKey};
use snowflake_proto::wire::stage::{OneOrMany, Transfer};
use snowflake_transport::Clock;
use tracing::Instrument as _;

use super::body::{Again, Body};
use super::budget::{self, Budget};
use super::compression::Refusal;
use super::fault::{
    DifferentCompressionSnafu, KeySnafu, NoKeySnafu, ReadSnafu, TargetNameSnafu, UnsupportedCompressionSnafu,
    WrongCommandSnafu,
};
use super::pack::{Packing, file_key};
use super::progress::Tally;
use super::runner::{self, Runner};
use super::send::Sending;
use super::source::Source;
use super::statement::Put;
use super::{PutFile, PutStatus, SourceCompression, metric, trace};
use crate::error::Result;
#[cfg(feature = "bulk")]
use crate::location::StageLocation;
use crate::machine::Machine;
use crate::options::UploadOptions;
use crate::store::{self, Envelope, Metadata, Mode, Renew, Store, Written};

/// Files up to this size are read once; larger ones that need no compression twice, which needs no copy.
const READ_ONCE: u64 = 4 << 20;

/// What gzip'd files are called.
const GZ: &str = ".gz";

/// Puts files into one folder of a stage. Clones share its credentials, memory and progress.
#[derive(Clone, Debug)]
pub(crate) struct Uploader {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Arc<dyn Store>,
    master: Option<MasterKey>,
    threshold: Option<u64>,
    options: UploadOptions,
    budget: Budget,
    tally: Arc<Tally>,
    clock: Arc<dyn Clock>,
}

/// What a file is called: in the stage, and in errors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names<'a> {
    pub(super) target: &'a str,
    pub(super) path: &'a Path,
}

impl Uploader {
    /// Asks for the instructions for files of any names at a stage location such as `@stage/folder`.
    #[cfg(feature = "bulk")]
    pub(crate) async fn open(
        runner: impl Into<Runner>,
        stage: &str,
        options: impl Into<UploadOptions>,
        machine: &Machine,
    ) -> Result<Self> {
        let put = Put { location: StageLocation::parse(stage)?, options: options.into() };
        Self::begin(runner.into(), put, "0", machine).await
    }

    /// Asks for the instructions for files of any names, with that of the first one for the statement.
    pub(super) async fn begin(runner: Runner, put: Put, name: &str, machine: &Machine) -> Result<Self> {
        let query = put.named(name);
        let options = put.options.clone();
        let transfer = runner.instructions(query.clone()).await?;
        let again = runner::Again::new(runner.clone(), query).with_files(move |key| put.named(key));
        Self::new(&runner, &transfer, options, machine, Arc::new(again))
    }

    /// Puts files as these instructions say.
    pub(super) fn new(
        runner: &Runner,
        transfer: &Transfer,
        options: UploadOptions,
        machine: &Machine,
        renew: Arc<dyn Renew>,
    ) -> Result<Self> {
        let is_upload = transfer.command.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("UPLOAD"));
        ensure!(is_upload, WrongCommandSnafu { statement: "PUT" });
        let around = runner.surroundings(machine);
        let clock = Arc::clone(&around.clock);
        let budget = Budget::new(options.shared.memory.unwrap_or(budget::DEFAULT));
        let tally = Arc::new(Tally::new(options.shared.watcher.clone()));
        let threshold = transfer.threshold.and_then(|bytes| u64::try_from(bytes).ok());
        let master = master_key(transfer)?;
        let store = store::open(transfer, around, renew)?;
        Ok(Self { inner: Arc::new(Inner { store, master, threshold, options, budget, tally, clock }) })
    }

    /// Puts one file with this content. May be called any number of times, and at the same time.
    ///
    /// # Cancellation
    /// A dropped future leaves the whole file in the stage, or none.
    pub(crate) async fn put(&self, name: &str, bytes: Bytes) -> Result<PutFile> {
        self.expect([Some(bytes.len() as u64)]);
        self.upload(Names { target: name, path: Path::new(name) }, Source::from_bytes(bytes)).await
    }

    /// What is going to be uploaded, for those who want to know how far it has come.
    pub(super) fn expect(&self, sizes: impl IntoIterator<Item = Option<u64>>) {
        self.inner.tally.note(|so_far| {
            for size in sizes {
                so_far.files += 1;
                so_far.bytes += size.unwrap_or(0);
            }
        });
    }

    pub(super) fn options(&self) -> &UploadOptions {
        &self.inner.options
    }

    /// Puts one file.
    pub(super) async fn upload(&self, names: Names<'_>, source: Source<'_>) -> Result<PutFile> {
        let started = self.inner.clock.now();
        let span = trace::span("PUT");
        let uploaded = self.inner.upload(names, source).instrument(span.clone()).await;
        trace::done(&span, uploaded.as_ref().map(|file| file.target_size));
        self.inner.tally.file_done();
        metric::took("put", self.inner.clock.now().saturating_duration_since(started));
        match &uploaded {
            Ok(file) => {
                metric::put(file);
                let (status, stored) = (file.status.name(), file.target_size);
                tracing::debug!(status, size = file.source_size, stored, "a file was put");
            }
            Err(error) => {
                metric::failed("put");
                tracing::debug!(kind = ?error.kind(), "a file was not put");
            }
        }
        uploaded
    }
}

impl Inner {
    async fn upload(&self, names: Names<'_>, mut source: Source<'_>) -> Result<PutFile> {
        let Names { target: name, path } = names;
        let is_name = !name.is_empty() && !name.contains(['/', '\\']) && !name.chars().any(char::is_control);
        ensure!(is_name, TargetNameSnafu { name });
        let head = source.peek().await.context(ReadSnafu { path })?;
        let found = resolve(self.options.source_compression, name, head)?;
        let gzip = self.options.put.auto_compress && found == SourceCompression::None;
        let target = if gzip { format!("{name}{GZ}") } else { name.to_owned() };
        let mut file = PutFile {
            source: name.to_owned(),
            target,
            source_size: source.size().unwrap_or(0),
            target_size: 0,
            source_compression: found.name().to_owned(),
            target_compression: if gzip { SourceCompression::Gzip } else { found }.name().to_owned(),
            status: PutStatus::Skipped,
            message: String::new(),
        };
        let mode = if self.options.put.overwrite { Mode::Overwrite } else { Mode::Create };
        if mode == Mode::Create && self.store.head(&file.target).await?.is_some() {
            return Ok(file);
        }
        let key = self.master.as_ref().map(file_key).transpose()?;
        let (body, digest) = self.body(names, source, gzip, key.clone(), &mut file).await?;
        let envelope = self.master.as_ref().zip(key.as_deref()).map(|(master, key)| envelope(master, key));
        let metadata = Metadata { digest: Some(digest), envelope };
        let sending = Sending {
            store: self.store.as_ref(),
            threshold: self.threshold,
            mode,
            parallel: usize::try_from(self.options.put.parallel).unwrap_or(usize::MAX),
            budget: &self.budget,
            tally: &self.tally,
        };
        if sending.run(&file.target, &body, &metadata).await? == Written::Yes {
            (file.status, file.target_size) = (PutStatus::Uploaded, body.size());
        }
        Ok(file)
    }

    /// What is stored, and its digest before encryption.
    async fn body(
        &self,
        Names { target: name, path }: Names<'_>,
        mut source: Source<'_>,
        gzip: bool,
        key: Option<Arc<FileKey>>,
        file: &mut PutFile,
    ) -> Result<(Body, String)> {
        match (gzip, source.size()) {
            (false, Some(size)) if size > READ_ONCE && source.is_file() => {
                let tally = Arc::clone(&self.tally);
                let again = Again::new(source, size, key, move |bytes| tally.read(bytes)).await;
                let again = again.context(ReadSnafu { path })?;
                let digest = again.digest().to_owned();
                Ok((Body::File(again), digest))
            }
            _ => {
                let packing = Packing {
                    name,
                    gzip,
                    key: key.as_deref(),
                    spool_folder: self.options.spool_folder.as_ref(),
                    budget: &self.budget,
                    tally: &self.tally,
                };
                let packed = packing.run(&mut source).await?;
                file.source_size = packed.source_size;
                Ok((Body::Spool(packed.sealed.spool), packed.sealed.digest))
            }
        }
    }
}

fn resolve(stated: SourceCompression, name: &str, head: &[u8]) -> Result<SourceCompression> {
    Ok(match stated.resolve(name, head) {
        Ok(found) => found,
        Err(Refusal::Unsupported) => UnsupportedCompressionSnafu { file: name }.fail()?,
        Err(Refusal::Other(said)) => {
            DifferentCompressionSnafu { file: name, compression: said.name() }.fail()?
        }
    })
}

/// The key of the stage, where its files are encrypted here.
fn master_key(transfer: &Transfer) -> Result<Option<MasterKey>> {
    let info = transfer.stage_info.as_ref();
    if info.is_some_and(|info| info.location_type == "LOCAL_FS") {
        return Ok(None);
    }
    let material = match &transfer.encryption_material {
        Some(OneOrMany::One(material)) => Some(material),
        Some(OneOrMany::Many(materials)) => materials.iter().flatten().next(),
        None => None,
    };
    let material = material.filter(|material| !material.query_stage_master_key.is_empty());
    if info.and_then(|info| info.is_client_side_encrypted) == Some(true) {
        material.context(NoKeySnafu)?;
    }
    Ok(material.map(MasterKey::new).transpose().context(KeySnafu)?)
}

fn envelope(master: &MasterKey, key: &FileKey) -> Envelope {
    Envelope {
        wrapped_key: master.wrap(key),
        iv: key.iv(),
        smk_id: master.smk_id().to_owned(),
        query_id: master.query_id().to_owned(),
        bits: u32::try_from(master.bits()).ok(),
    }
}
