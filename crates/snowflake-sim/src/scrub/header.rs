//! Headers that hold secrets.

/// What becomes of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// Its value is a secret, and what stands for it says nothing.
    Secret,
    /// Its value is a key of S3, Azure or Google, or the hash of one.
    Key,
    /// Its value is an address.
    Address,
    /// Its value may be kept.
    Plain,
}

/// Headers whose names sound like secrets.
const HARMLESS: [&str; 7] = [
    "x-amz-key",
    "x-amz-meta-x-amz-key",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-snowflake-authorization-token-type",
    "x-goog-encryption-algorithm",
    "x-aws-ec2-metadata-token-ttl-seconds",
];

/// Parts of the names of headers that hold secrets.
const TELLING: [&str; 9] = [
    "authoriz",
    "authentic",
    "cookie",
    "credential",
    "identity-header",
    "password",
    "secret",
    "signature",
    "token",
];

impl Header {
    pub(super) fn named(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            _ if HARMLESS.contains(&name.as_str()) => Self::Plain,
            "location" | "content-location" | "link" | "x-ms-copy-source" | "referer" => Self::Address,
            "dpop" | "dpop-nonce" => Self::Secret,
            _ if name.contains("customer-key") || name.contains("encryption-key") => Self::Key,
            _ if TELLING.iter().any(|part| name.contains(part)) => Self::Secret,
            _ => Self::Plain,
        }
    }
}
