//! A renewal's request, which outlives the caller who began it.

use std::future::poll_fn;
use std::task::{Context, Poll};

use snowflake_proto::wire::{Envelope, token};
use snowflake_transport::BoxFuture;

use crate::error::Result;

/// What the server said to a renewal.
pub(super) type Answer = Result<Envelope<token::Response>>;

/// The request that is under way, if there is one.
///
/// The server may have replaced both tokens already when the caller who sent the request goes away.
/// Its answer is then the only one that holds the new tokens; so the request stays here for whoever comes next.
#[derive(Default)]
pub(super) struct UnderWay(Option<BoxFuture<'static, Answer>>);

impl UnderWay {
    /// Whether somebody sent the request and did not wait for the answer.
    pub(super) fn was_left(&self) -> bool {
        self.0.is_some()
    }

    /// Waits for the answer to the request that is under way, which is begun if there is none.
    pub(super) async fn finish<B>(&mut self, begin: B) -> Answer
    where
        B: FnOnce() -> BoxFuture<'static, Answer>,
    {
        self.0.get_or_insert_with(begin);
        poll_fn(|context| self.poll(context)).await
    }

    /// A request that panics is not put back: the next caller begins another one.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Answer> {
        let Some(mut request) = self.0.take() else { return Poll::Pending };
        let polled = request.as_mut().poll(context);
        if polled.is_pending() {
            self.0 = Some(request);
        }
        polled
    }
}
