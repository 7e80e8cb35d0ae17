//! Bodies that are compressed otherwise than they should be.

use std::io::{ErrorKind as IoKind, Read as _, Write as _};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use futures::stream::{self, StreamExt as _};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue};
use http::response::Parts;
use snowflake_proto::rowset;
use snowflake_transport::{Body, ContentEncoding, ErrorKind, RequestOptions, Response};

use super::super::verb::Gzip;
use super::body::failing;

const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// How much a bomb holds in each of its members.
const MEBIBYTE: usize = 1 << 20;
/// What an answer may inflate to where the request does not say.
const DEFAULT_CAP: usize = 64 * MEBIBYTE;

/// The answer with its compression changed, as a request with these options gets to see it.
pub(super) fn apply(mut head: Parts, body: Bytes, how: Gzip, options: &RequestOptions) -> Response {
    head.headers.remove(CONTENT_LENGTH);
    head.headers.remove(CONTENT_ENCODING);
    let wire = damaged(&unpacked(body), how);
    let body = match options.content_encoding {
        ContentEncoding::Keep => {
            head.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            wire.into()
        }
        ContentEncoding::Undo => undone(&wire, options.body_cap.unwrap_or(DEFAULT_CAP)),
    };
    Response::from_parts(head, body)
}

fn damaged(plain: &[u8], how: Gzip) -> Vec<u8> {
    match how {
        Gzip::Members(count) => {
            let size = plain.len().div_ceil(count.max(1)).max(1);
            if plain.is_empty() { pack(plain) } else { plain.chunks(size).flat_map(pack).collect() }
        }
        Gzip::Truncate(after) => {
            let mut wire = pack(plain);
            wire.truncate(after.min(wire.len().saturating_sub(1)));
            wire
        }
        Gzip::Bomb(mebibytes) => {
            pack(&vec![0; MEBIBYTE]).repeat(usize::try_from(mebibytes).unwrap_or(usize::MAX))
        }
        Gzip::NotGzip => [&MAGIC, plain].concat(),
    }
}

/// The plain bytes of a body that may be gzip.
pub(super) fn unpacked(body: Bytes) -> Bytes {
    rowset::inflate(body.clone(), 0, usize::MAX).unwrap_or(body)
}

/// Whether a body is gzip.
pub(super) fn is_packed(body: &[u8]) -> bool {
    body.starts_with(&MAGIC)
}

/// One member of gzip.
pub(super) fn pack(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing into memory does not fail.
    encoder.write_all(plain).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// What a transport makes of such bytes: the plain body, as far as it goes, and an error if it is none.
fn undone(wire: &[u8], cap: usize) -> Body {
    let mut plain = Vec::new();
    let most = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
    let read = MultiGzDecoder::new(wire).take(most).read_to_end(&mut plain);
    let (kind, cause) = match read {
        Ok(_) if plain.len() <= cap => return plain.into(),
        Ok(_) => {
            plain.clear();
            (ErrorKind::TooLarge, "the body inflates to more than is allowed")
        }
        Err(error) if error.kind() == IoKind::UnexpectedEof => {
            (ErrorKind::Truncated, "the gzip body was cut")
        }
        Err(_) => (ErrorKind::Content, "the body is not gzip"),
    };
    Body::from_stream(stream::iter([Ok(plain.into())]).chain(failing(kind, cause)))
}
