//! Room for statements that nest deeply.
//!
//! Parsing, planning and running a statement recurse once per level of its tree, and the stack of a
//! runtime's thread is soon used up: a long chain of `OR` would end the process. So statements are polled
//! on threads of their own with a large stack, of which the system only provides what is touched.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

use futures::Stream;
use tokio::runtime::Handle;

const STACK: usize = 256 << 20;

/// Runs some work on a large stack, within the same runtime.
fn on_deep_stack<T: Send>(mut work: impl FnMut() -> T + Send) -> T {
    let handle = Handle::try_current().ok();
    let mut result = None;
    let joined = thread::scope(|scope| {
        let (work, result) = (&mut work, &mut result);
        let builder = thread::Builder::new().name("statement".to_owned()).stack_size(STACK);
        let thread = builder.spawn_scoped(scope, move || {
            let _runtime = handle.as_ref().map(Handle::enter);
            *result = Some(work());
        });
        thread.map(thread::ScopedJoinHandle::join)
    });
    match (joined, result) {
        (Ok(Err(panic)), _) => std::panic::resume_unwind(panic),
        (_, Some(result)) => result,
        // No thread to be had: the stack at hand has to do.
        (_, None) => work(),
    }
}

/// Polls a future or stream on a large stack.
#[derive(Debug)]
pub(super) struct Deep<T> {
    inner: T,
}

impl<T> Deep<T> {
    pub(super) fn new(inner: T) -> Self {
        Self { inner }
    }
}

impl<F: Future + Send + Unpin> Future for Deep<F>
where
    F::Output: Send,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let waker = context.waker();
        on_deep_stack(|| Pin::new(&mut self.inner).poll(&mut Context::from_waker(waker)))
    }
}

impl<S: Stream + Send + Unpin> Stream for Deep<S>
where
    S::Item: Send,
{
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let waker = context.waker();
        on_deep_stack(|| Pin::new(&mut self.inner).poll_next(&mut Context::from_waker(waker)))
    }
}
