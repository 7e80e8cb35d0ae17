//! What is sent: cut into parts one after the other, from a spool or by reading a file once more.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use snowflake_proto::encryption::{BLOCK, Encryptor, FileKey, encrypted_size};

use super::buffers::Buffers;
use super::seal::Hasher;
use super::source::Source;
use super::spool::Spool;
use super::workers::on_thread;
use crate::store::Replay;

/// How much of a file is read and encrypted at a time, in bytes.
const STEP: usize = 1 << 20;

/// The bytes of one object. Clones are the same bytes.
#[derive(Clone, Debug)]
pub(super) enum Body {
    /// As they wait in a spool.
    Spool(Spool),
    /// As they become when the file is read once more.
    File(Again),
}

/// A file that was read once for its digest, and is read again to be stored.
#[derive(Clone)]
pub(super) struct Again {
    file: Arc<Mutex<File>>,
    size: u64,
    digest: String,
    key: Option<Arc<FileKey>>,
    has_changed: Arc<AtomicBool>,
}

impl Again {
    /// Reads a file for its digest.
    pub(super) async fn new(
        source: Source<'_>,
        size: u64,
        key: Option<Arc<FileKey>>,
        read: impl Fn(u64) + Send + 'static,
    ) -> io::Result<Self> {
        let mut file = source.into_file()?;
        on_thread(move || {
            let (mut hasher, mut buffer) = (Hasher::new(), vec![0; STEP]);
            file.seek(SeekFrom::Start(0))?;
            let mut total = 0;
            // Whoever goes on writing to it is not read after for ever.
            while total <= size {
                let count = file.read(&mut buffer)?;
                if count == 0 {
                    break;
                }
                hasher.update(buffer.get(..count).unwrap_or_default());
                total += count as u64;
                read(count as u64);
            }
            let has_changed = Arc::new(AtomicBool::new(total != size));
            Ok(Self { file: Arc::new(Mutex::new(file)), size, digest: hasher.finish(), key, has_changed })
        })
        .await
    }

    pub(super) fn digest(&self) -> &str {
        &self.digest
    }
}

impl Body {
    /// How many bytes are stored.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Spool(spool) => spool.size(),
            Self::File(Again { size, key: None, .. }) => *size,
            Self::File(Again { size, key: Some(_), .. }) => encrypted_size(*size),
        }
    }

    /// Whether somebody was found to have written to the file.
    pub(super) fn has_changed(&self) -> bool {
        match self {
            Self::Spool(_) => false,
            Self::File(again) => again.has_changed.load(Ordering::Relaxed),
        }
    }

    /// Whether the bytes are in memory anyway.
    pub(super) fn is_in_memory(&self) -> bool {
        matches!(self, Self::Spool(spool) if spool.is_in_memory())
    }

    /// The bytes from the beginning, in parts of this size.
    pub(super) fn parts(&self, size: u64) -> Cutter {
        let part = usize::try_from(size.clamp(1, self.size().max(1))).unwrap_or(usize::MAX);
        let rereading = match self {
            Self::Spool(_) => None,
            Self::File(again) => Some(Box::new(Rereading::new(again))),
        };
        Cutter { body: self.clone(), part, at: 0, rereading, buffers: Buffers::default() }
    }

    /// All bytes, for those that fit into memory.
    pub(super) async fn whole(&self) -> io::Result<Bytes> {
        let (whole, _rest) = self.parts(self.size()).next().await?;
        Ok(whole.unwrap_or_default())
    }
}

/// Cuts a [`Body`] into parts, the last of which only comes when all of the content is known to be unchanged.
#[derive(Debug)]
pub(super) struct Cutter {
    body: Body,
    part: usize,
    at: u64,
    rereading: Option<Box<Rereading>>,
    buffers: Buffers,
}

impl Cutter {
    /// The next part, if there is one, and what cuts the others.
    pub(super) async fn next(self) -> io::Result<(Option<Bytes>, Self)> {
        if self.at >= self.body.size() {
            return Ok((None, self));
        }
        on_thread(move || self.cut()).await
    }

    fn cut(mut self) -> io::Result<(Option<Bytes>, Self)> {
        let bytes = match (&self.body, &mut self.rereading) {
            (Body::Spool(spool), _) => spool.read(self.at, self.part, &self.buffers)?,
            (Body::File(again), Some(rereading)) => {
                let is_last = self.body.size() - self.at <= self.part as u64;
                let part = rereading.read(again, self.part, is_last, self.buffers.take())?;
                self.buffers.lend(part)
            }
            (Body::File(_), None) => Bytes::new(),
        };
        self.at += bytes.len() as u64;
        Ok((Some(bytes), self))
    }
}

/// How far a file was read again.
struct Rereading {
    hasher: Option<Hasher>,
    encryptor: Option<Encryptor>,
    read: u64,
    /// What was read beyond the parts so far.
    beyond: Vec<u8>,
}

impl Rereading {
    fn new(again: &Again) -> Self {
        let encryptor = again.key.as_deref().map(FileKey::encryptor);
        Self { hasher: Some(Hasher::new()), encryptor, read: 0, beyond: Vec::new() }
    }

