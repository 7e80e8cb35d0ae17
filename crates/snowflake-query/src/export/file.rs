//! A file that appears under its name only when it is complete.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use snowflake_transport::Entropy;
use tokio::fs::{self, File};

/// A name is drawn at most so often; a second time is already next to impossible.
const MAX_DRAWS: u32 = 8;

/// A file beside its later place; removed when dropped unfinished.
#[derive(Debug)]
pub(super) struct Unfinished {
    target: PathBuf,
    /// `None` once it has been moved.
    temporary: Option<PathBuf>,
}

impl Unfinished {
    pub(super) async fn create(target: &Path, entropy: Arc<dyn Entropy>) -> io::Result<(Self, File)> {
        let target = target.to_owned();
        // File and guard come from the blocking thread together, so that also a file that is opened when
        // nobody waits for it any more is removed.
        let (unfinished, file) = tokio::task::spawn_blocking(move || Self::create_now(target, &*entropy))
            .await
            .map_err(io::Error::other)??;
        Ok((unfinished, File::from_std(file)))
    }

    fn create_now(target: PathBuf, entropy: &dyn Entropy) -> io::Result<(Self, std::fs::File)> {
        let Some(name) = target.file_name() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
        };
        let mut draws = 0;
        loop {
            let mut temporary = OsString::from(".");
            temporary.push(name);
            temporary.push(format!(".{:016x}.part", entropy.u64()));
            let temporary = target.with_file_name(temporary);
            // Never follows a link or opens a file that someone else has put there.
            match OpenOptions::new().write(true).create_new(true).open(&temporary) {
                Ok(file) => return Ok((Self { target, temporary: Some(temporary) }, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && draws < MAX_DRAWS => draws += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives the file its name, in place of any that has it.
    pub(super) async fn finish(mut self) -> io::Result<()> {
        if let Some(temporary) = &self.temporary {
            fs::rename(temporary, &self.target).await?;
        }
        self.temporary = None;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            // Nothing can be done about a failure here.
            let _ = std::fs::remove_file(temporary);
        }
    }
}
