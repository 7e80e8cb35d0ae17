//! Signed addresses: everything that lets a client in stands in the query string.

use std::time::Duration;

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use time::OffsetDateTime;

use crate::storage::credentials::Cloud;
use crate::storage::date;

const PATH: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The argument that holds the secret.
pub(super) const SIGNATURE: &str = "X-Goog-Signature";

/// What a client may say about an object that it writes. The connector of version 5 writes on the condition that
/// nothing is there only to an address that names all of these.
const WRITING: &str = "host%3Bx-goog-if-generation-match%3Bx-goog-meta-encryptiondata%3Bx-goog-meta-matdesc%3Bx-goog-meta-sfc-digest";

/// The address of an object at an origin for one method, with a signature.
pub(in crate::storage) fn address(
    origin: &str,
    method: &Method,
    key: &str,
    signature: &str,
    lifetime: Duration,
    now: OffsetDateTime,
) -> String {
    let now = date::basic(now);
    let day = now.get(..8).unwrap_or_default();
    let headers = if *method == Method::PUT { WRITING } else { "host" };
    format!(
        "{origin}/{}/{}?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Credential=sim%40storage%2F{day}%2Fauto%2Fstorage%2Fgoog4_request&X-Goog-Date={now}&X-Goog-Expires={}&X-Goog-SignedHeaders={headers}&{SIGNATURE}={signature}",
        Cloud::Gcs.bucket(),
        utf8_percent_encode(key, &PATH),
        lifetime.as_secs(),
    )
}
