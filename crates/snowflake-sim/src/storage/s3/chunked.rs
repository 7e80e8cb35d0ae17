//! Bodies as S3 takes them: plain or `aws-chunked`, with checksums beside or behind them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use flate2::Crc;
use ring::digest;

use super::signature::hex;
use crate::storage::content::Content;
use crate::storage::refusal::Refusal;
use crate::storage::visit::Visit;

const CRC32: &str = "x-amz-checksum-crc32";

/// The body of a request, without what was only for its way, and checked by what the request says of it.
pub(super) fn body(visit: &Visit<'_>) -> Result<Content, Refusal> {
    let stated = visit.header("x-amz-content-sha256").unwrap_or_default();
    let body = &visit.call.body;
    let coded = visit.header("content-encoding").unwrap_or_default();
    let is_chunked = stated.starts_with("STREAMING-") || coded.contains("aws-chunked");
    let (content, trailer) = if is_chunked {
        let incomplete = "The request body is not chunked as it says";
        decode(body).ok_or_else(|| Refusal::bad("IncompleteBody", incomplete))?
    } else {
        if stated.len() == 64 && hex(digest::digest(&digest::SHA256, body).as_ref()) != stated {
            let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
            return Err(Refusal::bad("XAmzContentSHA256Mismatch", message));
        }
        (body.clone().into(), None)
    };
    let length = visit.header("x-amz-decoded-content-length").and_then(|length| length.parse().ok());
    if is_chunked && length.is_some_and(|length: usize| length != content.len()) {
        let message = "You did not provide the number of bytes specified by the Content-Length HTTP header";
        return Err(Refusal::bad("IncompleteBody", message));
    }
    let checksum = trailer.as_deref().or_else(|| visit.header(CRC32));
    if checksum.is_some_and(|checksum| checksum != crc32(&content)) {
        let message = "The CRC32 you specified did not match the calculated checksum.";
        return Err(Refusal::bad("BadDigest", message));
    }
    Ok(content)
}

/// The chunks of a body, and the checksum behind them. Signatures of chunks are passed over.
fn decode(body: &Bytes) -> Option<(Content, Option<String>)> {
    let mut content = Content::default();
    let mut at = 0;
    loop {
        let (line, next) = line(body, at)?;
        let size = line.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some((content, trailer(body, next)));
        }
        let end = next.checked_add(size)?;
        let after = end.checked_add(2)?;
        if body.get(end..after)? != b"\r\n" {
            return None;
        }
        content.push(body.slice(next..end));
        at = after;
    }
}

fn trailer(body: &Bytes, mut at: usize) -> Option<String> {
    while let Some((text, next)) = line(body, at).filter(|(text, _)| !text.is_empty()) {
        let found = text.split_once(':').filter(|(name, _)| name.trim().eq_ignore_ascii_case(CRC32));
        if let Some((_, value)) = found {
            return Some(value.trim().to_owned());
        }
        at = next;
    }
    None
}

/// A line of text, and where the next one begins.
fn line(body: &Bytes, at: usize) -> Option<(&str, usize)> {
    let rest = body.get(at..)?;
    let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
    Some((std::str::from_utf8(rest.get(..end)?).ok()?, at + end + 2))
}

fn crc32(content: &Content) -> String {
    let mut crc = Crc::new();
    content.pieces().iter().for_each(|piece| crc.update(piece));
    BASE64_STANDARD.encode(crc.sum().to_be_bytes())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::{any, proptest};

    use super::{crc32, decode};
    use crate::storage::content::Content;

    #[test]
    fn chunks_and_their_checksum_are_read() {
        let body = Bytes::from_static(
            b"4\r\nabcd\r\n3;chunk-signature=00ff\r\n\r\ne\r\n0\r\nx-other: 1\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
        );
        let (content, checksum) = decode(&body).unwrap();
        assert_eq!(
            (content.to_bytes(), checksum.as_deref()),
            (Bytes::from_static(b"abcd\r\ne"), Some("AAAAAA=="))
        );
        for broken in
            ["5\r\nabcd\r\n0\r\n\r\n", "4\r\nabcd", "4\r\nabcd\r\n", "x\r\n", "", "ffffffffffffffff\r\na"]
        {
            assert!(decode(&Bytes::from_static(broken.as_bytes())).is_none(), "{broken:?}");
        }
        // The check value of this checksum's definition: cbf43926.
        assert_eq!(crc32(&Content::from(Bytes::from_static(b"123456789"))), "y/Q5Jg==");
    }

    proptest! {
        #[test]
        fn no_body_is_too_strange(body in any::<Vec<u8>>(), text in "[0-9a-f;:\r\n]{0,30}") {
            let _ = (decode(&body.into()), decode(&text.into_bytes().into()));
        }
    }
}
