//! Watches the body of a request leave, to know whether the service can have seen it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;

use crate::body::Body;
use crate::error::{Delivery, Error};

/// A request body that notes when hyper takes a piece of it.
#[derive(Debug)]
pub(super) struct Upload {
    body: Body,
    progress: Progress,
}

/// What is known about the departure of a request.
#[derive(Clone, Debug)]
pub(super) struct Progress(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    last: Instant,
    delivery: Delivery,
}

impl Upload {
    pub(super) fn new(body: Body, now: Instant) -> (Self, Progress) {
        // A request without a body is sent with its head, and nothing tells when that was written.
        let delivery = if body.is_empty() { Delivery::MaybeSent } else { Delivery::NotSent };
        let progress = Progress(Arc::new(Mutex::new(State { last: now, delivery })));
        (Self { body, progress: progress.clone() }, progress)
    }
}

impl Progress {
    /// When the last piece of the body left, or else when the request began.
    pub(super) fn last(&self) -> Instant {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).last
    }

    pub(super) fn delivery(&self) -> Delivery {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).delivery
    }

    fn note(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.last = Instant::now();
        state.delivery = Delivery::MaybeSent;
    }
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if polled.is_ready() {
            self.progress.note();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        HttpBody::is_end_stream(&self.body)
    }

    fn size_hint(&self) -> SizeHint {
        HttpBody::size_hint(&self.body)
    }
}
