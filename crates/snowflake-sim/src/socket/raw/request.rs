//! A request as it came, byte for byte.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// A request that a [`RawServer`](super::RawServer) was sent; its `Debug` shows no byte of it.
#[derive(Clone)]
pub struct RawRequest {
    connection: usize,
    number: usize,
    bytes: Bytes,
}

impl RawRequest {
    pub(super) fn new(connection: usize, number: usize, bytes: Bytes) -> Self {
        Self { connection, number, bytes }
    }

    /// On which connection it came; the first is 1.
    pub fn connection(&self) -> usize {
        self.connection
    }

    /// Which request of its connection it is; the first is 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Head and body.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Head and body as text.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// The path with its query, as it stands in the first line.
    pub fn target(&self) -> String {
        self.text().split(' ').nth(1).unwrap_or_default().to_owned()
    }
}

impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("connection", &self.connection)
            .field("number", &self.number)
            .field("length", &self.bytes.len())
            .finish()
    }
}

/// How long the first request in the bytes is, if it is complete.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let body = find(bytes, END_OF_HEAD)? + END_OF_HEAD.len();
    let head = String::from_utf8_lossy(bytes.get(..body)?).to_ascii_lowercase();
    let header = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| *key == name)
            .map(|(_, v)| v.trim())
    };
    let length = if header("transfer-encoding").is_some() {
        body + chunked(bytes.get(body..)?)?
    } else {
        body.saturating_add(header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0))
    };
    (bytes.len() >= length).then_some(length)
}

/// How long a chunked body is, if it is complete.
fn chunked(body: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let line = find(body.get(at..)?, b"\r\n")?;
        let size = std::str::from_utf8(body.get(at..at + line)?).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        // The size's line, the chunk and the end of line after it; trailers are not understood.
        at = at.checked_add(line + 2)?.checked_add(size)?.checked_add(2)?;
        if size == 0 {
            return (body.len() >= at).then_some(at);
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::length;

    #[test]
    fn a_request_ends_where_its_head_says() {
        let plain = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
        let sized = "POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc";
        let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\na;x=1\r\n0123456789\r\n0\r\n\r\n";
        for request in [plain, sized, chunked] {
            let followed = format!("{request}GET /next");
            assert_eq!(length(followed.as_bytes()), Some(request.len()), "{request}");
            assert_eq!(length(&request.as_bytes()[..request.len() - 1]), None, "{request}");
        }
        assert_eq!(length(b"GET / HTTP"), None);
        assert_eq!(length(b"POST / HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\n"), None);
        assert_eq!(length(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"), None);
    }
}
