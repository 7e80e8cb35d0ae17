//! Client-side encryption of staged files, as all of Snowflake's drivers do it.
//!
//! Every file has a random key and initialization vector of its own. Its bytes are encrypted with AES in CBC
//! mode and PKCS#7 padding; the file's key is encrypted with the stage's master key with AES in ECB mode and
//! PKCS#7 padding, and travels in the metadata of the object. The format has no authentication code, so the
//! digest of the plain bytes, which travels beside it, is what tells whether a file is whole.

mod cipher;
mod key;

pub use cipher::{BLOCK, Decryptor, Encryptor, encrypted_size};
pub use key::{FileKey, MasterKey};
