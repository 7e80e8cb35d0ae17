//! The keys: one of a stage, and one of each file, which travels encrypted with the stage's.

use std::fmt;

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockCipher, BlockDecryptMut, BlockEncryptMut, KeyInit};
use aes::{Aes128, Aes256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::cipher::BLOCK;
use crate::error::{Error, Result};
use crate::wire::stage::EncryptionMaterial;

/// The key of a stage, of 16 or 32 bytes.
pub struct MasterKey {
    key: Zeroizing<Vec<u8>>,
    query_id: String,
    smk_id: String,
}

/// The key and initialization vector of one file.
pub struct FileKey {
    pub(super) key: Zeroizing<Vec<u8>>,
    pub(super) iv: [u8; BLOCK],
}

impl MasterKey {
    /// The key that the server sent along with its answer.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) when it is not Base64 of 16 or 32 bytes.
    pub fn new(material: &EncryptionMaterial) -> Result<Self> {
        let key = Zeroizing::new(STANDARD.decode(&material.query_stage_master_key).unwrap_or_default());
        if !matches!(key.len(), 16 | 32) {
            return Err(Error::decode("the stage's key has neither 16 nor 32 bytes"));
        }
        let smk_id = material.smk_id.as_ref().map(ToString::to_string).unwrap_or_default();
        Ok(Self { key, query_id: material.query_id.clone(), smk_id })
    }

    /// The size of the key in bits.
    pub fn bits(&self) -> usize {
        self.key.len() * 8
    }

    /// The statement that the key belongs to.
    pub fn query_id(&self) -> &str {
        &self.query_id
    }

    /// The key's id.
    pub fn smk_id(&self) -> &str {
        &self.smk_id
    }

    /// The key of one file, as long as this one: the first bytes of `random`. Its initialization vector is
    /// drawn with it, so that neither is ever used for a second file.
    ///
    /// `random` has to come from a cryptographic source of randomness, and from nowhere else.
    pub fn file_key(&self, random: &[u8; 48]) -> FileKey {
        let (iv, key) = random.split_first_chunk::<BLOCK>().unwrap_or((&[0; BLOCK], &[]));
        let key = key.iter().copied().take(self.key.len()).collect();
        FileKey { key: Zeroizing::new(key), iv: *iv }
    }

    /// The file's key encrypted with this one, in Base64.
    pub fn wrap(&self, file: &FileKey) -> String {
        STANDARD.encode(match self.key.len() {
            16 => wrap::<Aes128>(&self.key, &file.key),
            _ => wrap::<Aes256>(&self.key, &file.key),
        })
    }

    /// The file's key from the metadata of an object.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) when it was not encrypted with this key.
    pub fn unwrap(&self, wrapped: &str, iv: &str) -> Result<FileKey> {
        let key = STANDARD.decode(wrapped).ok().and_then(|wrapped| match self.key.len() {
            16 => unwrap::<Aes128>(&self.key, &wrapped),
            _ => unwrap::<Aes256>(&self.key, &wrapped),
        });
        let iv = STANDARD.decode(iv).ok().and_then(|iv| <[u8; BLOCK]>::try_from(iv).ok());
        match (key, iv) {
            (Some(key), Some(iv)) if matches!(key.len(), 16 | 32) => {
                Ok(FileKey { key: Zeroizing::new(key), iv })
            }
            _ => Err(Error::decode("the file's key does not open with the stage's")),
        }
    }
}

fn wrap<C: KeyInit + BlockEncryptMut + BlockCipher>(master: &[u8], key: &[u8]) -> Vec<u8> {
    let cipher = C::new(GenericArray::from_slice(master));
    cipher.encrypt_padded_vec_mut::<Pkcs7>(key)
}

fn unwrap<C: KeyInit + BlockDecryptMut + BlockCipher>(master: &[u8], wrapped: &[u8]) -> Option<Vec<u8>> {
    let cipher = C::new(GenericArray::from_slice(master));
    cipher.decrypt_padded_vec_mut::<Pkcs7>(wrapped).ok()
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey").field("bits", &self.bits()).finish_non_exhaustive()
    }
}

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileKey").finish_non_exhaustive()
    }
}
