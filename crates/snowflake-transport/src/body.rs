//! The body of a request or response: bytes that can be sent again, or a stream that cannot.

use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures::Stream;
use futures::{StreamExt as _, stream};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::{BodyExt as _, StreamBody};

use crate::error::{Error, TooLargeSnafu};

/// How much is reserved at once on the word of a `Content-Length` that nobody has checked.
const TRUSTED_LENGTH: u64 = 16 * 1024 * 1024;

/// The body of a [`Request`](crate::Request) or a [`Response`](crate::Response).
///
/// Bytes can be sent again, in a retry or after a redirect; a stream is gone once it is read.
pub struct Body(Content);

enum Content {
    Bytes(Bytes),
    Stream { stream: Shared, length: Option<u64> },
}

/// The mutex is never locked: it makes a stream that is only `Send` also `Sync`, so that requests and
/// responses may be borrowed across an await.
type Shared = Mutex<Pin<Box<dyn HttpBody<Data = Bytes, Error = Error> + Send>>>;

impl Body {
    /// A body of no bytes.
    pub fn empty() -> Self {
        Self(Content::Bytes(Bytes::new()))
    }

    /// A body that is read from a stream once, and can therefore not be sent again.
    pub fn from_stream<S>(stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, Error>> + Send + 'static,
    {
        Self::wrap(StreamBody::new(stream.map(|part| part.map(Frame::data))))
    }

    /// A body around any other implementation of a body.
    pub fn wrap<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes, Error = Error> + Send + 'static,
    {
        let length = body.size_hint().exact();
        Self(Content::Stream { stream: Mutex::new(Box::pin(body)), length })
    }

    /// States how long a stream is, so that it can be sent with a `Content-Length`.
    ///
    /// Bytes keep the length they have.
    pub fn with_length(self, length: u64) -> Self {
        match self.0 {
            Content::Bytes(_) => self,
            Content::Stream { stream, .. } => Self(Content::Stream { stream, length: Some(length) }),
        }
    }

    /// The bytes, if this body is not a stream: then it can be sent again.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Content::Bytes(bytes) => Some(bytes),
            Content::Stream { .. } => None,
        }
    }

    /// Whether there is nothing (more) to read.
    pub fn is_empty(&self) -> bool {
        HttpBody::is_end_stream(self)
    }

    /// The next piece, in the sizes in which it arrives; `None` at the end.
    ///
    /// # Errors
    ///
    /// Whatever the transport reports while the body arrives: `Timeout`, `Stalled`, `Reset`,
    /// `Truncated`, `TooLarge` or `Content`.
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        loop {
            match self.frame().await? {
                Ok(frame) => {
                    // Trailers carry nothing for us.
                    if let Ok(data) = frame.into_data() {
                        return Some(Ok(data));
                    }
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// The rest of the body as a stream of pieces.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send {
        self.into_data_stream()
    }

    /// Reads the whole body, which may have at most `cap` bytes.
    ///
    /// # Errors
    ///
    /// `TooLarge` if there is more, and whatever [`Body::next`] reports.
    pub async fn collect(mut self, cap: usize) -> Result<Bytes, Error> {
        let mut arrived = Arrived::default();
        self.gather(cap, &mut arrived).await?;
        Ok(arrived.into_bytes())
    }

    /// Reads the whole body, which may have at most `cap` bytes, and gives a body of the pieces in which it arrived:
    /// they are in memory, and not joined.
    ///
    /// # Errors
    ///
    /// As [`Body::collect`].
    pub async fn hold(mut self, cap: usize) -> Result<Self, Error> {
        let (mut pieces, mut length) = (Vec::new(), 0_usize);
        while let Some(piece) = self.next().await.transpose()? {
            snafu::ensure!(piece.len() <= cap.saturating_sub(length), TooLargeSnafu { cap });
            length += piece.len();
            pieces.push(Ok(piece));
        }
        Ok(match pieces.len() {
            0 | 1 => pieces.pop().transpose()?.unwrap_or_default().into(),
            _ => Self::from_stream(stream::iter(pieces)).with_length(length as u64),
        })
    }

    /// Reads as [`Body::collect`] does, and keeps what arrived when the rest does not: the first half of the
    /// answer are the bytes so far, the second says whether they are all.
    pub async fn collect_partly(mut self, cap: usize) -> (Bytes, Result<(), Error>) {
        let mut arrived = Arrived::default();
        let end = self.gather(cap, &mut arrived).await;
        (arrived.into_bytes(), end)
    }

    async fn gather(&mut self, cap: usize, arrived: &mut Arrived) -> Result<(), Error> {
        if let Content::Bytes(bytes) = &mut self.0 {
            arrived.first = std::mem::take(bytes);
            snafu::ensure!(arrived.first.len() <= cap, TooLargeSnafu { cap });
            return Ok(());
        }
        while let Some(piece) = self.next().await.transpose()? {
            snafu::ensure!(piece.len() <= cap.saturating_sub(arrived.len()), TooLargeSnafu { cap });
            let expected = HttpBody::size_hint(self).lower().min(TRUSTED_LENGTH);
            arrived.push(piece, usize::try_from(expected).unwrap_or(0).min(cap));
        }
        Ok(())
    }
}

/// What has arrived of a body. A single piece is kept as it is, which spares a copy.
#[derive(Default)]
struct Arrived {
    first: Bytes,
    joined: BytesMut,
}

impl Arrived {
    fn len(&self) -> usize {
        self.first.len() + self.joined.len()
    }

    /// Adds a piece, after which so many more bytes are expected.
    fn push(&mut self, piece: Bytes, expected: usize) {
        if self.len() == 0 {
            self.first = piece;
            return;
        }
        if self.joined.is_empty() {
            self.joined.reserve(self.first.len() + piece.len() + expected);
            self.joined.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.joined.extend_from_slice(&piece);
    }

    fn into_bytes(self) -> Bytes {
        if self.joined.is_empty() { self.first } else { self.joined.freeze() }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match &mut self.0 {
            Content::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            Content::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Content::Stream { stream, length } => {
                let stream = stream.get_mut().unwrap_or_else(PoisonError::into_inner);
                let polled = stream.as_mut().poll_frame(context);
                if let (Poll::Ready(Some(Ok(frame))), Some(left)) = (&polled, length)
                    && let Some(data) = frame.data_ref()
                {
                    *left = left.saturating_sub(data.len() as u64);
                }
                polled
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Content::Bytes(bytes) => bytes.is_empty(),
            Content::Stream { length, .. } => *length == Some(0),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Content::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Stream { length: Some(length), .. } => SizeHint::with_exact(*length),
            Content::Stream { length: None, .. } => SizeHint::default(),
        }
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Content::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &self.0 {
            Content::Bytes(_) => "Bytes",
            Content::Stream { .. } => "Stream",
        };
        // Bodies hold passwords, statements and data: only their length is shown.
        f.debug_struct(name).field("length", &HttpBody::size_hint(self).exact()).finish()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures::stream;
    use http_body::Body as _;

    use super::Body;
    use crate::error::{Delivery, Error, ErrorKind};

    fn streamed(pieces: &[&'static str]) -> Body {
        let pieces: Vec<_> = pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).collect();
        Body::from_stream(stream::iter(pieces))
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_cap_and_no_further() {
        for (body, length) in [
            (Body::from("abcdef"), 6),
            (streamed(&["abcdef"]), 6),
            (streamed(&["ab", "cdef"]), 6),
            (streamed(&["a", "b", "", "c", "def"]), 6),
            (streamed(&[]), 0),
            (Body::empty(), 0),
        ] {
            let held = body.hold(6).await.unwrap();
            assert_eq!(held.size_hint().exact(), Some(length as u64));
            assert_eq!(held.collect(6).await.unwrap().len(), length);
        }
        assert_eq!(streamed(&["abc", "de", "f"]).hold(5).await.unwrap_err().kind(), ErrorKind::TooLarge);
        for body in [
            Body::from("abcdef"),
            streamed(&["abcdef"]),
            streamed(&["ab", "cdef"]),
            streamed(&["abc", "de", "f"]),
        ] {
            assert_eq!(body.collect(5).await.unwrap_err().kind(), ErrorKind::TooLarge);
        }
    }

    #[tokio::test]
    async fn a_stream_passes_its_error_on() {
        let broken = Err(Error::reported(ErrorKind::Reset, Delivery::MaybeSent, "broken"));
        let body = Body::from_stream(stream::iter([Ok(Bytes::from_static(b"ab")), broken]));
        assert_eq!(body.collect(10).await.unwrap_err().kind(), ErrorKind::Reset);
    }

    #[tokio::test]
    async fn what_arrived_before_a_stream_broke_is_kept() {
        for pieces in [&["ab"] as &[_], &["ab", "cd"], &["ab", "cd", "ef"], &[]] {
            let whole = pieces.concat();
            let broken = Err(Error::reported(ErrorKind::Reset, Delivery::MaybeSent, "broken"));
            let arriving = pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
            let body = Body::from_stream(stream::iter(arriving.chain([broken]).collect::<Vec<_>>()));
            let (arrived, end) = body.collect_partly(10).await;
            assert_eq!((arrived, end.unwrap_err().kind()), (whole.into(), ErrorKind::Reset));
        }
        let (arrived, end) = streamed(&["ab", "cd"]).collect_partly(10).await;
        assert_eq!((arrived, end.is_ok()), (Bytes::from_static(b"abcd"), true));
    }

    #[test]
    fn only_bytes_can_be_sent_again_and_only_lengths_are_shown() {
        assert_eq!(Body::from("secret").as_bytes().unwrap(), "secret");
        assert!(streamed(&["secret"]).as_bytes().is_none());
        assert_eq!(format!("{:?}", Body::from("secret")), "Bytes { length: Some(6) }");
        assert_eq!(streamed(&["ab"]).with_length(2).size_hint().exact(), Some(2));
        assert_eq!(Body::from("abc").with_length(2).size_hint().exact(), Some(3));
    }
}
