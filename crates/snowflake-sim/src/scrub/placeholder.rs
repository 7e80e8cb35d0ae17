//! What stands in the place of a secret: fixed texts that no one can take for one, in a shape that a
//! client can read.

/// Anything that no client takes apart.
pub(crate) const TEXT: &str = "scrubbed";

/// A session, master, identity or access token.
pub(crate) const TOKEN: &str = "scrubbed-token";

/// A token that may be taken apart as a JSON web token: no algorithm, no claims.
pub(crate) const JWT: &str = "eyJhbGciOiJub25lIn0.e30.scrubbed";

/// A key of 256 bits: 32 zero bytes in base64.
pub(crate) const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A key of 128 bits, or the MD5 of a key: 16 zero bytes in base64.
pub(crate) const SHORT_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAA==";

/// A shared access signature, which clients put behind the `?` of an address.
pub(crate) const SIGNATURE: &str = "sig=scrubbed";

/// Whether a value is one that stands for a secret.
pub(crate) fn is_placeholder(value: &str) -> bool {
    [TEXT, TOKEN, JWT, KEY, SHORT_KEY, SIGNATURE].contains(&value)
}
