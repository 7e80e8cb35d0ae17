//! Fetches the parts of a result ahead of their reader, in order, within limits of bytes and requests.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinError, JoinHandle};
use tracing::Instrument;

use super::budget::{Grant, MemoryBudget};
use super::fault::{ChunkPanicSnafu, Fault, NoRuntimeSnafu};
use super::fetch::{MAX_PART, Part, Parts};
use super::options::PrefetchOptions;
use crate::error::Error;

/// What a part costs while nothing is known of its size.
const UNKNOWN_SIZE: u64 = 1 << 20;

/// Parts in order, each with the bytes it holds. Dropping this stops all downloads.
#[derive(Debug)]
pub(crate) struct Prefetch {
    next: usize,
    started: mpsc::UnboundedReceiver<Task<Result<Fetched, Error>>>,
    current: Option<Task<Result<Fetched, Error>>>,
    _coordinator: Task<()>,
}

/// A part and the bytes it holds until it is dropped.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) part: Part,
    pub(crate) grant: Grant,
}

/// A task that ends with its handle.
#[derive(Debug)]
struct Task<T>(JoinHandle<T>);

impl<T> Task<T> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<T, JoinError>> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What is to be fetched of a part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) index: usize,
    pub(crate) inflated: u64,
    pub(crate) compressed: u64,
}

impl Order {
    /// The bytes that the part holds while it is fetched and decoded: as announced, but for what no part can have.
    fn cost(self) -> u64 {
        let possible = |bytes: u64| bytes.min(MAX_PART as u64);
        match possible(self.inflated).saturating_add(possible(self.compressed)) {
            0 => UNKNOWN_SIZE,
            cost => cost,
        }
    }
}

impl Prefetch {
    /// Starts fetching. It needs the runtime that it is called in.
    pub(crate) fn start(
        parts: Arc<Parts>,
        orders: Vec<Order>,
        budget: MemoryBudget,
        options: PrefetchOptions,
    ) -> Result<Self, Fault> {
        let Ok(runtime) = Handle::try_current() else { return NoRuntimeSnafu.fail() };
        // The budget bounds what is in this channel.
        let (sender, started) = mpsc::unbounded_channel();
        let coordinator = runtime.spawn(coordinate(parts, orders, budget, options, sender).in_current_span());
        Ok(Self { next: 0, started, current: None, _coordinator: Task(coordinator) })
    }

    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Fetched, Error>>> {
        let mut task = match self.current.take() {
            Some(task) => task,
            None => match ready!(self.started.poll_recv(context)) {
                Some(task) => task,
                None => return Poll::Ready(None),
            },
        };
        let Poll::Ready(outcome) = task.poll(context) else {
            self.current = Some(task);
            return Poll::Pending;
        };
        let chunk = self.next;
        self.next += 1;
        Poll::Ready(Some(outcome.unwrap_or_else(|_| ChunkPanicSnafu { chunk }.fail().map_err(Error::from))))
    }
}

/// Starts one task per part, as soon as bytes and a request are free for it.
async fn coordinate(
    parts: Arc<Parts>,
    orders: Vec<Order>,
    budget: MemoryBudget,
    options: PrefetchOptions,
    sender: mpsc::UnboundedSender<Task<Result<Fetched, Error>>>,
) {
    let share = budget.share(options.max_bytes);
    let requests = Arc::new(Semaphore::new(options.max_requests.get()));
    for order in orders {
        let mut grant = share.take(order.cost()).await;
        let Ok(request) = Arc::clone(&requests).acquire_owned().await else { return };
        let parts = Arc::clone(&parts);
        let fetching = async move {
            let part = parts.part(order.index).await?;
            drop(request);
            // The compressed bytes are gone, and the announced size was only a hint.
            grant.resize(part.held);
            Ok(Fetched { part, grant })
        };
        let task = Task(tokio::spawn(fetching.in_current_span()));
        if sender.send(task).is_err() {
            return;
        }
    }
}
