//! From the content of a file to the bytes that are stored: compressed, encrypted, with their digest.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::FuturesOrdered;
use snafu::{ResultExt as _, ensure};
use snowflake_proto::encryption::FileKey;

use super::budget::Budget;
use super::fault::{NoRandomnessSnafu, ReadSnafu, SourceChangedSnafu, SpoolSnafu};
use super::gzip::{self, Trailer};
use super::progress::Tally;
use super::seal::{Sealed, Sealer};
use super::source::Source;
use super::spool::{self, Writer};
use super::workers::on_thread;
use crate::error::Result;

/// How a file is packed.
pub(super) struct Packing<'a> {
    /// What errors call it.
    pub(super) name: &'a str,
    pub(super) gzip: bool,
    pub(super) key: Option<&'a FileKey>,
    pub(super) spool_folder: Option<&'a PathBuf>,
    pub(super) budget: &'a Budget,
    pub(super) tally: &'a Tally,
}

/// A file that is ready to be stored.
#[derive(Debug)]
pub(super) struct Packed {
    /// How many bytes it had before.
    pub(super) source_size: u64,
    pub(super) sealed: Sealed,
}

impl Packing<'_> {
    /// Packs what a source has, and fails when somebody writes to it at the same time.
    pub(super) async fn run(&self, source: &mut Source<'_>) -> Result<Packed> {
        let sealer = Sealer::new(self.key, Writer::new(self.budget.clone(), self.spool_folder.cloned()));
        let (sealer, source_size) =
            if self.gzip { self.compress(source, sealer).await? } else { self.copy(source, sealer).await? };
        let is_whole = source.size().is_none_or(|size| size == source_size) && source.is_unchanged();
        ensure!(is_whole, SourceChangedSnafu { file: self.name });
        let sealed = on_thread(move || sealer.finish()).await.with_context(|_| self.spooling())?;
        Ok(Packed { source_size, sealed })
    }

    async fn copy(&self, source: &mut Source<'_>, mut sealer: Sealer) -> Result<(Sealer, u64)> {
        let mut size = 0;
        loop {
            let block = self.next(source, &mut size).await?;
            if block.is_empty() {
                return Ok((sealer, size));
            }
            sealer = self.seal(sealer, block).await?;
        }
    }

    /// Compresses as many blocks at a time as there is memory for, and seals them in their order.
    async fn compress(&self, source: &mut Source<'_>, sealer: Sealer) -> Result<(Sealer, u64)> {
        let mut sealer = self.seal(sealer, gzip::HEADER.as_slice().into()).await?;
        let (mut size, mut ended, mut before, mut trailer) = (0, false, Bytes::new(), Trailer::default());
        let mut blocks = FuturesOrdered::new();
        loop {
            while !ended {
                // Who holds a place goes on without another, so that nobody waits in a circle.
                let place = match blocks.is_empty() {
                    true => Some(self.budget.block().await),
                    false => self.budget.try_block(),
                };
                let Some(place) = place else { break };
                let plain = self.next(source, &mut size).await?;
                ended = plain.is_empty();
                if !ended {
                    let previous = std::mem::replace(&mut before, plain.clone());
                    let block = on_thread(move || gzip::compress(&previous, &plain));
                    blocks.push_back(async { (block.await, place) });
                }
            }
            let Some((block, _place)) = blocks.next().await else { break };
            let block = block.context(ReadSnafu { path: self.name })?;
            trailer.add(&block);
            sealer = self.seal(sealer, block.bytes.into()).await?;
        }
        Ok((self.seal(sealer, trailer.into_bytes().into()).await?, size))
    }

    async fn next(&self, source: &mut Source<'_>, size: &mut u64) -> Result<Bytes> {
        let block = source.next().await.context(ReadSnafu { path: self.name })?;
        *size += block.len() as u64;
        // Whoever goes on writing to it is not read after for ever.
        ensure!(source.size().is_none_or(|limit| *size <= limit), SourceChangedSnafu { file: self.name });
        if !block.is_empty() {
            self.tally.read(block.len() as u64);
        }
        Ok(block)
    }

    async fn seal(&self, mut sealer: Sealer, piece: Bytes) -> Result<Sealer> {
        let sealed = on_thread(move || sealer.write(&piece).map(|()| sealer)).await;
        Ok(sealed.with_context(|_| self.spooling())?)
    }

    fn spooling(&self) -> SpoolSnafu<String, &str> {
        SpoolSnafu { place: spool::place(self.spool_folder.map(PathBuf::as_path)), file: self.name }
    }
}

/// The key of a file, drawn anew for each from the randomness of the operating system.
pub(super) fn file_key(master: &snowflake_proto::encryption::MasterKey) -> Result<Arc<FileKey>> {
    use ring::rand::{SecureRandom as _, SystemRandom};

    let mut random = zeroize::Zeroizing::new([0; 48]);
    SystemRandom::new().fill(random.as_mut_slice()).map_err(|_| NoRandomnessSnafu.build())?;
    Ok(Arc::new(master.file_key(&random)))
}
