//! What travels beside an object.

use std::fmt;

/// What the writer of an object says about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    /// Base64 of the SHA-256 of its bytes after compression and before encryption.
    pub(crate) digest: Option<String>,
    /// How it is encrypted; `None` if its writer did not encrypt.
    pub(crate) envelope: Option<Envelope>,
}

/// What opens an encrypted object, together with the key of its stage.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// The object's key, encrypted with the stage's, in Base64.
    pub(crate) wrapped_key: String,
    /// The initialization vector in Base64.
    pub(crate) iv: String,
    /// The id of the stage's key.
    pub(crate) smk_id: String,
    /// The statement that the stage's key belongs to.
    pub(crate) query_id: String,
    /// The size of the keys in bits; `None` if the writer did not say.
    pub(crate) bits: Option<u32>,
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("smk_id", &self.smk_id)
            .field("bits", &self.bits)
            .finish_non_exhaustive()
    }
}
