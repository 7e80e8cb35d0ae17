//! Threads for work that keeps a core busy or waits for a disk.

use std::io;
use std::num::NonZeroUsize;

/// No more cores than this compress at a time, however many there are: each holds some memory.
const MOST: usize = 16;

/// How many cores may be kept busy.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MOST)
}

/// Starts work at once where it blocks no task; the future waits for its end.
pub(super) fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> impl Future<Output = io::Result<T>> + Send + 'static {
    let task = tokio::task::spawn_blocking(work);
    async { task.await.map_err(io::Error::other)? }
}
