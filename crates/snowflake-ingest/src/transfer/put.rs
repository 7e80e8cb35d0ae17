//! Uploads: a file, files by pattern, bytes in memory, or whatever can be read.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use snafu::{OptionExt as _, ResultExt as _};
use snowflake_query::Pool;
use tokio::io::AsyncRead;

use super::fault::{FileNameSnafu, FolderSnafu, NoMatchSnafu, ReadSnafu, SameTargetSnafu};
use super::runner::Runner;
use super::source::Source;
use super::statement::Put;
use super::uploader::{Names, Uploader};
use super::{PutFile, PutResult, PutStatus, glob};
use crate::error::{Error, Result};
use crate::location::StageLocation;
use crate::machine::Machine;
use crate::options::{OnFailure, UploadOptions};

/// Uploads the file at exactly this path to a stage, whatever characters its name has.
///
/// A file that is not compressed yet is gzip'd on the way, unless the options say otherwise. When a file of its
/// name is in the stage already, it is left as it is unless the options say to overwrite it: so an upload that
/// was interrupted can simply be repeated.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) for a location or file name that cannot be written, and a
/// compression that the service does not read; [`Io`](crate::ErrorKind::Io) when the file cannot be read, is a
/// folder or is written to at the same time; the kinds of a statement when the server refuses the upload;
/// [`Auth`](crate::ErrorKind::Auth) and [`Network`](crate::ErrorKind::Network) when the store behind the stage
/// refuses it or is not reached.
///
/// # Cancellation
/// A dropped future leaves the whole file in the stage, or none.
pub async fn put_file(
    pool: &Pool,
    path: &Path,
    stage: &str,
    options: impl Into<UploadOptions>,
    machine: &Machine,
) -> Result<PutResult> {
    let put = Put { location: StageLocation::parse(stage)?, options: options.into() };
    let path = std::path::absolute(path).context(ReadSnafu { path })?;
    // Before the server is asked for anything.
    let source = open(&path).await?;
    let uploader = Uploader::begin(pool.into(), put, name(&path)?, machine).await?;
    uploader.expect([source.size()]);
    let file = uploader.upload(Names { target: name(&path)?, path: &path }, source).await?;
    Ok(PutResult { files: vec![file] })
}

/// Uploads the files that a pattern means: `*`, `?` and `[…]` are wildcards, as in a shell, and `~/` is the home
/// folder.
///
/// They are uploaded several at a time, each as by [`put_file`].
///
/// # Errors
/// As [`put_file`]; [`NotFound`](crate::ErrorKind::NotFound) when no file matches;
/// [`Configuration`](crate::ErrorKind::Configuration) when two files would have one name in the stage. With
/// [`OnFailure::Continue`] a file that cannot be uploaded is no error but a
/// [`Failed`](PutStatus::Failed) one in the result, which [`PutResult::whole`] makes an error.
///
/// # Cancellation
/// A dropped future leaves the whole of each file in the stage, or nothing of it.
pub async fn put_files(
    pool: &Pool,
    pattern: &str,
    stage: &str,
    options: impl Into<UploadOptions>,
    machine: &Machine,
) -> Result<PutResult> {
    let put = Put { location: StageLocation::parse(stage)?, options: options.into() };
    let paths = find(pattern, &put.options, machine).await?;
    let first = paths.first().map_or(Ok("0"), |path| name(path))?;
    let uploader = Uploader::begin(Runner::from(pool), put, first, machine).await?;
    upload(&uploader, &paths).await
}

/// Uploads bytes as a file of this name, as [`put_file`] does.
///
/// # Errors
/// As [`put_file`].
///
/// # Cancellation
/// As [`put_file`].
pub async fn put_bytes(
    pool: &Pool,
    name: &str,
    bytes: impl Into<Bytes>,
    stage: &str,
    options: impl Into<UploadOptions>,
    machine: &Machine,
) -> Result<PutFile> {
    let put = Put { location: StageLocation::parse(stage)?, options: options.into() };
    Uploader::begin(pool.into(), put, name, machine).await?.put(name, bytes.into()).await
}

