//! RSA public keys as `ALTER USER ... SET RSA_PUBLIC_KEY` takes them: PEM, or the base64 inside it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;

/// A public key that can check the signature of a login token.
pub(in crate::server) struct PublicKey {
    /// PKCS#1 `RSAPublicKey`, the form that ring reads.
    pkcs1: Vec<u8>,
    /// Padded base64 of SHA-256 over the DER `SubjectPublicKeyInfo`.
    fingerprint: String,
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo` in PEM, or its bare base64. `None` when it is anything else.
    pub(in crate::server) fn parse(text: &str) -> Option<Self> {
        let base64: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("-----"))
            .flat_map(|line| line.chars().filter(|c| !c.is_whitespace()))
            .collect();
        let spki = STANDARD.decode(base64).ok()?;
        let pkcs1 = rsa_key(&spki)?.to_vec();
        let fingerprint = STANDARD.encode(digest::digest(&digest::SHA256, &spki));
        Some(Self { pkcs1, fingerprint })
    }

    /// What the issuer of a login token ends in, after `SHA256:`.
    pub(in crate::server) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Whether `signature` is this key's RS256 signature of `message`.
    pub(in crate::server) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.pkcs1).verify(message, signature).is_ok()
    }
}

/// The key inside `SEQUENCE { SEQUENCE { algorithm }, BIT STRING { key } }`.
fn rsa_key(spki: &[u8]) -> Option<&[u8]> {
    let (outer, rest) = element(SEQUENCE, spki)?;
    if !rest.is_empty() {
        return None;
    }
    let (_algorithm, rest) = element(SEQUENCE, outer)?;
    let (bits, rest) = element(BIT_STRING, rest)?;
    let (unused, key) = bits.split_first()?;
    (rest.is_empty() && *unused == 0 && key.first() == Some(&SEQUENCE)).then_some(key)
}

/// Splits one DER element of the expected tag off: its content, and what follows.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    if *found != tag {
        return None;
    }
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(*first & 0x7f))?;
        (
            digits
                .iter()
                .try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))?,
            rest,
        )
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::PublicKey;

    #[test]
    fn anything_but_a_public_key_is_refused() {
        for text in
            ["", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", "AAAA", "MIIBIjANBg", "\u{0}\u{1}"]
        {
            assert!(PublicKey::parse(text).is_none());
        }
    }
}
