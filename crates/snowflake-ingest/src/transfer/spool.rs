//! Where the bytes to be stored wait until all of them are known: in memory, or in a file without a name.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::budget::{Budget, Grant};
use super::buffers::Buffers;

/// The most that one file holds in memory, in bytes.
const MEMORY: usize = 4 << 20;

/// In what steps memory is asked for.
const STEP: usize = 256 << 10;

/// Bytes on their way into a [`Spool`].
#[derive(Debug)]
pub(super) struct Writer {
    budget: Budget,
    folder: Option<PathBuf>,
    memory: Vec<u8>,
    granted: usize,
    grant: Option<Grant>,
    file: Option<File>,
    size: u64,
}

/// Bytes that can be read as often as need be.
#[derive(Clone, Debug)]
pub(super) struct Spool {
    size: u64,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Memory {
        bytes: Bytes,
        _held: Arc<Option<Grant>>,
    },
    /// One reader at a time: what it reads is in the cache of the system.
    File(Arc<Mutex<File>>),
}

impl Writer {
    /// Begins in memory. The file, if there must be one, is made in `folder`, or where the system has its
    /// temporary files.
    pub(super) fn new(budget: Budget, folder: Option<PathBuf>) -> Self {
        Self { budget, folder, memory: Vec::new(), granted: 0, grant: None, file: None, size: 0 }
    }

    pub(super) fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.size += piece.len() as u64;
        if self.file.is_none() {
            if self.reserve(self.memory.len() + piece.len()) {
                self.memory.extend_from_slice(piece);
                return Ok(());
            }
            self.spill()?;
        }
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(piece))
    }

    pub(super) fn finish(mut self) -> Spool {
        let content = match self.file.take() {
            Some(file) => Content::File(Arc::new(Mutex::new(file))),
            None => Content::Memory { bytes: self.memory.into(), _held: Arc::new(self.grant) },
        };
        Spool { size: self.size, content }
    }

    /// Whether so many bytes may be held in memory.
    fn reserve(&mut self, bytes: usize) -> bool {
        if bytes > MEMORY {
            return false;
        }
        while self.granted < bytes {
            let Some(more) = self.budget.try_take(STEP as u64) else { return false };
            self.granted += STEP;
            match &mut self.grant {
                Some(grant) => grant.merge(more),
                None => self.grant = Some(more),
            }
        }
        true
    }

    /// Goes on in a file that only its owner may read, and that is gone when it is closed.
    fn spill(&mut self) -> io::Result<()> {
        let mut file = match &self.folder {
            Some(folder) => tempfile::tempfile_in(folder)?,
            None => tempfile::tempfile()?,
        };
        file.write_all(&self.memory)?;
        self.file = Some(file);
        (self.memory, self.grant) = (Vec::new(), None);
        Ok(())
    }
}

impl Spool {
    /// How many bytes there are.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// At most `length` bytes from there on; blocks while it reads.
    pub(super) fn read(&self, from: u64, length: usize, buffers: &Buffers) -> io::Result<Bytes> {
        let length = u64::try_from(length).unwrap_or(u64::MAX).min(self.size.saturating_sub(from));
        let length = usize::try_from(length).map_err(io::Error::other)?;
        match &self.content {
            _ if length == 0 => Ok(Bytes::new()),
            Content::Memory { bytes, .. } => {
                let from = usize::try_from(from).map_or(bytes.len(), |from| from.min(bytes.len()));
                Ok(bytes.slice(from..from + length))
            }
            Content::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(from))?;
                let mut bytes = buffers.take();
                bytes.reserve_exact(length);
                let read = Read::by_ref(&mut *file).take(length as u64).read_to_end(&mut bytes)?;
                if read < length { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(buffers.lend(bytes)) }
            }
        }
    }

    /// Whether the bytes are in memory.
    pub(super) fn is_in_memory(&self) -> bool {
        matches!(self.content, Content::Memory { .. })
    }
}

/// Where the file of a spool is made, for an error.
pub(super) fn place(folder: Option<&Path>) -> String {
    folder.map_or_else(|| "the folder of temporary files".to_owned(), |folder| folder.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spool(bytes: usize, budget: u64, folder: &Path) -> Spool {
        let mut writer = Writer::new(Budget::new(budget), Some(folder.to_owned()));
        let plain: Vec<u8> = (0..bytes).map(|at| u8::try_from(at % 251).unwrap()).collect();
        plain.chunks(100_000).for_each(|piece| writer.write(piece).unwrap());
        writer.finish()
    }

    #[test]
    fn large_content_goes_to_a_file_that_has_no_name() {
        let folder = tempfile::tempdir().unwrap();
        for (bytes, budget, in_memory) in [
            (0, 64 << 20, true),
            (3 << 20, 64 << 20, true),
            (5 << 20, 64 << 20, false),
            (1 << 20, 1 << 20, false),
        ] {
            let spool = spool(bytes, budget, folder.path());
            assert_eq!((spool.size(), spool.is_in_memory()), (bytes as u64, in_memory), "{bytes}");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
            let buffers = Buffers::default();
            let whole = spool.read(0, usize::MAX, &buffers).unwrap();
            assert_eq!(whole.len(), bytes);
            let part = spool.read(250_000, 1_000, &buffers).unwrap();
            assert!(part.iter().zip(250_000..).all(|(byte, at)| usize::from(*byte) == at % 251));
            assert!(spool.read(u64::MAX, 1, &buffers).unwrap().is_empty());
        }
    }

    #[test]
    fn f10_a_folder_that_cannot_be_written_to_is_an_error() {
        let mut writer = Writer::new(Budget::new(1 << 20), Some(PathBuf::from("/no/such/folder")));
        assert!(writer.write(&vec![0; 2 << 20]).is_err());
    }
}
