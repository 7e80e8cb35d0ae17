//! Downloads: a file, all files of a folder or pattern, or one file to whatever can be written to.

use std::path::Path;
use std::sync::Arc;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use snafu::{OptionExt as _, ensure};
use snowflake_query::Pool;
use tokio::io::AsyncWrite;

use super::downloader::Downloader;
use super::fault::NoFileSnafu;
use super::folder::Folder;
use super::local_name::{local_name, local_names};
use super::put::message;
use super::runner::{Again, Runner};
use super::sink::Sink;
use super::{GetFile, GetResult, GetStatus, statement};
use crate::error::Result;
use crate::location::StageLocation;
use crate::machine::Machine;
use crate::options::{DownloadOptions, OnFailure};

/// Downloads one file of a stage into a folder of this machine, under its own name.
///
/// `path` is the file's, such as `@stage/folder/data.csv.gz`. The local file appears when it is whole and what was
/// uploaded, in the place of one that had its name. Only its owner may read it, and a folder that is made for it.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) when there is no such file;
/// [`Configuration`](crate::ErrorKind::Configuration) for a text that is no location, and a name that is not safe
/// here; [`Io`](crate::ErrorKind::Io) when the folder cannot be written to, or something that is no file has that
/// name; [`Incomplete`](crate::ErrorKind::Incomplete) when what lies in the stage is damaged or is replaced at the
/// same time; the kinds of a statement when the server refuses it; [`Auth`](crate::ErrorKind::Auth) and
/// [`Network`](crate::ErrorKind::Network) when the store behind the stage refuses it or is not reached.
///
/// # Cancellation
/// A dropped future leaves the whole file, or the one that was there before, or none.
pub async fn get_file(
    pool: &Pool,
    path: &str,
    folder: &Path,
    options: DownloadOptions,
    machine: &Machine,
) -> Result<GetFile> {
    let (downloader, index) = find_one(pool, path, options, machine).await?;
    let name = local_name(downloader.keys.get(index).map_or(path, String::as_str))?;
    let target = Folder::open(folder).await?.begin(name).await?;
    downloader.download(index, name, Sink::File(target)).await
}

/// Downloads all files of a stage, of a folder in it, or of those that a
/// [pattern](DownloadOptions::with_pattern) means, into one folder of this machine.
///
/// They are downloaded several at a time, each as by [`get_file`]. The folders that they have in the stage are not
/// made here: two files of one name are an error before anything is written.
///
/// # Errors
/// As [`get_file`]. With [`OnFailure::Continue`] a file that cannot be downloaded is no error but a
/// [`Failed`](GetStatus::Failed) one in the result, which [`GetResult::whole`] makes an error.
///
/// # Cancellation
/// A dropped future leaves of each file the whole, or nothing.
pub async fn get_files(
    pool: &Pool,
    location: &str,
    folder: &Path,
    options: DownloadOptions,
    machine: &Machine,
) -> Result<GetResult> {
    let downloader = begin(pool, location, options, machine).await?;
    ensure!(!downloader.keys.is_empty(), NoFileSnafu { location });
    download(&downloader, folder).await
}

/// Downloads one file of a stage to `writer`, [decompressed](DownloadOptions::decompress) if asked for.
///
/// What is written is known to be what was uploaded only when this has succeeded: what was written before an error
/// must not be used.
///
/// # Errors
/// As [`get_file`]; [`Configuration`](crate::ErrorKind::Configuration) when a file that is to be decompressed is
/// not gzip.
///
/// # Cancellation
/// A dropped future leaves what was written so far.
pub async fn get_writer(
    pool: &Pool,
    path: &str,
    writer: impl AsyncWrite + Send,
    options: DownloadOptions,
    machine: &Machine,
) -> Result<GetFile> {
    let decompress = options.decompress;
    let (downloader, index) = find_one(pool, path, options, machine).await?;
    let name = downloader.keys.get(index).map_or(path, String::as_str).rsplit('/').next().unwrap_or_default();
    downloader.download(index, name, Sink::writer(writer, decompress)).await
}

async fn begin(
    pool: &Pool,
    location: &str,
    options: DownloadOptions,
    machine: &Machine,
) -> Result<Downloader> {
    let runner = Runner::from(pool);
    let query = statement::get(&StageLocation::parse(location)?, &options);
    let transfer = runner.instructions(query.clone()).await?;
    let renew = Arc::new(Again::new(runner.clone(), query));
    Downloader::new(&runner, &transfer, options, machine, renew)
}

/// The one file at a path: the service names all whose paths begin so.
async fn find_one(
    pool: &Pool,
    path: &str,
    options: DownloadOptions,
    machine: &Machine,
) -> Result<(Downloader, usize)> {
    let downloader = begin(pool, path, options, machine).await?;
    let name = path.rsplit('/').next().unwrap_or_default();
    let named = downloader.keys.iter().enumerate().filter(|(_, key)| key.rsplit('/').next() == Some(name));
    // Among `a`, `a/a` and `a/b/a` it is the one that has nothing behind what was asked for.
    let found = named.min_by_key(|(_, key)| key.len()).map(|(index, _)| index);
    let index = found.context(NoFileSnafu { location: path })?;
    downloader.expect(1);
    Ok((downloader, index))
}

/// Downloads all files of a statement, several at a time.
pub(super) async fn download(downloader: &Downloader, folder: &Path) -> Result<GetResult> {
    // All of them before anything is written.
    let names = local_names(&downloader.keys)?;
    let folder = Folder::open(folder).await?;
    downloader.expect(names.len() as u64);
    let parallel = usize::try_from(downloader.options.parallel).unwrap_or(usize::MAX);
    let one = async |(index, name): (usize, &String)| {
        let downloaded = match folder.begin(name).await {
            Ok(target) => downloader.download(index, name, Sink::File(target)).await,
            Err(error) => Err(error),
        };
        match (downloaded, downloader.options.shared.on_failure) {
            (Err(error), OnFailure::Continue) => {
                let (status, message) = (GetStatus::Failed(error.kind()), message(&error));
                Ok((index, GetFile { file: name.clone(), size: 0, status, message }))
            }
            (downloaded, _) => downloaded.map(|file| (index, file)),
        }
    };
    let files = stream::iter(names.iter().enumerate()).map(one).buffer_unordered(parallel);
    let mut files: Vec<(usize, GetFile)> = files.try_collect().await?;
    files.sort_by_key(|(index, _)| *index);
    Ok(GetResult { files: files.into_iter().map(|(_, file)| file).collect() })
}
