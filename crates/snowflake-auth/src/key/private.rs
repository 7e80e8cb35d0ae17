//! An RSA private key that was read, checked and is ready to sign.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pkcs1::der::Decode as _;
use pkcs8::der::Encode as _;
use pkcs8::der::asn1::BitStringRef;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::rsa;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use snafu::ResultExt as _;
use snowflake_proto::Secret;

use super::armor;
use super::der;
use super::problem::Problem;
use crate::error::{KeyFileSnafu, KeySnafu, Result};
use crate::file::{self, Exposure};

/// A key file is about 2 KiB; anything far beyond is something else.
const MAX_FILE_BYTES: u64 = 64 * 1024;
const MIN_BITS: usize = 2048;
const MAX_BITS: usize = 4096;

/// The RSA private key of a key-pair login.
///
/// PKCS#8 and PKCS#1 are read, as PEM, DER, or base64 of either, and PKCS#8 also encrypted with a passphrase.
/// A clone shares the key.
/// `Debug` shows the fingerprint of the public half and nothing else.
#[derive(Clone)]
pub struct PrivateKey {
    inner: Arc<Inner>,
}

struct Inner {
    pair: rsa::KeyPair,
    fingerprint: String,
}

impl PrivateKey {
    /// Reads the key from a file.
    ///
    /// On Unix a file that others may write is refused, and one that others may read is reported as a warning.
    /// The file is read once, here: a key that is replaced later needs a new `PrivateKey`.
    ///
    /// # Errors
    /// `Key` when the file cannot be read, is writable by others, or holds no RSA key of 2048 to 4096 bits;
    /// `Passphrase` when it is encrypted and the passphrase is missing or wrong.
    pub fn from_file(path: impl AsRef<Path>, passphrase: Option<&Secret>) -> Result<Self> {
        let path = path.as_ref();
        let (bytes, exposure) = file::read(path, MAX_FILE_BYTES).context(KeyFileSnafu { path })?;
        if exposure == Exposure::OthersMayRead {
            tracing::warn!(path = %path.display(), "others may read the private key file; restrict it with chmod 600");
        }
        Ok(Self::read(&bytes, passphrase).context(KeySnafu { path: Some(path.to_path_buf()) })?)
    }

    /// Reads the key from text: PEM, or base64 of PEM or DER.
    ///
    /// Windows line ends, a byte order mark, blanks around it, and a backslash with an `n` for each line break are
    /// accepted.
    ///
    /// # Errors
    /// `Key` when the text holds no RSA key of 2048 to 4096 bits; `Passphrase` when it is encrypted and the passphrase
    /// is missing or wrong.
    pub fn from_text(text: &Secret, passphrase: Option<&Secret>) -> Result<Self> {
        Self::from_bytes(text.expose().as_bytes(), passphrase)
    }

    /// Reads the key from the contents of a key file, text or DER.
    ///
    /// # Errors
    /// As [`PrivateKey::from_text`].
    pub fn from_bytes(bytes: &[u8], passphrase: Option<&Secret>) -> Result<Self> {
        Ok(Self::read(bytes, passphrase).context(KeySnafu { path: None })?)
    }

    /// `SHA256:` and the base64 of the digest of the public key, as `DESCRIBE USER` shows it in `RSA_PUBLIC_KEY_FP`.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.inner.fingerprint
    }

    /// The RSASSA-PKCS1-v1_5 signature over the SHA-256 digest of `message`.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ring::error::Unspecified> {
        sign(&self.inner.pair, message)
    }

    fn read(bytes: &[u8], passphrase: Option<&Secret>) -> Result<Self, Problem> {
        let unwrapped = armor::unwrap(bytes)?;
        let pkcs1 = der::rsa_key(&unwrapped.der, unwrapped.form, passphrase)?;
        let bits = bits_of(&pkcs1)?;
        if bits < MIN_BITS {
            return Err(Problem::TooShort(bits));
        }
        if bits > MAX_BITS {
            return Err(Problem::TooLong(bits));
        }
        let pair = rsa::KeyPair::from_der(&pkcs1).map_err(|_| Problem::Damaged)?; // ring's reason adds nothing to act on
        proven(&pair)?;
        let fingerprint = fingerprint(pair.public().as_ref())?;
        Ok(Self { inner: Arc::new(Inner { pair, fingerprint }) })
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("fingerprint", &self.inner.fingerprint).finish_non_exhaustive()
    }
}

fn sign(pair: &rsa::KeyPair, message: &[u8]) -> Result<Vec<u8>, ring::error::Unspecified> {
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)?;
    Ok(signature)
}

/// A key with one wrong number loads, and then every login would fail at the server: so it is tried out first.
fn proven(pair: &rsa::KeyPair) -> Result<(), Problem> {
    const MESSAGE: &[u8] = b"proof";
    let signature = sign(pair, MESSAGE).map_err(|_| Problem::Damaged)?;
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public().as_ref())
        .verify(MESSAGE, &signature)
        .map_err(|_| Problem::Damaged)
}

fn bits_of(pkcs1: &[u8]) -> Result<usize, Problem> {
    let key = pkcs1::RsaPrivateKey::from_der(pkcs1).map_err(|_| Problem::Damaged)?;
    let modulus = key.modulus.as_bytes();
    let unused = modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
    Ok(modulus.len() * 8 - unused)
}

/// The digest is taken over the SubjectPublicKeyInfo, while ring hands out the bare PKCS#1 public key inside it.
fn fingerprint(public_pkcs1: &[u8]) -> Result<String, Problem> {
    let info = pkcs8::SubjectPublicKeyInfoRef {
        algorithm: pkcs1::ALGORITHM_ID,
        subject_public_key: BitStringRef::from_bytes(public_pkcs1).map_err(|_| Problem::Damaged)?,
    };
    let der = info.to_der().map_err(|_| Problem::Damaged)?;
    Ok(format!("SHA256:{}", STANDARD.encode(digest(&SHA256, &der))))
}
