//! How to upload.

/// How [`put_file`](crate::put_file) uploads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PutOptions {
    /// Whether to gzip files that are not compressed yet.
    pub auto_compress: bool,
    /// Whether to replace files of the same name; otherwise they are skipped.
    pub overwrite: bool,
    /// How many files to move at a time, 1 to 99.
    pub parallel: u32,
}

impl Default for PutOptions {
    fn default() -> Self {
        Self { auto_compress: true, overwrite: false, parallel: 4 }
    }
}
