//! The content of staged files.

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;

use super::super::SqlError;
use super::super::stage::{Location, StagedFile};
use super::super::time::Stamp;
use super::format::{Compression, FileFormat};

/// What a staged file holds.
#[derive(Debug)]
pub(super) struct Content {
    /// The file's path within its stage.
    pub(super) name: String,
    /// The digest of its bytes as they are in the stage.
    pub(super) digest: String,
    /// How many bytes it has in the stage.
    pub(super) size: usize,
    pub(super) modified: Stamp,
    bytes: Bytes,
}

impl Content {
    /// The inflated bytes.
    pub(super) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The inflated bytes as text.
    ///
    /// # Errors
    /// `100144` when they are no text and nothing may stand for what is none.
    pub(super) fn text(&self, replace_invalid: bool) -> Result<std::borrow::Cow<'_, str>, SqlError> {
        if replace_invalid {
            return Ok(String::from_utf8_lossy(&self.bytes));
        }
        // The cause says no more than where the bytes stop being text.
        std::str::from_utf8(&self.bytes).map(Into::into).map_err(|_| {
            SqlError::new("100144", "22000", format!("Invalid UTF8 detected in file '{}'", self.name))
        })
    }
}

/// Reads a file, inflating it where it is gzip.
///
/// # Errors
/// `100085` when it cannot be inflated.
pub(super) async fn content(
    location: &Location,
    file: &StagedFile,
    format: &FileFormat,
) -> Result<Content, SqlError> {
    let stored = location.read(file).await?;
    Ok(Content {
        name: file.name.clone(),
        digest: super::super::stage::digest(&stored),
        size: stored.len(),
        modified: Stamp::new(file.modified.unix_timestamp(), file.modified.nanosecond()),
        bytes: inflated(stored, &file.name, format.compression())?,
    })
}

fn inflated(stored: Bytes, name: &str, compression: Compression) -> Result<Bytes, SqlError> {
    let is_gzip = stored.starts_with(&[0x1f, 0x8b]);
    let invalid = |cause: String| {
        let message = format!("Invalid data encountered during decompression for file: '{name}'{cause}");
        SqlError::new("100085", "22000", message)
    };
    match compression {
        Compression::None => Ok(stored),
        Compression::Auto if !is_gzip => Ok(stored),
        Compression::Gzip if !is_gzip => Err(invalid(String::new())),
        Compression::Auto | Compression::Gzip => {
            let mut plain = Vec::new();
            // The cause goes into the message: the service words it so.
            MultiGzDecoder::new(stored.as_ref())
                .read_to_end(&mut plain)
                .map_err(|cause| invalid(format!(", {cause}")))?;
            Ok(Bytes::from(plain))
        }
    }
}
