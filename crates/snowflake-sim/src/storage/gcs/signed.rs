//! Signed addresses: everything that lets a client in stands in the query string.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use time::OffsetDateTime;

use crate::storage::credentials::Cloud;
use crate::storage::date;

const PATH: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The argument that holds the secret.
pub(super) const SIGNATURE: &str = "X-Goog-Signature";

/// The address of an object at an origin, with a signature.
pub(in crate::storage) fn address(
    origin: &str,
    key: &str,
    signature: &str,
    lifetime: Duration,
    now: OffsetDateTime,
) -> String {
    let now = date::basic(now);
    let day = now.get(..8).unwrap_or_default();
    format!(
        "{origin}/{}/{}?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Credential=sim%40storage%2F{day}%2Fauto%2Fstorage%2Fgoog4_request&X-Goog-Date={now}&X-Goog-Expires={}&X-Goog-SignedHeaders=host&{SIGNATURE}={signature}",
        Cloud::Gcs.bucket(),
        utf8_percent_encode(key, &PATH),
        lifetime.as_secs(),
    )
}
