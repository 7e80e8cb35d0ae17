//! How stages are offered to clients.

use std::fmt;
use std::time::Duration;

use super::super::StageEndpoint;

/// From how many bytes on clients send a file in parts, unless the options say otherwise.
const THRESHOLD: u64 = 209_715_200;

/// How clients are told to reach the files of stages.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum StageShape {
    /// As what suits each client best: mostly folders, or a store that this server offers.
    #[default]
    Auto,
    /// As folders of this machine. Their files are never encrypted.
    Folder,
    /// As S3, served by this server.
    S3,
    /// As Azure Blob Storage, served by this server.
    Azure,
    /// As Google Cloud Storage with an access token, served by this server.
    Gcs,
    /// As Google Cloud Storage with signed addresses, served by this server.
    GcsSigned,
    /// In a store that is not this server's, such as an emulator.
    Endpoint(StageEndpoint),
}

/// Whether clients encrypt the files of stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageEncryption {
    /// They do not.
    None,
    /// With keys of 128 bits, the service's own default.
    Aes128,
    /// With keys of 256 bits.
    Aes256,
}

/// What a server does with stages.
///
/// ```
/// use std::time::Duration;
///
/// use snowflake_sim::{SimServer, StageEncryption, StageOptions, StageShape};
///
/// let stages = StageOptions::new(StageShape::S3)
///     .with_encryption(StageEncryption::Aes256)
///     .with_threshold(8 << 20)
///     .with_credential_lifetime(Duration::from_secs(60));
/// let builder = SimServer::builder().stages(stages);
/// # drop(builder);
/// ```
#[derive(Clone)]
pub struct StageOptions {
    pub(crate) shape: StageShape,
    encryption: Option<StageEncryption>,
    pub(super) threshold: u64,
    pub(super) lifetime: Duration,
}

impl Default for StageOptions {
    fn default() -> Self {
        Self::new(StageShape::default())
    }
}

impl From<StageShape> for StageOptions {
    fn from(shape: StageShape) -> Self {
        Self::new(shape)
    }
}

impl StageOptions {
    /// Stages of this shape.
    #[must_use]
    pub fn new(shape: StageShape) -> Self {
        Self { shape, encryption: None, threshold: THRESHOLD, lifetime: Duration::from_secs(3_600) }
    }

    /// Sets how files are encrypted in stages that were made without a word about it. Unless set: with 128
    /// bits in a store, not at all with [`StageShape::Auto`]. Folders hold plain files in any case.
    #[must_use]
    pub fn with_encryption(mut self, encryption: StageEncryption) -> Self {
        self.encryption = Some(encryption);
        self
    }

    /// Sets from how many bytes on clients shall send a file in parts: 200 MiB unless set.
    #[must_use]
    pub fn with_threshold(mut self, bytes: u64) -> Self {
        self.threshold = bytes;
        self
    }

    /// Sets how long credentials and signed addresses are good for: an hour unless set.
    #[must_use]
    pub fn with_credential_lifetime(mut self, life: Duration) -> Self {
        self.lifetime = life;
        self
    }

    /// How files are encrypted in a stage that was made without a word about it.
    pub(super) fn encryption(&self) -> StageEncryption {
        match (&self.shape, self.encryption) {
            (StageShape::Folder, _) | (StageShape::Auto, None) => StageEncryption::None,
            (_, Some(encryption)) => encryption,
            (_, None) => StageEncryption::Aes128,
        }
    }

    /// How files are encrypted in a stage that is to have encrypted ones.
    pub(super) fn full_encryption(&self) -> StageEncryption {
        match (&self.shape, self.encryption) {
            (StageShape::Folder, _) => StageEncryption::None,
            (_, Some(StageEncryption::Aes256)) => StageEncryption::Aes256,
            _ => StageEncryption::Aes128,
        }
    }
}

impl fmt::Debug for StageOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StageOptions")
            .field("shape", &self.shape)
            .field("encryption", &self.encryption())
            .field("threshold", &self.threshold)
            .field("lifetime", &self.lifetime)
            .finish()
    }
}
