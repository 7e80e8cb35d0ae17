//! A copy of a body that streams past, delivered when the body has come to its end.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures::Stream;
use http::header::CONTENT_LENGTH;
use snowflake_transport::{Body, Error, Response};

/// What was copied of a body.
#[derive(Debug)]
pub(super) enum Copied {
    Whole(Bytes),
    /// It has more bytes than are copied.
    TooLarge,
}

type Done = Box<dyn FnOnce(Copied) + Send>;

/// The same response, whose body is copied as it is read: up to `limit` bytes. A body that is not read to its end
/// is not delivered.
pub(super) fn copied(response: Response, limit: usize, done: Done) -> Response {
    let (head, body) = response.into_parts();
    if let Some(bytes) = body.as_bytes() {
        done(if bytes.len() > limit { Copied::TooLarge } else { Copied::Whole(bytes.clone()) });
        return Response::from_parts(head, body);
    }
    let length = head.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let tee = Tee {
        inner: Box::pin(body.into_stream()),
        copy: BytesMut::new(),
        passed: 0,
        limit,
        length,
        done: Some(done),
    };
    let body = Body::from_stream(tee);
    Response::from_parts(
        head,
        match length {
            Some(length) => body.with_length(length),
            None => body,
        },
    )
}

type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;

struct Tee {
    inner: Pieces,
    copy: BytesMut,
    passed: u64,
    limit: usize,
    /// The announced length: a reader may stop there without asking for the end.
    length: Option<u64>,
    done: Option<Done>,
}

impl Tee {
    fn pass(&mut self, piece: &Bytes) {
        self.passed += piece.len() as u64;
        if self.passed <= self.limit as u64 {
            self.copy.extend_from_slice(piece);
        } else {
            self.copy = BytesMut::new();
        }
        if self.length == Some(self.passed) {
            self.finish();
        }
    }

    fn finish(&mut self) {
        let Some(done) = self.done.take() else { return };
        let copy = std::mem::take(&mut self.copy).freeze();
        done(if self.passed > self.limit as u64 { Copied::TooLarge } else { Copied::Whole(copy) });
    }
}

impl Stream for Tee {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.inner.as_mut().poll_next(context);
        match &polled {
            Poll::Ready(Some(Ok(piece))) => self.pass(piece),
            Poll::Ready(None) => self.finish(),
            // What breaks off is not what the service meant to say.
            Poll::Ready(Some(Err(_))) => self.done = None,
            Poll::Pending => {}
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use bytes::Bytes;
    use futures::stream;
    use snowflake_transport::{Body, Delivery, Error, ErrorKind, Response};

    use super::{Copied, copied};

    /// What is delivered when a body of these pieces is read, and what its reader got.
    async fn read(
        pieces: Vec<Result<&'static str, ErrorKind>>,
        limit: usize,
        length: Option<&str>,
    ) -> String {
        let pieces = pieces.into_iter().map(|piece| match piece {
            Ok(text) => Ok(Bytes::from(text)),
            Err(kind) => Err(Error::reported(kind, Delivery::MaybeSent, "as the test says")),
        });
        let mut response = Response::new(Body::from_stream(stream::iter(pieces.collect::<Vec<_>>())));
        if let Some(length) = length {
            response.headers_mut().insert("content-length", length.parse().unwrap());
        }
        let seen: Arc<Mutex<Option<Copied>>> = Arc::default();
        let keep = Arc::clone(&seen);
        let done = Box::new(move |copy| *keep.lock().unwrap() = Some(copy));
        let got = copied(response, limit, done).into_body().collect(1 << 20).await;
        let got = got.map_or_else(|error| error.kind().to_string(), |got| format!("{got:?}"));
        let seen = seen.lock().unwrap().take();
        let seen = seen.map_or("nothing".to_owned(), |seen| match seen {
            Copied::Whole(bytes) => format!("{bytes:?}"),
            Copied::TooLarge => "too large".to_owned(),
        });
        format!("{got} {seen}")
    }

    #[tokio::test]
    async fn a_body_is_copied_when_it_was_read_to_its_end() {
        assert_eq!(read(vec![Ok("ab"), Ok("c")], 3, None).await, "b\"abc\" b\"abc\"");
        assert_eq!(read(vec![Ok("ab"), Ok("c")], 3, Some("3")).await, "b\"abc\" b\"abc\"");
        assert_eq!(read(vec![Ok("ab"), Ok("c")], 2, None).await, "b\"abc\" too large");
        let cut = vec![Ok("ab"), Err(ErrorKind::Truncated)];
        assert_eq!(read(cut, 9, None).await, "truncated nothing");
    }
}
