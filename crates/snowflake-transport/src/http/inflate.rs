//! Undoes `Content-Encoding: gzip`, all members of it, while the body arrives.

use std::fmt;
use std::io::{self, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use flate2::write::MultiGzDecoder;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body::{Body as HttpBody, Frame};

use crate::error::{Error, Repr};

/// How much is inflated in one step: bounds what a hostile body can make of one piece to 8 MiB.
const STEP: usize = 8 * 1024;

/// A gzip body on its way to being plain.
///
/// A decoder for a single member would silently drop all but the first.
pub(super) struct Inflated<B> {
    body: B,
    decoder: MultiGzDecoder<Vec<u8>>,
    pending: Bytes,
    stage: Stage,
    produced: u64,
    cap: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing has arrived yet: an empty body is plain, whatever its headers say.
    Fresh,
    Running,
    Over,
}

impl<B> Inflated<B> {
    pub(super) fn new(body: B, cap: usize) -> Self {
        let decoder = MultiGzDecoder::new(Vec::new());
        Self { body, decoder, pending: Bytes::new(), stage: Stage::Fresh, produced: 0, cap }
    }

    /// Inflates a step of what is pending.
    fn step(&mut self) -> Result<Bytes, Repr> {
        let length = self.pending.len().min(STEP);
        let consumed =
            self.decoder.write(&self.pending[..length]).map_err(|error| broken(error, self.produced))?;
        if consumed == 0 && length > 0 {
            // The decoder makes no headway only once its output is full, and a `Vec` never is.
            return Err(broken(io::ErrorKind::WriteZero.into(), self.produced));
        }
        self.pending.advance(consumed);
        self.take()
    }

    fn take(&mut self) -> Result<Bytes, Repr> {
        let plain = Bytes::from(std::mem::take(self.decoder.get_mut()));
        self.produced += plain.len() as u64;
        if self.produced > self.cap as u64 {
            return Err(Repr::TooLarge { cap: self.cap });
        }
        Ok(plain)
    }

    fn finish(&mut self) -> Result<Bytes, Repr> {
        // The decoder finds fault with the end: with a missing part of it far more often than with a
        // changed one, which it does not tell apart.
        let received = self.produced;
        self.decoder.try_finish().map_err(|error| Repr::Truncated { received, source: error.into() })?;
        self.take()
    }
}

fn broken(error: io::Error, received: u64) -> Repr {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return Repr::Truncated { received, source: error.into() };
    }
    Repr::Content { reason: "it is not the gzip stream that it claims to be", source: error.into() }
}

/// Whether the headers announce gzip; if so, they are changed to describe the plain body.
pub(super) fn announced(headers: &mut HeaderMap) -> bool {
    let gzip = headers
        .get(CONTENT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| matches!(value.trim().to_ascii_lowercase().as_str(), "gzip" | "x-gzip"));
    if gzip {
        headers.remove(CONTENT_ENCODING);
        headers.remove(CONTENT_LENGTH);
    }
    gzip
}

impl<B> HttpBody for Inflated<B>
where
    B: HttpBody<Data = Bytes, Error = Error> + Unpin,
{
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        loop {
            let plain = if !this.pending.is_empty() {
                this.step()
            } else if this.stage == Stage::Over {
                return Poll::Ready(None);
            } else {
                match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                    Some(Ok(frame)) => {
                        let Ok(data) = frame.into_data() else { continue };
                        if !data.is_empty() {
                            this.stage = Stage::Running;
                        }
                        this.pending = data;
                        continue;
                    }
                    Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                    None if this.stage == Stage::Fresh => {
                        this.stage = Stage::Over;
                        continue;
                    }
                    None => {
                        this.stage = Stage::Over;
                        this.finish()
                    }
                }
            };
            match plain {
                Ok(plain) if plain.is_empty() => {}
                Ok(plain) => return Poll::Ready(Some(Ok(Frame::data(plain)))),
                Err(repr) => {
                    this.stage = Stage::Over;
                    this.pending = Bytes::new();
                    return Poll::Ready(Some(Err(repr.into())));
                }
            }
        }
    }
}