/// Uploads what can be read, to its end, as a file of this name, as [`put_file`] does.
///
/// How much there is need not be known. It is read once, and never held in memory as a whole.
///
/// # Errors
/// As [`put_file`].
///
/// # Cancellation
/// As [`put_file`].
pub async fn put_reader(
    pool: &Pool,
    name: &str,
    reader: impl AsyncRead + Send,
    stage: &str,
    options: impl Into<UploadOptions>,
    machine: &Machine,
) -> Result<PutFile> {
    let put = Put { location: StageLocation::parse(stage)?, options: options.into() };
    let uploader = Uploader::begin(pool.into(), put, name, machine).await?;
    uploader.expect([None]);
    uploader.upload(Names { target: name, path: Path::new(name) }, Source::from_reader(reader)).await
}

/// The files that a pattern means. No two of them may become one in the stage.
pub(super) async fn find(pattern: &str, options: &UploadOptions, machine: &Machine) -> Result<Vec<PathBuf>> {
    let paths = glob::expand(pattern, machine.home.as_deref()).await.context(ReadSnafu { path: pattern })?;
    snafu::ensure!(!paths.is_empty(), NoMatchSnafu { pattern });
    let mut targets = BTreeMap::new();
    for path in &paths {
        let name = name(path)?;
        // Compressing `a.csv` gives the name that `a.csv.gz` has.
        let target = if options.put.auto_compress { name.strip_suffix(".gz").unwrap_or(name) } else { name };
        if let Some(first) = targets.insert(target, path) {
            SameTargetSnafu { first, second: path }.fail()?;
        }
    }
    Ok(paths)
}

/// Uploads files, several at a time.
pub(super) async fn upload(uploader: &Uploader, paths: &[PathBuf]) -> Result<PutResult> {
    let sizes = paths.iter().map(|path| path.metadata().ok().map(|metadata| metadata.len()));
    uploader.expect(sizes.collect::<Vec<_>>());
    let options = uploader.options();
    let parallel = usize::try_from(options.put.parallel).unwrap_or(usize::MAX);
    let one = async |(index, path): (usize, &PathBuf)| {
        let name = name(path)?;
        let uploaded = match open(path).await {
            Ok(source) => uploader.upload(Names { target: name, path }, source).await,
            Err(error) => Err(error),
        };
        match (uploaded, options.shared.on_failure) {
            (Err(error), OnFailure::Continue) => Ok((index, failed(name, &error))),
            (uploaded, _) => uploaded.map(|file| (index, file)),
        }
    };
    let files = stream::iter(paths.iter().enumerate()).map(one).buffer_unordered(parallel);
    let mut files: Vec<(usize, PutFile)> = files.try_collect().await?;
    files.sort_by_key(|(index, _)| *index);
    Ok(PutResult { files: files.into_iter().map(|(_, file)| file).collect() })
}

fn failed(name: &str, error: &Error) -> PutFile {
    PutFile {
        source: name.to_owned(),
        target: name.to_owned(),
        source_size: 0,
        target_size: 0,
        source_compression: String::new(),
        target_compression: String::new(),
        status: PutStatus::Failed(error.kind()),
        message: message(error),
    }
}

/// An error and its causes in one line.
pub(super) fn message(error: &Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        message.push_str(": ");
        message.push_str(&next.to_string());
        cause = next.source();
    }
    message
}

async fn open(path: &Path) -> Result<Source<'static>> {
    match Source::open(path).await {
        Err(error) if error.kind() == std::io::ErrorKind::IsADirectory => Ok(FolderSnafu { path }.fail()?),
        opened => Ok(opened.context(ReadSnafu { path })?),
    }
}

/// What a file is called in the stage.
fn name(path: &Path) -> Result<&str> {
    Ok(path.file_name().and_then(|name| name.to_str()).context(FileNameSnafu { path })?)
}
