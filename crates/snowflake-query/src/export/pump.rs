//! Moves a result from its stream through an encoder to where it is written.

use std::path::Path;

use arrow_array::RecordBatch;
use snafu::ResultExt;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::encoder::{Encoder, encoder};
use super::file::Unfinished;
use super::options::{Export, Exported};
use crate::error::Error;
use crate::result::fault::{EncodePanicSnafu, WriteSnafu};
use crate::result::{BatchStream, Fault, Rows, on_decoder};

/// Batches are encoded in slices of this many rows, so that the encoded form of a large one is never held whole.
const SLICE: usize = 16 << 10;

impl BatchStream {
    /// Writes what is left of the result, as it arrives.
    ///
    /// The writer is flushed but not shut down.
    ///
    /// # Errors
    /// As [`BatchStream::next`]; `Io` when writing fails, `Conversion` when the format cannot hold a value,
    /// `Configuration` when the options cannot be used.
    pub async fn write_to(
        mut self,
        writer: &mut (impl AsyncWrite + Unpin + Send + ?Sized),
        export: &Export,
    ) -> Result<Exported, Error> {
        let mut written = Exported::default();
        let mut encoder = encoder(export, &self)?;
        let mut out = Vec::new();
        encoder.begin(&mut out)?;
        drain(&mut out, writer, &mut written).await?;
        while let Some(batch) = self.next().await.transpose()? {
            for start in (0..batch.num_rows()).step_by(SLICE) {
                let slice = batch.slice(start, SLICE.min(batch.num_rows() - start));
                written.rows += slice.num_rows() as u64;
                (encoder, out) = encode(encoder, slice, out).await?;
                drain(&mut out, writer, &mut written).await?;
            }
        }
        encoder.finish(&mut out)?;
        drain(&mut out, writer, &mut written).await?;
        writer.flush().await.context(WriteSnafu)?;
        Ok(written)
    }

    /// Writes what is left of the result to a file, as it arrives.
    ///
    /// The rows go to a file of a random name in the same folder, which takes the place of `path` when all
    /// of them are on the disk. On failure, and when the future is dropped, it is removed and whatever was
    /// at `path` is still there.
    ///
    /// # Errors
    /// As [`BatchStream::write_to`].
    pub async fn write_file(self, path: impl AsRef<Path> + Send, export: &Export) -> Result<Exported, Error> {
        let entropy = self.entropy();
        let (unfinished, mut file) = Unfinished::create(path.as_ref(), entropy).await.context(WriteSnafu)?;
        let written = self.write_to(&mut file, export).await?;
        file.sync_all().await.context(WriteSnafu)?;
        drop(file);
        unfinished.finish().await.context(WriteSnafu)?;
        Ok(written)
    }
}

impl Rows {
    /// Writes all rows: see [`BatchStream::write_to`].
    ///
    /// # Errors
    /// As [`BatchStream::write_to`].
    pub async fn write_to(
        &self,
        writer: &mut (impl AsyncWrite + Unpin + Send + ?Sized),
        export: &Export,
    ) -> Result<Exported, Error> {
        self.to_stream().write_to(writer, export).await
    }

    /// Writes all rows to a file: see [`BatchStream::write_file`].
    ///
    /// # Errors
    /// As [`BatchStream::write_file`].
    pub async fn write_file(
        &self,
        path: impl AsRef<Path> + Send,
        export: &Export,
    ) -> Result<Exported, Error> {
        self.to_stream().write_file(path, export).await
    }
}

/// Encodes where it blocks no task.
async fn encode(
    mut encoder: Box<dyn Encoder>,
    batch: RecordBatch,
    mut out: Vec<u8>,
) -> Result<(Box<dyn Encoder>, Vec<u8>), Fault> {
    let done = on_decoder(move || encoder.batch(&batch, &mut out).map(|()| (encoder, out))).await;
    done.unwrap_or_else(|| EncodePanicSnafu.fail())
}

async fn drain(
    out: &mut Vec<u8>,
    writer: &mut (impl AsyncWrite + Unpin + Send + ?Sized),
    written: &mut Exported,
) -> Result<(), Fault> {
    writer.write_all(out).await.context(WriteSnafu)?;
    written.bytes += out.len() as u64;
    out.clear();
    Ok(())
}
