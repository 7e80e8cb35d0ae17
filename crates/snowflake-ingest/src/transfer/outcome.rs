//! What became of the files of a transfer.

use super::fault::SeveralSnafu;
use crate::ErrorKind;
use crate::error::Result;

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PutResult {
    /// One entry per file, in the order of their names.
    pub files: Vec<PutFile>,
}

/// What became of one uploaded file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PutFile {
    /// Its local name without the folder.
    pub source: String,
    /// Its name in the stage.
    pub target: String,
    /// Its size in bytes.
    pub source_size: u64,
    /// Its size in the stage in bytes, compressed and encrypted; 0 when it was not uploaded.
    pub target_size: u64,
    /// The compression it came with, such as `NONE` or `GZIP`.
    pub source_compression: String,
    /// The compression it has in the stage.
    pub target_compression: String,
    /// Whether it was uploaded.
    pub status: PutStatus,
    /// Empty, or what there is to say: why it failed.
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
    /// It was not uploaded, for this reason; the others were gone on with.
    Failed(ErrorKind),
}

/// What became of a download.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetResult {
    /// One entry per file, in the order in which the service named them.
    pub files: Vec<GetFile>,
}

/// What became of one downloaded file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetFile {
    /// Its local name without the folder.
    pub file: String,
    /// Its size in bytes as it was written, decrypted; 0 when it failed.
    pub size: u64,
    /// Whether it was downloaded.
    pub status: GetStatus,
    /// Empty, or what there is to say: why it failed.
    pub message: String,
}

/// Whether a file was downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GetStatus {
    /// It was downloaded.
    Downloaded,
    /// It was not downloaded, for this reason; the others were gone on with.
    Failed(ErrorKind),
}

impl PutStatus {
    /// The word that the service's own clients have for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Uploaded => "UPLOADED",
            Self::Skipped => "SKIPPED",
            Self::Failed(_) => "ERROR",
        }
    }
}

impl GetStatus {
    /// The word that the service's own clients have for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Downloaded => "DOWNLOADED",
            Self::Failed(_) => "ERROR",
        }
    }
}

impl PutResult {
    /// The result, if every file is in the stage.
    ///
    /// # Errors
    /// The kind of the first failure, when [`OnFailure::Continue`](crate::OnFailure::Continue) left some.
    pub fn whole(self) -> Result<Self> {
        let failed = self.files.iter().filter_map(|file| match file.status {
            PutStatus::Failed(kind) => Some((kind, file.source.as_str(), file.message.as_str())),
            _ => None,
        });
        check(failed, self.files.len(), "uploaded")?;
        Ok(self)
    }
}

impl GetResult {
    /// The result, if every file was downloaded.
    ///
    /// # Errors
    /// The kind of the first failure, when [`OnFailure::Continue`](crate::OnFailure::Continue) left some.
    pub fn whole(self) -> Result<Self> {
        let failed = self.files.iter().filter_map(|file| match file.status {
            GetStatus::Failed(kind) => Some((kind, file.file.as_str(), file.message.as_str())),
            GetStatus::Downloaded => None,
        });
        check(failed, self.files.len(), "downloaded")?;
        Ok(self)
    }
}

fn check<'a>(
    mut failed: impl Iterator<Item = (ErrorKind, &'a str, &'a str)>,
    of: usize,
    what: &'static str,
) -> Result<()> {
    let Some((kind, file, message)) = failed.next() else { return Ok(()) };
    let count = failed.count() + 1;
    Ok(SeveralSnafu { count, of, what, kind, file, message }.fail()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f19_the_failures_of_several_files_are_one_error_that_names_the_first() {
        let file = |name: &str, status| GetFile {
            file: name.to_owned(),
            size: 1,
            status,
            message: String::from("no space left"),
        };
        let done = || file("a", GetStatus::Downloaded);
        let failed = |name| file(name, GetStatus::Failed(ErrorKind::Io));
        assert!(GetResult { files: vec![done(), done()] }.whole().is_ok());
        let error = GetResult { files: vec![done(), failed("b"), failed("c")] }.whole().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert_eq!(error.to_string(), "2 of 3 files were not downloaded; the first is b: no space left");
    }
}
