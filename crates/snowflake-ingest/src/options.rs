//! How to move files to a stage and from it.

use std::fmt;
use std::path::PathBuf;

use crate::transfer::{Progress, SourceCompression, Watcher};

/// The fewest and the most files that are moved at a time.
const PARALLEL: (u32, u32) = (1, 99);

/// How [`put_file`](crate::put_file) uploads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PutOptions {
    /// Whether to gzip files that are not compressed yet.
    pub auto_compress: bool,
    /// Whether to replace files of the same name; otherwise they are skipped.
    pub overwrite: bool,
    /// How many files to move at a time, and how many parts of a large one, 1 to 99.
    pub parallel: u32,
}

impl Default for PutOptions {
    fn default() -> Self {
        Self { auto_compress: true, overwrite: false, parallel: 4 }
    }
}

/// What to do about the other files when one of several cannot be moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// Stop at once, with its error. Files that were moved before stay.
    #[default]
    Stop,
    /// Go on with the others, and tell of each file what became of it.
    Continue,
}

/// How to upload, where [`PutOptions`] does not say enough; they become these by `into()`.
///
/// ```
/// use snowflake_ingest::{OnFailure, PutOptions, SourceCompression, UploadOptions};
///
/// let options = UploadOptions::from(PutOptions { overwrite: true, ..PutOptions::default() })
///     .with_source_compression(SourceCompression::None)
///     .with_on_failure(OnFailure::Continue)
///     .with_progress(|so_far| println!("{} of {} bytes", so_far.bytes_read, so_far.bytes));
/// # let _ = options;
/// ```
#[derive(Clone, Default)]
pub struct UploadOptions {
    pub(crate) put: PutOptions,
    pub(crate) source_compression: SourceCompression,
    pub(crate) shared: Shared,
    pub(crate) spool_folder: Option<PathBuf>,
}

/// How to download.
///
/// ```
/// use snowflake_ingest::DownloadOptions;
///
/// let options = DownloadOptions::default().with_pattern(".*[.]csv[.]gz").with_parallel(8);
/// # let _ = options;
/// ```
#[derive(Clone)]
pub struct DownloadOptions {
    pub(crate) parallel: u32,
    pub(crate) pattern: Option<String>,
    pub(crate) decompress: bool,
    pub(crate) shared: Shared,
}

/// What both directions have.
#[derive(Clone, Default)]
pub(crate) struct Shared {
    pub(crate) on_failure: OnFailure,
    pub(crate) memory: Option<u64>,
    pub(crate) watcher: Option<Watcher>,
}

impl From<PutOptions> for UploadOptions {
    fn from(put: PutOptions) -> Self {
        let parallel = put.parallel.clamp(PARALLEL.0, PARALLEL.1);
        Self { put: PutOptions { parallel, ..put }, ..Self::default() }
    }
}

impl UploadOptions {
    /// The compression that the files have already, instead of what their names and first bytes tell.
    #[must_use]
    pub fn with_source_compression(mut self, compression: SourceCompression) -> Self {
        self.source_compression = compression;
        self
    }

    /// What to do when one of several files cannot be uploaded; to stop, unless this says otherwise.
    #[must_use]
    pub fn with_on_failure(mut self, on_failure: OnFailure) -> Self {
        self.shared.on_failure = on_failure;
        self
    }

    /// Tells how far the upload has come, after every block, part and file. `watcher` is called on the threads
    /// that move the files, and should return at once.
    #[must_use]
    pub fn with_progress(mut self, watcher: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        self.shared.watcher = Some(Watcher::new(watcher));
        self
    }

    /// How many bytes of memory all files of the upload may take together; 64 MiB unless this says otherwise.
    /// At least one part of a file is held, whatever its size.
    #[must_use]
    pub fn with_memory(mut self, bytes: u64) -> Self {
        self.shared.memory = Some(bytes);
        self
    }

    /// The folder for the temporary files in which large files wait, compressed and encrypted, until they are
    /// sent; the system's own unless this says otherwise. Its files have no names, and only this process can
    /// read them.
    #[must_use]
    pub fn with_spool_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.spool_folder = Some(folder.into());
        self
    }
}

impl DownloadOptions {
    /// How many files to move at a time, and how many parts of a large one, 1 to 99; 10 unless this says
    /// otherwise.
    #[must_use]
    pub fn with_parallel(mut self, files: u32) -> Self {
        self.parallel = files.clamp(PARALLEL.0, PARALLEL.1);
        self
    }

    /// A regular expression for the files to download, which the service matches against their whole paths.
    #[must_use]
    pub fn with_pattern(mut self, regex: impl Into<String>) -> Self {
        self.pattern = Some(regex.into());
        self
    }

    /// Whether to undo gzip on the way. Only [`get_writer`](crate::get_writer) does; files are written as they
    /// lie in the stage.
    #[must_use]
    pub fn decompress(mut self, decompress: bool) -> Self {
        self.decompress = decompress;
        self
    }

    /// What to do when one of several files cannot be downloaded; to stop, unless this says otherwise.
    #[must_use]
    pub fn with_on_failure(mut self, on_failure: OnFailure) -> Self {
        self.shared.on_failure = on_failure;
        self
    }

    /// Tells how far the download has come, after every piece and file. `watcher` is called on the threads that
    /// move the files, and should return at once.
    #[must_use]
    pub fn with_progress(mut self, watcher: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        self.shared.watcher = Some(Watcher::new(watcher));
        self
    }

    /// How many bytes of memory all files of the download may take together; 64 MiB unless this says otherwise.
    /// At least one part of a file is held, whatever its size.
    #[must_use]
    pub fn with_memory(mut self, bytes: u64) -> Self {
        self.shared.memory = Some(bytes);
        self
    }
}

impl Default for DownloadOptions {
    fn default() -> Self {
        Self { parallel: 10, pattern: None, decompress: false, shared: Shared::default() }
    }
}

impl fmt::Debug for UploadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadOptions")
            .field("put", &self.put)
            .field("source_compression", &self.source_compression)
            .field("on_failure", &self.shared.on_failure)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DownloadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadOptions")
            .field("parallel", &self.parallel)
            .field("on_failure", &self.shared.on_failure)
            .finish_non_exhaustive()
    }
}