    /// Reads the next part into a buffer.
    fn read(&mut self, again: &Again, part: usize, is_last: bool, mut ready: Vec<u8>) -> io::Result<Vec<u8>> {
        ready.reserve_exact(part.saturating_add(STEP + BLOCK));
        ready.append(&mut self.beyond);
        while self.hasher.is_some() && (is_last || ready.len() < part) {
            self.step(again, &mut ready)?;
        }
        if ready.len() > part {
            self.beyond = ready.split_off(part);
        }
        Ok(ready)
    }

    fn step(&mut self, again: &Again, ready: &mut Vec<u8>) -> io::Result<()> {
        let mut piece = Vec::with_capacity(STEP);
        {
            let mut file = again.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(self.read))?;
            file.by_ref().take(STEP as u64).read_to_end(&mut piece)?;
        }
        self.read += piece.len() as u64;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&piece);
        }
        match &mut self.encryptor {
            Some(encryptor) => ready.extend_from_slice(&encryptor.update(&piece)),
            None => ready.extend_from_slice(&piece),
        }
        let is_same = match piece.is_empty() {
            true => {
                let digest = self.hasher.take().map(Hasher::finish);
                let rest = self.encryptor.take().map(Encryptor::finish);
                ready.extend_from_slice(&rest.unwrap_or_default());
                digest.as_ref() == Some(&again.digest) && self.read == again.size
            }
            false => self.read <= again.size,
        };
        if !is_same || again.has_changed.load(Ordering::Relaxed) {
            again.has_changed.store(true, Ordering::Relaxed);
            return Err(io::Error::other("the file was written to while it was read"));
        }
        Ok(())
    }
}

impl Replay for Body {
    fn size(&self) -> u64 {
        Body::size(self)
    }

    fn read(&self) -> BoxStream<'static, io::Result<Bytes>> {
        let pieces = stream::try_unfold(self.parts(STEP as u64), async |cutter| {
            let (piece, cutter) = cutter.next().await?;
            Ok(piece.map(|piece| (piece, cutter)))
        });
        pieces.boxed()
    }
}

impl fmt::Debug for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Again").field("size", &self.size).finish_non_exhaustive()
    }
}

impl fmt::Debug for Rereading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rereading").field("read", &self.read).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use futures::TryStreamExt as _;
    use snowflake_proto::encryption::MasterKey;
    use snowflake_proto::wire::stage::EncryptionMaterial;

    use super::*;
    use crate::transfer::pack::file_key;

    fn key() -> Arc<FileKey> {
        let material = EncryptionMaterial {
            query_stage_master_key: "AAECAwQFBgcICQoLDA0ODw==".to_owned(),
            ..EncryptionMaterial::default()
        };
        file_key(&MasterKey::new(&material).unwrap()).unwrap()
    }

    async fn again(plain: &[u8], key: Option<Arc<FileKey>>) -> (tempfile::NamedTempFile, Body) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(plain).unwrap();
        let source = Source::open(file.path()).await.unwrap();
        let again = Again::new(source, plain.len() as u64, key, |_| ()).await.unwrap();
        (file, Body::File(again))
    }

    async fn parts(body: &Body, size: u64) -> io::Result<Vec<Bytes>> {
        let (mut cutter, mut parts) = (body.parts(size), Vec::new());
        while let (Some(part), rest) = cutter.next().await? {
            parts.push(part);
            cutter = rest;
        }
        Ok(parts)
    }

    #[tokio::test]
    async fn every_way_of_cutting_gives_the_same_bytes() {
        let plain: Vec<u8> = (0..3_000_001_u32).map(|at| u8::try_from(at % 253).unwrap()).collect();
        for key in [None, Some(key())] {
            let (_file, body) = again(&plain, key.clone()).await;
            let whole = body.whole().await.unwrap();
            assert_eq!(whole.len() as u64, body.size());
            assert_eq!(whole == plain, key.is_none());
            for size in [1_000_003, 1 << 20, body.size() - 1, body.size() + 1] {
                let parts = parts(&body, size).await.unwrap();
                assert!(parts.iter().rev().skip(1).all(|part| part.len() as u64 == size));
                assert!(parts.concat() == whole, "{size}");
            }
            let replayed: Vec<Bytes> = Replay::read(&body).try_collect().await.unwrap();
            assert!(replayed.concat() == whole);
        }
    }

    #[tokio::test]
    async fn f16_an_empty_file_is_one_block_of_padding_or_nothing() {
        assert!(again(b"", None).await.1.whole().await.unwrap().is_empty());
        assert_eq!(again(b"", Some(key())).await.1.whole().await.unwrap().len(), 16);
    }

    #[tokio::test]
    async fn f10_the_last_part_of_a_file_that_was_written_to_never_comes() {
        let plain = vec![7; 3 << 20];
        for change in [
            |file: &mut File| file.write_all(b"more"),
            |file: &mut File| {
                file.seek(SeekFrom::Start(5))?;
                file.write_all(b"x")
            },
            |file: &mut File| file.set_len(100),
        ] {
            for key in [None, Some(key())] {
                let (mut file, body) = again(&plain, key).await;
                change(file.as_file_mut()).unwrap();
                let (mut cutter, mut sent) = (body.parts(1 << 20), 0);
                let failed = loop {
                    match cutter.next().await {
                        Ok((Some(part), rest)) => (sent, cutter) = (sent + part.len() as u64, rest),
                        Ok((None, _)) => break false,
                        Err(_) => break true,
                    }
                };
                assert!(failed && sent < body.size() && body.has_changed());
            }
        }
    }
}
