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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use futures::stream::{self, StreamExt as _};
    use tokio::time::{Instant, sleep};

    use super::Guarded;
    use crate::body::Body;
    use crate::error::{Error, ErrorKind};
    use crate::http::limits::Limits;
    use crate::options::TransportOptions;
    use crate::request::{RequestOptions, StallLimit};

    fn limits(stall: StallLimit, total: Option<Duration>, cap: usize) -> Limits {
        let mut options = TransportOptions::default().with_stall(stall).with_body_cap(cap);
        options.total_timeout = total;
        Limits::new(&options, &RequestOptions::default(), Instant::now())
    }

    /// A body of so many pieces of so many bytes, one every so often.
    fn drip(pieces: usize, size: usize, every: Duration) -> Body {
        Body::from_stream(stream::iter(std::iter::repeat_n(size, pieces)).then(move |size| async move {
            sleep(every).await;
            Ok(Bytes::from(vec![b'x'; size]))
        }))
    }

    async fn read(body: Body, limits: Limits) -> Result<usize, Error> {
        Ok(Body::wrap(Guarded::new(body, limits)).collect(usize::MAX).await?.len())
    }

    #[tokio::test(start_paused = true)]
    async fn r18_one_byte_a_second_is_a_stall_and_a_kilobyte_is_not() {
        let start = Instant::now();
        let slow =
            read(drip(100_000, 1, Duration::from_secs(1)), limits(StallLimit::API, None, 1 << 20)).await;
        let error = slow.unwrap_err();
        assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Stalled, true));
        assert_eq!(start.elapsed(), Duration::from_secs(20));
        let steady =
            read(drip(100, 1024, Duration::from_secs(1)), limits(StallLimit::API, None, 1 << 20)).await;
        assert_eq!(steady.unwrap(), 100 * 1024);
        let storage =
            read(drip(100, 512, Duration::from_secs(1)), limits(StallLimit::STORAGE, None, 1 << 20)).await;
        assert_eq!(storage.unwrap_err().kind(), ErrorKind::Stalled);
    }

    #[tokio::test(start_paused = true)]
    async fn r18_silence_in_the_middle_is_a_stall() {
        let body =
            Body::from_stream(stream::iter([Ok(Bytes::from(vec![0; 1 << 20]))]).chain(stream::pending()));
        let start = Instant::now();
        assert_eq!(
            read(body, limits(StallLimit::API, None, 1 << 30)).await.unwrap_err().kind(),
            ErrorKind::Stalled
        );
        // The first window holds the megabyte, the second nothing.
        assert_eq!(start.elapsed(), Duration::from_secs(40));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_is_no_stall() {
        let body = drip(20, 8, Duration::from_millis(10));
        let mut body = Body::wrap(Guarded::new(body, limits(StallLimit::API, None, 1 << 20)));
        let mut read = 0;
        while let Some(piece) = body.next().await {
            read += piece.unwrap().len();
            tokio::time::advance(Duration::from_secs(600)).await;
        }
        assert_eq!(read, 160);
    }

    #[tokio::test(start_paused = true)]
    async fn the_whole_exchange_has_a_limit_and_a_zero_window_has_none() {
        let off = StallLimit { min_bytes: 1, window: Duration::ZERO };
        let start = Instant::now();
        let total = limits(off, Some(Duration::from_secs(90)), 1 << 20);
        let error = read(drip(1000, 1, Duration::from_secs(60)), total).await.unwrap_err();
        assert_eq!((error.kind(), start.elapsed()), (ErrorKind::Timeout, Duration::from_secs(90)));
        assert_eq!(read(drip(9, 1, Duration::from_secs(3600)), limits(off, None, 9)).await.unwrap(), 9);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_has_a_cap() {
        let error = read(drip(10, 10, Duration::ZERO), limits(StallLimit::API, None, 99)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert_eq!(
            read(drip(10, 10, Duration::ZERO), limits(StallLimit::API, None, 100)).await.unwrap(),
            100
        );
    }
}
