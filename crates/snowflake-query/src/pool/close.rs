//! The end of a pool, in bounded time.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;

use super::Pool;
use super::options::InFlight;
use crate::session::Core;

/// Longer than this nobody waits for a server to take leave.
const LIMIT: Duration = Duration::from_secs(15);
/// The time that a statement has to end by itself once the server was told to stop it.
const GRACE: Duration = Duration::from_secs(3);

impl Pool {
    /// Closes the pool within 15 seconds: nothing is lent any more, and its sessions end.
    ///
    /// [`PoolOptions::with_in_flight`](crate::PoolOptions::with_in_flight) decides what becomes of statements that run.
    /// By default they are stopped on the server, all sessions end, and whoever waits for a statement gets the server's
    /// answer to that, or an error of kind [`Cancelled`](crate::ErrorKind::Cancelled) when none comes.
    ///
    /// # Cancellation
    /// Dropping the future leaves the pool closed, and sessions open that were not reached yet.
    pub async fn close(&self) {
        let inner = &self.inner;
        inner.turns.close();
        let free: Vec<_> = {
            let _picking = inner.picking.lock().await;
            let free = std::iter::from_fn(|| inner.take_free()).collect();
            inner.manager.closed.raise();
            free
        };
        let end = async {
            match inner.manager.options.in_flight {
                InFlight::Abort => {
                    let cores = inner.manager.cores();
                    join_all(cores.iter().map(stop)).await;
                    join_all(cores.iter().map(|core| core.logout())).await;
                }
                InFlight::Leave => {
                    // A session whose statement runs on by itself ends with its handle.
                    let idle = free.iter().filter(|session| session.core.in_flight().is_empty());
                    join_all(idle.map(|session| session.core.logout())).await;
                }
            }
        };
        if tokio::time::timeout(LIMIT, end).await.is_err() {
            tracing::debug!(limit = ?LIMIT, "sessions of the pool were left to the server");
        }
        drop(free);
        inner.report();
    }
}

/// Stops what runs in a session, and then everyone who still waits for it.
async fn stop(core: &Arc<Core>) {
    let flights = core.in_flight();
    join_all(flights.iter().map(|flight| flight.abort(core))).await;
    // A statement that was stopped, or has ended after all, is answered: its caller shall hear of that.
    if tokio::time::timeout(GRACE, core.switching.write()).await.is_err() {
        tracing::debug!(session_id = core.session_id, "a statement that was told to stop was not answered");
    }
    core.closed.raise();
}
