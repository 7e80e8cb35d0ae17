//! Everything that the requests to one server share.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use snowflake_transport::{Clock, Entropy};
use tokio::sync::watch;

use super::login::Directory;
use super::session::Session;
use super::statement::{Limits, Queries};
use crate::context::Context;
use crate::engine::Engine;
use crate::ledger::Ledger;
use crate::service::{self, Grants, Lifetimes, Sessions};
use crate::storage::Storage;

/// How a server behaves.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// The account's name as the server gives it out.
    pub(super) account: String,
    /// The current objects of a login that names none.
    pub(super) initial: Context,
    pub(super) lifetimes: Lifetimes,
    pub(super) limits: Limits,
    /// How long a request waits for its statement before it is told to ask again.
    pub(super) hold: Duration,
}

/// Everything that the requests to one server share.
pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) directory: Directory,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) engine: Engine,
    /// The files of stages, and who may read them.
    pub(super) storage: Storage,
    pub(super) sessions: Sessions<Session>,
    pub(super) queries: Arc<Queries>,
    pub(super) grants: Grants,
    /// Whether statements may start; tests hold them back.
    pub(super) gate: watch::Sender<bool>,
    pub(super) ledger: Mutex<Ledger>,
}

impl Shared {
    /// The ledger, for one entry: never held across an await.
    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new query id.
    pub(super) fn query_id(&self) -> String {
        service::query_id(self.entropy.as_ref())
    }

    /// Milliseconds since 1970.
    pub(super) fn milliseconds(&self) -> i64 {
        service::milliseconds(self.clock.wall())
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("settings", &self.settings).finish_non_exhaustive()
    }
}
