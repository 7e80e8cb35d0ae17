//! Stages that are folders of this machine.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};

use crate::compression::{self, GZIP, NONE};
use crate::error::{ReadSnafu, Result, WriteSnafu};
use crate::put::{PutFile, PutStatus};
use snafu::ResultExt;

/// How much of a file is looked at to recognise its compression.
const HEAD: u64 = 16;

/// One file on its way into a stage's folder.
pub(crate) struct Upload {
    pub(crate) source: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) compress: bool,
    pub(crate) overwrite: bool,
}

impl Upload {
    /// Copies the file, gzip'd if asked for. The target appears whole or not at all.
    pub(crate) fn run(self) -> Result<PutFile> {
        let read = || ReadSnafu { path: self.source.clone() };
        let mut source = BufReader::new(File::open(&self.source).with_context(|_| read())?);
        let source_size = source.get_ref().metadata().with_context(|_| read())?.len();
        let mut head = Vec::new();
        source.by_ref().take(HEAD).read_to_end(&mut head).with_context(|_| read())?;
        let source_compression = compression::detect(&self.source, &head);
        let gzip = self.compress && source_compression == NONE;

        let name = file_name(&self.source);
        let target_name = if gzip { format!("{name}.gz") } else { name.clone() };
        let target = self.folder.join(&target_name);
        let mut report = PutFile {
            source: name,
            target: target_name,
            source_size,
            target_size: 0,
            source_compression: source_compression.to_owned(),
            target_compression: if gzip { GZIP } else { source_compression }.to_owned(),
            status: PutStatus::Skipped,
            message: String::new(),
        };
        if !self.overwrite && target.exists() {
            return Ok(report);
        }
        let mut plain = head.chain(source);
        report.target_size = publish(&self.folder, &target, |file| {
            if gzip {
                // Without a time or name inside, the same file always gives the same bytes.
                let mut encoder = GzBuilder::new().mtime(0).write(file, Compression::default());
                io::copy(&mut plain, &mut encoder)?;
                encoder.finish()
            } else {
                io::copy(&mut plain, file)?;
                Ok(file)
            }
        })
        .context(WriteSnafu)?;
        report.status = PutStatus::Uploaded;
        Ok(report)
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Writes beside the target and renames, so that nobody ever sees half a file. Returns the size in bytes.
fn publish(
    folder: &Path,
    target: &Path,
    write: impl FnOnce(&mut File) -> io::Result<&mut File>,
) -> io::Result<u64> {
    fs::create_dir_all(folder)?;
    let mut temporary = tempfile::Builder::new().prefix(".upload-").tempfile_in(folder)?;
    let file = write(temporary.as_file_mut())?;
    file.flush()?;
    let size = file.metadata()?.len();
    temporary.persist(target).map_err(|failed| failed.error)?;
    Ok(size)
}

#[cfg(test)]
mod tests {
    use flate2::read::GzDecoder;

    use super::*;

    fn upload(source: &Path, folder: &Path, compress: bool, overwrite: bool) -> PutFile {
        Upload { source: source.to_owned(), folder: folder.to_owned(), compress, overwrite }.run().unwrap()
    }

    #[test]
    fn files_are_compressed_once_and_skipped_when_present() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a.csv");
        fs::write(&source, "1,2\n".repeat(1000)).unwrap();
        let stage = folder.path().join("stage/deep");

        let first = upload(&source, &stage, true, false);
        assert_eq!((first.target.as_str(), first.status), ("a.csv.gz", PutStatus::Uploaded));
        assert!(first.target_size < first.source_size);
        let mut plain = String::new();
        GzDecoder::new(File::open(stage.join("a.csv.gz")).unwrap()).read_to_string(&mut plain).unwrap();
        assert_eq!(plain, "1,2\n".repeat(1000));

        assert_eq!(upload(&source, &stage, true, false).status, PutStatus::Skipped);
        let again = upload(&stage.join("a.csv.gz"), &folder.path().join("other"), true, true);
        assert_eq!((again.source_compression.as_str(), again.target.as_str()), ("GZIP", "a.csv.gz"));
        assert_eq!(fs::read_dir(&stage).unwrap().count(), 1, "no temporary file stays behind");
    }
}
