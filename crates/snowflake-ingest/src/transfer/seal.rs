//! The last steps before bytes are stored: their digest is taken, they are encrypted, and they wait in a spool.

use std::fmt;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Context, Digest, SHA256};
use snowflake_proto::encryption::{Encryptor, FileKey};

use super::spool::{Spool, Writer};

/// Takes the digest of bytes that come in pieces.
pub(super) struct Hasher(Context);

impl Hasher {
    pub(super) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    pub(super) fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The digest as it travels beside an object.
    pub(super) fn finish(self) -> String {
        STANDARD.encode(Digest::as_ref(&self.0.finish()))
    }
}

/// Bytes that are ready to be stored.
#[derive(Debug)]
pub(super) struct Sealed {
    /// Base64 of the SHA-256 of the bytes before they were encrypted.
    pub(super) digest: String,
    /// As they will be stored.
    pub(super) spool: Spool,
}

/// Makes pieces ready to be stored, in their order.
pub(super) struct Sealer {
    hasher: Hasher,
    encryptor: Option<Encryptor>,
    spool: Writer,
}

impl Sealer {
    pub(super) fn new(key: Option<&FileKey>, spool: Writer) -> Self {
        Self { hasher: Hasher::new(), encryptor: key.map(FileKey::encryptor), spool }
    }

    pub(super) fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.hasher.update(piece);
        match &mut self.encryptor {
            Some(encryptor) => self.spool.write(&encryptor.update(piece)),
            None => self.spool.write(piece),
        }
    }

    pub(super) fn finish(mut self) -> io::Result<Sealed> {
        if let Some(encryptor) = self.encryptor.take() {
            self.spool.write(&encryptor.finish())?;
        }
        Ok(Sealed { digest: self.hasher.finish(), spool: self.spool.finish() })
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("is_encrypted", &self.encryptor.is_some()).finish_non_exhaustive()
    }
}
