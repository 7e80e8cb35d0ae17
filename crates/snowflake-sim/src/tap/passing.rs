//! Bodies on their way through a tap.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use snowflake_transport::{Body, Error};

use super::canary::Part;
use super::listen::{LONGEST, holds_tokens, listen};
use super::watch::{Target, Watch};

/// The books, shared by everything that passes.
pub(super) type Shared = Arc<Mutex<Watch>>;

/// The books, for one entry: never held across an await.
pub(super) fn open(watch: &Shared) -> MutexGuard<'_, Watch> {
    watch.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The body of a request, which is looked through as it goes out.
///
/// `announced` is the length of a stream, if it was announced.
pub(super) fn outgoing(watch: &Shared, target: Target, body: Body, announced: Option<u64>) -> Body {
    if let Some(bytes) = body.as_bytes() {
        let mut books = open(watch);
        books.traffic.bytes_sent += size(bytes);
        books.look(&target, &Part::Body, bytes);
        drop(books);
        return body;
    }
    let watch = Arc::clone(watch);
    let mut tail = Vec::new();
    let looked = body.into_stream().map(move |piece| {
        if let Ok(bytes) = &piece {
            look_on(&mut open(&watch), &target, &mut tail, bytes);
        }
        piece
    });
    let looked = Body::from_stream(looked);
    match announced {
        Some(length) => looked.with_length(length),
        None => looked,
    }
}

/// Looks through the next piece of a stream, and through the seam with the piece before.
fn look_on(books: &mut Watch, target: &Target, tail: &mut Vec<u8>, piece: &Bytes) {
    books.traffic.bytes_sent += size(piece);
    tail.extend_from_slice(piece);
    let before = books.traffic.leaks.len();
    books.look(target, &Part::Body, tail);
    let kept = books.longest().saturating_sub(1).min(tail.len());
    // What was found once would be found again in the kept end.
    let kept = if books.traffic.leaks.len() > before { 0 } else { kept };
    tail.drain(..tail.len() - kept);
}

/// The body of an answer, which counts as open until it has ended or is dropped.
pub(super) fn incoming(watch: &Shared, target: &Target, body: Body) -> Body {
    let length = body.as_bytes().map(size);
    let heard = holds_tokens(target.endpoint).then(Vec::new);
    let passing = Passing { open: Open::new(watch), body: Some(body), heard };
    let passing = Body::from_stream(stream::unfold(passing, Passing::next));
    match length {
        Some(length) => passing.with_length(length),
        None => passing,
    }
}

/// An answer on its way.
struct Passing {
    open: Open,
    body: Option<Body>,
    /// The bytes so far, if the answer holds tokens.
    heard: Option<Vec<u8>>,
}

impl Passing {
    async fn next(mut self) -> Option<(Result<Bytes, Error>, Self)> {
        let piece = match &mut self.body {
            None => None,
            Some(body) => body.next().await,
        };
        let Some(piece) = piece else {
            self.end();
            return None;
        };
        match &piece {
            Ok(bytes) => self.hear(bytes),
            // Nothing comes after a failure.
            Err(_) => self.end(),
        }
        Some((piece, self))
    }

    fn hear(&mut self, bytes: &Bytes) {
        open(&self.open.0).traffic.bytes_received += size(bytes);
        if let Some(heard) = self.heard.as_mut().filter(|heard| heard.len() + bytes.len() <= LONGEST) {
            heard.extend_from_slice(bytes);
            // The tokens count from the moment on which the client can know them.
            listen(&mut open(&self.open.0), heard);
        }
    }

    fn end(&mut self) {
        self.body = None;
        self.open.close();
    }
}

/// An answer that counts as open for as long as this lives.
struct Open(Shared, bool);

impl Open {
    fn new(watch: &Shared) -> Self {
        let mut books = open(watch);
        books.traffic.open_bodies += 1;
        books.note_open();
        drop(books);
        Self(Arc::clone(watch), true)
    }

    fn close(&mut self) {
        if std::mem::take(&mut self.1) {
            let mut books = open(&self.0);
            books.traffic.open_bodies = books.traffic.open_bodies.saturating_sub(1);
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.close();
    }
}

fn size(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
