//! What is written into a store in one go.

use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;

/// The bytes of an object.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// In memory.
    Bytes(Bytes),
    /// Somewhere that they can be read from once more, for large objects of stores that have no parts.
    Replay(Arc<dyn Replay>),
}

/// Bytes that can be read as often as an upload has to be repeated.
pub(crate) trait Replay: fmt::Debug + Send + Sync {
    /// How many bytes there are.
    fn size(&self) -> u64;

    /// The bytes from the beginning, the same ones each time.
    fn read(&self) -> BoxStream<'static, io::Result<Bytes>>;
}

impl Content {
    /// How many bytes there are.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Replay(replay) => replay.size(),
        }
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}
