//! What is uploaded: a file, bytes in memory, or whatever can be read.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;
use std::pin::Pin;
use std::time::SystemTime;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::gzip::BLOCK;
use super::workers::on_thread;

/// The content of one file to be, read once from its beginning to its end in blocks.
pub(super) struct Source<'a> {
    input: Input<'a>,
    /// What was looked at before its turn.
    seen: Option<Bytes>,
    size: Option<u64>,
}

enum Input<'a> {
    /// `None` while a thread reads it.
    File {
        file: Option<File>,
        stamp: Stamp,
    },
    Bytes(Bytes),
    Reader(Pin<Box<dyn AsyncRead + Send + 'a>>),
}

/// What changes when somebody writes to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    is_regular: bool,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self { size: metadata.len(), modified: metadata.modified().ok(), is_regular: metadata.is_file() }
    }
}

impl<'a> Source<'a> {
    /// Opens a file. A folder is none.
    pub(super) async fn open(path: &Path) -> io::Result<Self> {
        let path = path.to_owned();
        let (file, stamp) = on_thread(move || {
            let file = File::open(path)?;
            let metadata = file.metadata()?;
            if metadata.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            Ok((file, Stamp::of(&metadata)))
        })
        .await?;
        let size = stamp.is_regular.then_some(stamp.size);
        Ok(Self { input: Input::File { file: Some(file), stamp }, seen: None, size })
    }

    pub(super) fn from_bytes(bytes: Bytes) -> Self {
        let size = Some(bytes.len() as u64);
        Self { input: Input::Bytes(bytes), seen: None, size }
    }

    pub(super) fn from_reader(reader: impl AsyncRead + Send + 'a) -> Self {
        Self { input: Input::Reader(Box::pin(reader)), seen: None, size: None }
    }

    /// How many bytes it has, where that can be known before it is read.
    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }

    /// The first bytes, which stay to be read.
    pub(super) async fn peek(&mut self) -> io::Result<&[u8]> {
        if self.seen.is_none() {
            self.seen = Some(self.fill().await?);
        }
        Ok(self.seen.as_deref().unwrap_or_default())
    }

    /// The next block: full but at the end, and empty after it. Content of the same bytes is always cut the
    /// same way, however it arrives.
    pub(super) async fn next(&mut self) -> io::Result<Bytes> {
        match self.seen.take() {
            Some(seen) => Ok(seen),
            None => self.fill().await,
        }
    }

    /// Whether it is a file, which can be read again from its beginning.
    pub(super) fn is_file(&self) -> bool {
        matches!(&self.input, Input::File { file: Some(_), stamp } if stamp.is_regular)
    }

    /// The file.
    pub(super) fn into_file(self) -> io::Result<File> {
        match self.input {
            Input::File { file: Some(file), .. } => Ok(file),
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Whether nobody wrote to it since it was opened, as far as can be told.
    pub(super) fn is_unchanged(&self) -> bool {
        match &self.input {
            Input::File { file: Some(file), stamp } if stamp.is_regular => {
                file.metadata().is_ok_and(|metadata| Stamp::of(&metadata) == *stamp)
            }
            _ => true,
        }
    }

    async fn fill(&mut self) -> io::Result<Bytes> {
        match &mut self.input {
            Input::File { file, .. } => {
                let gone = || io::Error::other("reading it was given up before");
                let mut taken = file.take().ok_or_else(gone)?;
                let (back, block) = on_thread(move || {
                    let mut block = Vec::with_capacity(BLOCK);
                    taken.by_ref().take(BLOCK as u64).read_to_end(&mut block)?;
                    Ok((taken, block.into()))
                })
                .await?;
                *file = Some(back);
                Ok(block)
            }
            Input::Bytes(bytes) => Ok(bytes.split_to(bytes.len().min(BLOCK))),
            Input::Reader(reader) => {
                let mut block = Vec::with_capacity(BLOCK);
                reader.take(BLOCK as u64).read_to_end(&mut block).await?;
                Ok(block.into())
            }
        }
    }
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("size", &self.size).finish_non_exhaustive()
    }
}
