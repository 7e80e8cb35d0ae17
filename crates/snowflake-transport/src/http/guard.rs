//! Watches the body of an answer arrive: not too slowly, not too long, not too much.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use super::failure;
use super::limits::Limits;
use crate::error::{BoxError, Delivery, Error, Limit, Repr};

/// A response body with limits.
pub(super) struct Guarded<B> {
    body: B,
    limits: Limits,
    received: u64,
    window: Window,
    /// Since when the reader has been waiting for the network.
    waiting_since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

/// What arrived during the current stretch of waiting.
#[derive(Debug, Default)]
struct Window {
    waited: Duration,
    received: u64,
}

impl<B> Guarded<B> {
    pub(super) fn new(body: B, limits: Limits) -> Self {
        Self { body, limits, received: 0, window: Window::default(), waiting_since: None, timer: None }
    }

    /// Ends a stretch of waiting and judges the window if it is over.
    fn account(&mut self, now: Instant, arrived: u64) -> Result<(), Repr> {
        if let Some(since) = self.waiting_since.take() {
            self.window.waited += now.saturating_duration_since(since);
        }
        self.window.received += arrived;
        self.received += arrived;
        let stall = self.limits.stall;
        if !stall.window.is_zero() && self.window.waited >= stall.window {
            let window = std::mem::take(&mut self.window);
            if window.received < stall.min_bytes {
                return Err(Repr::Stalled { received: window.received, window: stall.window });
            }
        }
        self.within_total(now)
    }

    fn within_total(&self, now: Instant) -> Result<(), Repr> {
        match (self.limits.deadline, self.limits.total) {
            (Some(deadline), Some(after)) if now >= deadline => {
                Err(Repr::Timeout { limit: Limit::Total, after, delivery: Delivery::MaybeSent })
            }
            _ => Ok(()),
        }
    }

    /// Waits for whichever limit is reached first, when nothing has arrived.
    fn poll_limits(&mut self, context: &mut Context<'_>) -> Poll<Repr> {
        loop {
            let now = Instant::now();
            let since = *self.waiting_since.get_or_insert(now);
            let stall = self.limits.stall;
            let left = stall.window.saturating_sub(self.window.waited);
            let stalled = (!stall.window.is_zero()).then(|| since.checked_add(left)).flatten();
            let Some(until) = stalled.into_iter().chain(self.limits.deadline).min() else {
                return Poll::Pending;
            };
            let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
            if timer.deadline() != until {
                timer.as_mut().reset(until);
            }
            ready!(timer.as_mut().poll(context));
            if let Err(repr) = self.account(Instant::now(), 0) {
                return Poll::Ready(repr);
            }
        }
    }
}

impl<B> HttpBody for Guarded<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        let frame = match Pin::new(&mut this.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => frame,
            Poll::Ready(Some(Err(error))) => {
                return Poll::Ready(Some(Err(failure::in_body(error.into(), this.received).into())));
            }
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => {
                let repr = ready!(this.poll_limits(context));
                return Poll::Ready(Some(Err(repr.into())));
            }
        };
        let arrived = frame.data_ref().map_or(0, Bytes::len);
        if let Err(repr) = this.account(Instant::now(), arrived as u64) {
            return Poll::Ready(Some(Err(repr.into())));
        }
        let cap = this.limits.body_cap;
        if this.received > cap as u64 {
            return Poll::Ready(Some(Err(Repr::TooLarge { cap }.into())));
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> fmt::Debug for Guarded<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").field("received", &self.received).finish_non_exhaustive()
    }
}
