//! What is written in answer to a request, and what follows.

use std::fmt::{self, Write as _};

use bytes::Bytes;

/// Bytes to write, and what happens to the connection afterwards: it waits for the next request,
/// unless one of the last methods says otherwise.
#[derive(Clone)]
pub struct RawReply {
    pieces: Vec<Piece>,
    then: Then,
}

/// Bytes that are written so many times.
#[derive(Clone)]
pub(super) struct Piece {
    pub(super) bytes: Bytes,
    pub(super) times: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Listen,
    Close,
    Reset,
    Hang,
}

/// What is said twice has to be held at once.
const MAX_DOUBLED: usize = 16 << 20;

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

impl RawReply {
    /// Any bytes; none is possible.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self { pieces: vec![Piece { bytes: bytes.into(), times: 1 }], then: Then::Listen }
    }

    /// A well-formed answer, with a `Content-Length` that is true.
    pub fn answer(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        Self::headed(status, headers, &body.len().to_string(), body)
    }

    /// An answer that announces another length than its body has.
    pub fn lying_length(announced: u64, body: impl AsRef<[u8]>) -> Self {
        Self::headed(200, &[], &announced.to_string(), body.as_ref())
    }

    /// An answer with two lengths.
    pub fn two_lengths(first: u64, second: u64, body: impl AsRef<[u8]>) -> Self {
        Self::headed(200, &[("Content-Length", &first.to_string())], &second.to_string(), body.as_ref())
    }

    /// An answer whose body is over when the connection is.
    pub fn until_close(body: impl AsRef<[u8]>) -> Self {
        Self::bytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").and(body.as_ref().to_vec()).then_close()
    }

    /// A chunked answer with one chunk, whose size is announced in these words.
    pub fn chunk_of_size(size: &str, body: impl AsRef<[u8]>) -> Self {
        Self::bytes(format!("{CHUNKED}{size}\r\n")).and(body.as_ref().to_vec()).and("\r\n0\r\n\r\n")
    }

    /// A chunked answer without end, or rather of 1 GiB; ask a client for less.
    pub fn endless() -> Self {
        let mut reply = Self::bytes(CHUNKED).then_close();
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        reply.pieces.push(Piece { bytes: chunk.into(), times: usize::MAX });
        reply
    }

    /// An empty answer with a header of so many bytes.
    pub fn big_header(bytes: usize) -> Self {
        Self::answer(200, &[("X-Big", &"x".repeat(bytes))], "")
    }

    /// An empty answer with so many headers.
    pub fn many_headers(count: usize) -> Self {
        let headers: Vec<_> = (0..count).map(|number| (format!("X-{number}"), "x")).collect();
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        Self::answer(200, &headers, "")
    }

    /// A header without end, or rather of 1 GiB.
    pub fn endless_header() -> Self {
        let mut reply = Self::bytes("HTTP/1.1 200 OK\r\nX-Endless: ").then_close();
        reply.pieces.push(Piece { bytes: "x".repeat(0x10000).into(), times: usize::MAX });
        reply
    }

    /// A header that goes on in the next line, as HTTP no longer allows.
    pub fn folded_header() -> Self {
        Self::answer(200, &[("X-Folded", "one\r\n two")], "")
    }

    /// So many interim answers (102) before an empty final one.
    pub fn interim(count: usize) -> Self {
        let bytes = "HTTP/1.1 102 Processing\r\n\r\n".into();
        let mut reply = Self::answer(200, &[], "");
        reply.pieces.insert(0, Piece { bytes, times: count });
        reply
    }

    /// What a server says that speaks nothing newer than TLS 1.1: for [`RawServer::unasked`](super::RawServer::unasked).
    pub fn tls_1_1_hello() -> Self {
        // A record (handshake, 1.1) of 42 bytes with a ServerHello of 38: version, 32 bytes of chance,
        // no session, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, no compression.
        let head = [0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
        let hello = [&head[..], &[7; 32], &[0, 0xc0, 0x13, 0]].concat();
        Self::bytes(hello).then_hang()
    }

    /// Says everything twice: one answer more than there are requests. Of an answer without end it is the first 16 MiB.
    #[must_use]
    pub fn duplicated(self) -> Self {
        self.beginning(MAX_DOUBLED, 2)
    }

    /// Keeps only the first bytes.
    #[must_use]
    pub fn cut(self, bytes: usize) -> Self {
        self.beginning(bytes, 1)
    }

    /// The first bytes, so many times.
    fn beginning(mut self, bytes: usize, times: usize) -> Self {
        let all = self.pieces.iter().flat_map(|piece| std::iter::repeat_n(&piece.bytes, piece.times));
        let first: Vec<u8> = all.flatten().copied().take(bytes).collect();
        self.pieces = vec![Piece { bytes: first.into(), times }];
        self
    }

    /// Adds bytes.
    #[must_use]
    pub fn and(mut self, bytes: impl Into<Bytes>) -> Self {
        self.pieces.push(Piece { bytes: bytes.into(), times: 1 });
        self
    }

    /// Closes the connection afterwards, in order.
    #[must_use]
    pub fn then_close(self) -> Self {
        self.then_do(Then::Close)
    }

    /// Resets the connection afterwards. What was written may be lost with it.
    #[must_use]
    pub fn then_reset(self) -> Self {
        self.then_do(Then::Reset)
    }

    /// Says nothing more afterwards, whatever comes.
    #[must_use]
    pub fn then_hang(self) -> Self {
        self.then_do(Then::Hang)
    }

    fn then_do(mut self, then: Then) -> Self {
        self.then = then;
        self
    }

    fn headed(status: u16, headers: &[(&str, &str)], length: &str, body: &[u8]) -> Self {
        let mut head = format!("HTTP/1.1 {status} Status\r\n");
        for (name, value) in headers.iter().chain(&[("Content-Length", length)]) {
            // Writing to a string does not fail.
            let _ = write!(head, "{name}: {value}\r\n");
        }
        Self::bytes([head.as_bytes(), b"\r\n", body].concat())
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    pub(super) fn then(&self) -> Then {
        self.then
    }
}

impl fmt::Debug for RawReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawReply")
            .field("pieces", &self.pieces.len())
            .field("then", &self.then)
            .finish_non_exhaustive()
    }
}
