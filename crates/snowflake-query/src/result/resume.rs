//! Goes on with a broken download where it broke, when it is certain that both pieces are of one object.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, IF_RANGE, RANGE};
use http::response::Parts as Head;
use http::{HeaderMap, HeaderValue, StatusCode};
use snowflake_transport::{
    BoxFuture, Delivery, Error, ErrorKind, Request, RequestOptions, Response, Transport,
};

use super::validator::{Validator, size_of_object};

/// A transport for the attempts to fetch one object, each of which asks only for what the last one left.
///
/// Its answers are whole: bodies are read here, so that what arrived of a broken one is not lost. The first attempt
/// is an ordinary request; nothing is kept of an answer that has no strong validator, and whatever leaves a doubt
/// about which object its bytes are of is asked for from the start.
pub(super) struct Resuming<'t> {
    transport: &'t dyn Transport,
    kept: Mutex<Option<Piece>>,
}

/// The beginning of an object.
struct Piece {
    bytes: Bytes,
    origin: Origin,
}

/// What is known of the object that an answer is about.
struct Origin {
    validator: Option<Validator>,
    encoding: Option<HeaderValue>,
    size: Option<u64>,
}

impl<'t> Resuming<'t> {
    pub(super) fn new(transport: &'t dyn Transport) -> Self {
        Self { transport, kept: Mutex::new(None) }
    }

    async fn exchange(&self, mut request: Request) -> Result<Response, Error> {
        let cap = RequestOptions::of(&request).body_cap.unwrap_or(usize::MAX);
        let resumes = self.kept().as_ref().is_some_and(|piece| piece.ask_for_rest(request.headers_mut()));
        let (head, body) = self.transport.send(request).await?.into_parts();
        let begun = match head.status {
            StatusCode::OK => {
                self.forget();
                Piece { bytes: Bytes::new(), origin: Origin::of(&head.headers) }
            }
            StatusCode::PARTIAL_CONTENT if resumes => self.continued(&head.headers)?,
            StatusCode::RANGE_NOT_SATISFIABLE | StatusCode::PRECONDITION_FAILED if resumes => {
                self.forget();
                return Err(doubtful("the object is no longer the one that the download began with"));
            }
            _ => return Ok(Response::from_parts(head, body)),
        };
        let (arrived, end) = body.collect_partly(cap.saturating_sub(begun.bytes.len())).await;
        let piece = begun.and(arrived);
        match end {
            Ok(()) => piece.into_response(head),
            Err(error) => {
                if is_break(error.kind()) && piece.can_go_on() {
                    tracing::debug!(bytes = piece.bytes.len(), "a download broke and can go on");
                    *self.kept() = Some(piece);
                }
                Err(error)
            }
        }
    }

    /// What was kept, if the answer with these headers holds the rest of it.
    fn continued(&self, headers: &HeaderMap) -> Result<Piece, Error> {
        self.forget()
            .and_then(|piece| piece.going_on_with(headers))
            .ok_or_else(|| doubtful("the answer is not the rest of what arrived before"))
    }

    fn forget(&self) -> Option<Piece> {
        self.kept().take()
    }

    fn kept(&self) -> MutexGuard<'_, Option<Piece>> {
        // The piece is replaced as a whole, so a panic elsewhere cannot have spoilt it.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Resuming<'_> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.exchange(request))
    }
}

impl fmt::Debug for Resuming<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept().as_ref().map_or(0, |piece| piece.bytes.len());
        f.debug_struct("Resuming").field("kept", &kept).finish_non_exhaustive()
    }
}

impl Origin {
    fn of(headers: &HeaderMap) -> Self {
        let size = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        Self { validator: Validator::of(headers), encoding: headers.get(CONTENT_ENCODING).cloned(), size }
    }
}

impl Piece {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn can_go_on(&self) -> bool {
        let ended = self.origin.size.is_some_and(|size| self.len() >= size);
        self.origin.validator.is_some() && !self.bytes.is_empty() && !ended
    }

    /// Turns the request for the object into one for what is missing of it.
    fn ask_for_rest(&self, headers: &mut HeaderMap) -> bool {
        let (Some(validator), Ok(range)) =
            (&self.origin.validator, HeaderValue::try_from(format!("bytes={}-", self.len())))
        else {
            return false;
        };
        headers.insert(RANGE, range);
        // A storage that minds this sends another object whole; one that does not is found out by the answer.
        headers.insert(IF_RANGE, validator.value().clone());
        true
    }

    /// This piece, if an answer with these headers holds all that is missing, of the same object in the same encoding.
    fn going_on_with(mut self, headers: &HeaderMap) -> Option<Self> {
        let size = size_of_object(headers, self.len())?;
        let Origin { validator, encoding, size: known } = &self.origin;
        let same = validator.as_ref()?.marks(headers) && headers.get(CONTENT_ENCODING) == encoding.as_ref();
        if !same || known.is_some_and(|known| known != size) {
            return None;
        }
        self.origin.size = Some(size);
        Some(self)
    }

    /// The piece with what follows it; the first bytes of all are taken as they are.
    fn and(self, more: Bytes) -> Self {
        let Self { bytes, origin } = self;
        if bytes.is_empty() {
            return Self { bytes: more, origin };
        }
        let mut joined = BytesMut::from(bytes);
        joined.extend_from_slice(&more);
        Self { bytes: joined.freeze(), origin }
    }

    /// The whole object as one answer, however many it took.
    fn into_response(self, mut head: Head) -> Result<Response, Error> {
        if head.status == StatusCode::PARTIAL_CONTENT {
            if self.origin.size != Some(self.len()) {
                return Err(doubtful("the pieces of the object are not as long as announced"));
            }
            head.status = StatusCode::OK;
            head.headers.remove(CONTENT_RANGE);
            head.headers.remove(CONTENT_LENGTH);
        }
        Ok(Response::from_parts(head, self.bytes.into()))
    }
}

/// Whether an answer that failed like this holds what the storage sent, as far as it goes.
fn is_break(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Reset | ErrorKind::Truncated | ErrorKind::Stalled | ErrorKind::Timeout)
}

/// Bytes that may be of another object are not used; the next attempt begins anew.
fn doubtful(reason: &'static str) -> Error {
    Error::reported(ErrorKind::Content, Delivery::MaybeSent, reason)
}
