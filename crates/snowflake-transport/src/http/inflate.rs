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
        self.decoder.try_finish().map_err(|error| broken(error, self.produced))?;
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
