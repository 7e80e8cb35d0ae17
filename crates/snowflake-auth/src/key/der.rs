//! From DER bytes to the PKCS#1 form of an RSA private key.

use pkcs8::der::asn1::{ObjectIdentifier, OctetStringRef};
use pkcs8::der::{Decode, Reader, SliceReader};
use pkcs8::pkcs5::{self, EncryptionScheme, pbes2};
use pkcs8::{AlgorithmIdentifierRef, EncryptedPrivateKeyInfo, PrivateKeyInfo, SubjectPublicKeyInfoRef};
use snowflake_proto::Secret;
use zeroize::Zeroizing;

use super::armor::Form;
use super::problem::Problem;

/// OpenSSL's own default is 2048; a million takes about a second.
const MAX_ITERATIONS: u32 = 10_000_000;
/// scrypt takes 128 bytes times cost times block size.
const MAX_SCRYPT_BYTES: u64 = 256 * 1024 * 1024;

/// The PKCS#1 `RSAPrivateKey` inside `der`.
pub(super) fn rsa_key(
    der: &[u8],
    form: Form,
    passphrase: Option<&Secret>,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    whole(der)?;
    match form {
        Form::Pkcs1 => Ok(Zeroizing::new(der.to_vec())),
        Form::Encrypted => encrypted(der, passphrase),
        Form::Pkcs8 => {
            PrivateKeyInfo::from_der(der).map_err(|_| Problem::Damaged).and_then(|info| inner_key(&info))
        }
        Form::Unlabelled => unlabelled(der, passphrase),
    }
}

/// The outer structure must be exactly as long as it says.
fn whole(der: &[u8]) -> Result<(), Problem> {
    let Some((&0x30, rest)) = der.split_first() else { return Err(Problem::Damaged) };
    let (&first, rest) = rest.split_first().ok_or(Problem::Truncated)?;
    let (length, content) = if first & 0x80 == 0 {
        (usize::from(first), rest)
    } else {
        let count = usize::from(first & 0x7F);
        if !(1..=4).contains(&count) {
            return Err(Problem::Damaged);
        }
        let bytes = rest.get(..count).ok_or(Problem::Truncated)?;
        (bytes.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)), &rest[count..])
    };
    match content.len().cmp(&length) {
        std::cmp::Ordering::Less => Err(Problem::Truncated),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(Problem::TrailingBytes),
    }
}

fn unlabelled(der: &[u8], passphrase: Option<&Secret>) -> Result<Zeroizing<Vec<u8>>, Problem> {
    if is_encrypted(der) {
        return encrypted(der, passphrase);
    }
    if let Ok(info) = PrivateKeyInfo::from_der(der) {
        return inner_key(&info);
    }
    if pkcs1::RsaPrivateKey::from_der(der).is_ok() {
        return Ok(Zeroizing::new(der.to_vec()));
    }
    if SubjectPublicKeyInfoRef::from_der(der).is_ok() || pkcs1::RsaPublicKey::from_der(der).is_ok() {
        return Err(Problem::PublicKey);
    }
    Err(if is_certificate(der) { Problem::Certificate } else { Problem::Damaged })
}

/// An X.509 v3 certificate: two nested SEQUENCEs, then the tag of its version.
fn is_certificate(der: &[u8]) -> bool {
    let inner = der.get(4..).unwrap_or_default();
    matches!(inner, [0x30, 0x82, _, _, 0xA0, 0x03, 0x02, 0x01, ..])
}

fn encrypted(der: &[u8], passphrase: Option<&Secret>) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let info = EncryptedPrivateKeyInfo::from_der(der)
        .map_err(|_| if is_encrypted(der) { Problem::UnsupportedEncryption } else { Problem::Damaged })?;
    let passphrase =
        passphrase.filter(|passphrase| !passphrase.is_empty()).ok_or(Problem::PassphraseMissing)?;
    bounded(&info.encryption_algorithm)?;
    let opened = info.decrypt(passphrase.expose()).map_err(|error| match error {
        pkcs8::Error::EncryptedPrivateKey(
            pkcs5::Error::UnsupportedAlgorithm { .. } | pkcs5::Error::NoPbes1CryptSupport,
        ) => Problem::UnsupportedEncryption,
        pkcs8::Error::EncryptedPrivateKey(pkcs5::Error::AlgorithmParametersInvalid { .. }) => {
            Problem::Damaged
        }
        _ => Problem::PassphraseWrong,
    })?;
    // One wrong passphrase in about 256 leaves valid padding behind, and then bytes that are no key.
    let info = PrivateKeyInfo::from_der(opened.as_bytes()).map_err(|_| Problem::PassphraseWrong)?;
    inner_key(&info)
}

/// Some algorithm and some bytes: an encrypted key, whether or not the algorithm is known.
fn is_encrypted(der: &[u8]) -> bool {
    let parts = SliceReader::new(der).and_then(|mut reader| {
        reader.sequence(|reader| {
            AlgorithmIdentifierRef::decode(reader)?;
            OctetStringRef::decode(reader)
        })
    });
    parts.is_ok()
}

/// A hostile or damaged file must not cost minutes or gigabytes.
fn bounded(scheme: &EncryptionScheme<'_>) -> Result<(), Problem> {
    let EncryptionScheme::Pbes2(parameters) = scheme else { return Err(Problem::UnsupportedEncryption) };
    let fits = match &parameters.kdf {
        pbes2::Kdf::Pbkdf2(kdf) => kdf.iteration_count <= MAX_ITERATIONS,
        pbes2::Kdf::Scrypt(kdf) => {
            let work = kdf.cost_parameter.saturating_mul(128).saturating_mul(u64::from(kdf.block_size));
            work.saturating_mul(u64::from(kdf.parallelization)) <= MAX_SCRYPT_BYTES
        }
        _ => return Err(Problem::UnsupportedEncryption),
    };
    if fits { Ok(()) } else { Err(Problem::ExcessiveDerivation) }
}

fn inner_key(info: &PrivateKeyInfo<'_>) -> Result<Zeroizing<Vec<u8>>, Problem> {
    const OTHERS: [(&str, &str); 8] = [
        ("1.2.840.10045.2.1", "elliptic curve"),
        ("1.3.101.112", "Ed25519"),
        ("1.3.101.113", "Ed448"),
        ("1.3.101.110", "X25519"),
        ("1.2.840.10040.4.1", "DSA"),
        ("1.2.840.113549.1.1.10", "RSA-PSS"),
        ("1.2.840.113549.1.3.1", "Diffie-Hellman"),
        ("1.2.840.113549.1.1.7", "RSA-OAEP"),
    ];
    if info.algorithm.oid == pkcs1::ALGORITHM_OID {
        return Ok(Zeroizing::new(info.private_key.to_vec()));
    }
    let known =
        OTHERS.iter().find(|(oid, _)| ObjectIdentifier::new(oid).is_ok_and(|oid| oid == info.algorithm.oid));
    Err(Problem::Unsupported(known.map_or("non-RSA", |(_, name)| name)))
}
