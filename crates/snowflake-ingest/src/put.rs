//! `PUT`: from local files to a stage.

use std::path::{Path, PathBuf};

use snafu::{OptionExt, ResultExt};
use snowflake_proto::Literal;
use snowflake_proto::wire::stage::{StageInfo, Transfer};
use snowflake_query::{Pool, Wanted};

use crate::error::{FileNameSnafu, ForeignFolderSnafu, NoStageSnafu, ReadSnafu, Repr, Result, StoreSnafu};
use crate::local::Upload;
use crate::location::StageLocation;
use crate::options::PutOptions;

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PutResult {
    /// One entry per file, in the order of their names.
    pub files: Vec<PutFile>,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PutFile {
    /// Its local name without the folder.
    pub source: String,
    /// Its name in the stage.
    pub target: String,
    /// Its size in bytes.
    pub source_size: u64,
    /// Its size in the stage in bytes; 0 when it was skipped.
    pub target_size: u64,
    /// The compression it came with, such as `NONE` or `GZIP`.
    pub source_compression: String,
    /// The compression it has in the stage.
    pub target_compression: String,
    /// Whether it was uploaded.
    pub status: PutStatus,
    /// Empty, or what there is to say.
    pub message: String,
}

/// Whether a file was uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PutStatus {
    /// It was uploaded.
    Uploaded,
    /// A file of that name was there, and overwriting was not asked for.
    Skipped,
}

/// Whether a server may name a folder of this machine as its stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalStages {
    /// The server is on this machine: it may.
    Allowed,
    /// The server is elsewhere: it may not.
    Refused,
}

/// Uploads the file at `path` to a stage.
///
/// Files that are not compressed yet are gzip'd on the way, unless the options say otherwise.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) for a location or file name that cannot be written,
/// or a stage in a cloud store; [`Io`](crate::ErrorKind::Io) when the file cannot be read or the stage not
/// be written; the kinds of a statement when the server refuses the upload.
///
/// # Cancellation
/// A dropped future leaves no half-written file under its name in the stage; an upload that a worker
/// thread has begun runs to its end.
pub async fn put_file(
    pool: &Pool,
    path: &Path,
    stage: &str,
    options: PutOptions,
    local: LocalStages,
) -> Result<PutResult> {
    let location = StageLocation::parse(stage)?;
    let path = tokio::fs::canonicalize(path).await.context(ReadSnafu { path })?;
    let session = pool.get(&Wanted::default()).await?;
    let transfer = session.prepare_transfer(statement(&path, &location, options)?).await?;
    let folder = folder(&transfer, local)?;
    let upload = Upload {
        source: path,
        folder,
        compress: transfer.auto_compress.unwrap_or(options.auto_compress),
        overwrite: transfer.overwrite.unwrap_or(options.overwrite),
    };
    let file = tokio::task::spawn_blocking(move || upload.run())
        .await
        .map_err(|failed| Repr::Write { source: std::io::Error::other(failed) })??;
    Ok(PutResult { files: vec![file] })
}

fn statement(path: &Path, location: &StageLocation, options: PutOptions) -> Result<String> {
    let name = path.to_str().filter(|name| !name.contains(['*', '?'])).context(FileNameSnafu { path })?;
    Ok(format!(
        "PUT {} {location} AUTO_COMPRESS = {} OVERWRITE = {} PARALLEL = {}",
        Literal::text(format!("file://{name}")),
        sql(options.auto_compress),
        sql(options.overwrite),
        options.parallel.clamp(1, 99),
    ))
}

fn sql(value: bool) -> &'static str {
    if value { "TRUE" } else { "FALSE" }
}

/// The folder of a stage that the server keeps on this machine.
fn folder(transfer: &Transfer, local: LocalStages) -> Result<PathBuf> {
    let info: &StageInfo = transfer.stage_info.as_ref().context(NoStageSnafu)?;
    match (info.location_type.as_str(), local) {
        ("LOCAL_FS", LocalStages::Allowed) => Ok(PathBuf::from(&info.location)),
        ("LOCAL_FS", LocalStages::Refused) => ForeignFolderSnafu.fail()?,
        (store, _) => StoreSnafu { store: store.chars().take(32).collect::<String>() }.fail()?,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn names_and_locations_are_quoted() {
        let location = StageLocation::parse("@s").unwrap();
        let sql = statement(Path::new("/data/it's.csv"), &location, PutOptions::default()).unwrap();
        assert_eq!(
            sql,
            "PUT 'file:///data/it''s.csv' '@s' AUTO_COMPRESS = TRUE OVERWRITE = FALSE PARALLEL = 4"
        );
        assert!(statement(Path::new("/data/*.csv"), &location, PutOptions::default()).is_err());
    }

    #[test]
    fn a_distant_server_names_no_folder_of_this_machine() {
        let mut transfer = Transfer::default();
        assert_eq!(folder(&transfer, LocalStages::Allowed).unwrap_err().kind(), ErrorKind::Protocol);
        let info =
            StageInfo { location_type: "LOCAL_FS".into(), location: "/x".into(), ..StageInfo::default() };
        transfer.stage_info = Some(info);
        assert_eq!(folder(&transfer, LocalStages::Refused).unwrap_err().kind(), ErrorKind::Protocol);
        assert_eq!(folder(&transfer, LocalStages::Allowed).unwrap(), Path::new("/x"));
        transfer.stage_info = Some(StageInfo { location_type: "S3".into(), ..StageInfo::default() });
        assert!(folder(&transfer, LocalStages::Allowed).unwrap_err().to_string().contains("S3"));
    }
}
