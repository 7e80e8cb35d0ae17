//! What can be wrong with a private key, each with the words that fix it.

use std::fmt;

/// Why a private key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Nothing but blanks.
    Empty,
    /// Neither PEM, nor DER, nor base64 of one of them.
    NotAKey,
    /// Text in UTF-16, as some editors and shells write it.
    Utf16,
    /// The end is missing.
    Truncated,
    /// Bytes follow after the key.
    TrailingBytes,
    /// The structure or its numbers do not fit together.
    Damaged,
    /// A public key.
    PublicKey,
    /// A certificate or a request for one.
    Certificate,
    /// A key of another algorithm.
    Unsupported(&'static str),
    /// OpenSSH's own format.
    OpenSsh,
    /// The encryption of old OpenSSL, with `Proc-Type` and `DEK-Info` lines.
    LegacyEncryption,
    /// Encrypted PKCS#8 with a cipher or derivation that is not offered.
    UnsupportedEncryption,
    /// A key derivation that would take minutes or gigabytes.
    ExcessiveDerivation,
    /// Encrypted, and no passphrase was given.
    PassphraseMissing,
    /// Encrypted, and the passphrase does not open it.
    PassphraseWrong,
    /// Fewer than 2048 bits.
    TooShort(usize),
    /// More bits than can be used.
    TooLong(usize),
}

const CONVERT: &str = "convert it with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out rsa_key.p8`";
const GENERATE: &str =
    "make one with `openssl genrsa 2048 | openssl pkcs8 -topk8 -v2 aes-256-cbc -inform PEM -out rsa_key.p8`";

impl Problem {
    /// Whether another passphrase would help.
    pub(crate) fn is_passphrase(self) -> bool {
        matches!(self, Self::PassphraseMissing | Self::PassphraseWrong)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the private key is empty; give the contents of an RSA key file in PEM or DER form"),
            Self::NotAKey => f.write_str(
                "this is not a private key; expected PEM text that starts with \"-----BEGIN PRIVATE KEY-----\", DER bytes, \
                 or base64 of one of them",
            ),
            Self::Utf16 => f.write_str("the private key is text in UTF-16; save the file as UTF-8 or ASCII"),
            Self::Truncated => {
                f.write_str("the private key is cut off before its end; copy the whole file, including the END line")
            }
            Self::TrailingBytes => f.write_str("bytes follow after the end of the private key; give the key alone"),
            Self::Damaged => f.write_str("the private key is damaged; restore it from the original, or make a new pair"),
            Self::PublicKey => f.write_str(
                "this is a public key; it belongs to the user (ALTER USER ... SET RSA_PUBLIC_KEY), the client needs the \
                 private key",
            ),
            Self::Certificate => f.write_str("this is a certificate; give the private key that belongs to it"),
            Self::Unsupported(algorithm) => {
                write!(f, "{algorithm} keys are not supported here; use an RSA key of at least 2048 bits: {GENERATE}")
            }
            Self::OpenSsh => {
                f.write_str("this key is in OpenSSH's format; convert a copy with `ssh-keygen -p -m PKCS8 -f copy_of_key`")
            }
            Self::LegacyEncryption => write!(f, "this key is encrypted in OpenSSL's old format; {CONVERT}"),
            Self::UnsupportedEncryption => write!(f, "this key is encrypted with an unsupported cipher; {CONVERT}"),
            Self::ExcessiveDerivation => {
                write!(f, "this key demands too much work to derive its encryption key; {CONVERT}")
            }
            Self::PassphraseMissing => f.write_str("the private key is encrypted; give its passphrase"),
            Self::PassphraseWrong => f.write_str("the passphrase does not open the private key; check it for typing errors"),
            Self::TooShort(bits) => {
                write!(f, "the RSA key has {bits} bits and at least 2048 are needed: {GENERATE}")
            }
            Self::TooLong(bits) => write!(f, "the RSA key has {bits} bits and at most 4096 can be used: {GENERATE}"),
        }
    }
}

impl std::error::Error for Problem {}