impl<B> fmt::Debug for Inflated<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflated").field("produced", &self.produced).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use bytes::Bytes;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use futures::{FutureExt as _, stream};
    use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue};
    use proptest::prelude::*;

    use super::{Inflated, announced};
    use crate::body::Body;
    use crate::error::{Error, ErrorKind};

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn inflate(wire: &[u8], piece: usize, cap: usize) -> Result<Bytes, Error> {
        let pieces: Vec<_> =
            wire.chunks(piece.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let body = Body::wrap(Inflated::new(Body::from_stream(stream::iter(pieces)), cap));
        body.collect(usize::MAX).now_or_never().unwrap()
    }

    /// The decoder does not always tell a cut from other damage, and neither needs to be told apart.
    fn is_broken(error: &Error) -> bool {
        matches!(error.kind(), ErrorKind::Truncated | ErrorKind::Content)
    }

    fn text(length: usize) -> Vec<u8> {
        (0..length).map(|n| u8::try_from(n * n % 251).unwrap()).collect()
    }

    #[test]
    fn all_members_are_read() {
        let wire = [gzip(b"one "), gzip(b""), gzip(b"two "), gzip(&text(100_000))].concat();
        let plain = [b"one two ".to_vec(), text(100_000)].concat();
        for piece in [1, 7, 4096, usize::MAX] {
            assert_eq!(inflate(&wire, piece, 1 << 20).unwrap(), plain, "in pieces of {piece}");
        }
        assert_eq!(inflate(b"", 1, 0).unwrap(), "");
    }

    #[test]
    fn no_cut_passes_for_a_whole() {
        let wire = [gzip(&text(3000)), gzip(&text(500))].concat();
        let boundary = gzip(&text(3000)).len();
        for length in (1..wire.len()).filter(|&length| length != boundary) {
            let error = inflate(&wire[..length], 64, 1 << 20).unwrap_err();
            assert!(is_broken(&error), "cut at {length} of {}: {error}", wire.len());
        }
    }

    #[test]
    fn what_is_not_gzip_or_was_changed_is_refused() {
        for wire in [b"{\"success\":true}".to_vec(), [gzip(b"fine"), b"garbage".to_vec()].concat()] {
            assert!(is_broken(&inflate(&wire, 5, 1 << 20).unwrap_err()));
        }
        let mut wire = gzip(&text(3000));
        let checksum = wire.len() - 8;
        wire[checksum] ^= 1;
        assert!(is_broken(&inflate(&wire, 64, 1 << 20).unwrap_err()));
    }

    #[test]
    fn a_bomb_is_stopped_at_the_cap() {
        let wire = gzip(&vec![0; 16 << 20]);
        assert!(wire.len() < 100_000);
        assert_eq!(inflate(&wire, usize::MAX, 1 << 20).unwrap_err().kind(), ErrorKind::TooLarge);
    }

    #[test]
    fn only_gzip_is_undone_and_then_the_headers_say_so() {
        for (value, expected) in [("gzip", true), ("X-GZIP ", true), ("br", false), ("identity", false)] {
            let mut headers = http::HeaderMap::new();
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(value));
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("9"));
            assert_eq!(announced(&mut headers), expected, "{value}");
            assert_eq!(headers.is_empty(), expected, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_split_of_any_members_reads_back(
            members in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..5),
            piece in 1usize..64,
        ) {
            let wire: Vec<u8> = members.iter().flat_map(|member| gzip(member)).collect();
            prop_assert_eq!(inflate(&wire, piece, 1 << 20).unwrap(), members.concat());
        }

        #[test]
        fn no_bytes_make_it_panic(wire in prop::collection::vec(any::<u8>(), 0..200), piece in 1usize..64) {
            let _ = inflate(&wire, piece, 1 << 16);
        }

        #[test]
        fn no_changed_bit_is_fatal(bit in 0usize..8 * 40) {
            let mut wire = gzip(b"some text that is compressed");
            let byte = bit / 8 % wire.len();
            wire[byte] ^= 1 << (bit % 8);
            let _ = inflate(&wire, 16, 1 << 16);
        }
    }
}
