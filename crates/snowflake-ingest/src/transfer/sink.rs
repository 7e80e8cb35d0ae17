//! Where downloaded bytes go: into a file of this machine, or to whatever can be written to.

use std::io::Write as _;
use std::pin::Pin;

use flate2::write::MultiGzDecoder;
use snafu::ResultExt as _;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::fault::{NotGzipSnafu, WriterSnafu};
use super::folder::Target;
use super::workers::on_thread;
use crate::error::Result;

/// How much is decompressed at a time, in bytes: a thousandfold of it may come out.
const GZIP_STEP: usize = 16 << 10;

/// Where downloaded bytes go.
pub(super) enum Sink<'a> {
    File(Target),
    Writer { writer: Pin<Box<dyn AsyncWrite + Send + 'a>>, gunzip: Option<Box<MultiGzDecoder<Vec<u8>>>> },
}

impl<'a> Sink<'a> {
    pub(super) fn writer(writer: impl AsyncWrite + Send + 'a, decompress: bool) -> Self {
        let gunzip = decompress.then(|| Box::new(MultiGzDecoder::new(Vec::new())));
        Self::Writer { writer: Box::pin(writer), gunzip }
    }

    /// Writes what comes next of a file; returns how many bytes that became, and the buffer to use again.
    pub(super) async fn write(&mut self, file: &str, piece: Vec<u8>) -> Result<(u64, Vec<u8>)> {
        match self {
            Self::File(target) => {
                let size = piece.len() as u64;
                Ok((size, target.write(piece).await?))
            }
            Self::Writer { writer, gunzip: None } => {
                writer.write_all(&piece).await.context(WriterSnafu { file })?;
                Ok((piece.len() as u64, piece))
            }
            Self::Writer { writer, gunzip } => {
                let mut size = 0;
                for step in piece.chunks(GZIP_STEP) {
                    let (Some(mut decoder), step) = (gunzip.take(), step.to_vec()) else { break };
                    let inflated = on_thread(move || {
                        decoder.write_all(&step)?;
                        let plain = std::mem::take(decoder.get_mut());
                        Ok((decoder, plain))
                    });
                    let (decoder, plain) = inflated.await.context(NotGzipSnafu { file })?;
                    *gunzip = Some(decoder);
                    writer.write_all(&plain).await.context(WriterSnafu { file })?;
                    size += plain.len() as u64;
                }
                Ok((size, piece))
            }
        }
    }

    /// Ends what was written, when all of it is known to be right; returns how many bytes came with that.
    pub(super) async fn finish(self, file: &str) -> Result<u64> {
        match self {
            Self::File(target) => target.finish().await.map(|()| 0),
            Self::Writer { mut writer, gunzip } => {
                let rest =
                    gunzip.map(|decoder| decoder.finish()).transpose().context(NotGzipSnafu { file })?;
                let rest = rest.unwrap_or_default();
                writer.write_all(&rest).await.context(WriterSnafu { file })?;
                writer.flush().await.context(WriterSnafu { file })?;
                Ok(rest.len() as u64)
            }
        }
    }
}

impl std::fmt::Debug for Sink<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(target) => target.fmt(f),
            Self::Writer { .. } => f.write_str("Writer"),
        }
    }
}
