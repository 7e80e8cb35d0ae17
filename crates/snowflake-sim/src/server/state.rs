//! Everything that the requests to one server share.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use snowflake_proto::Identifier;
use snowflake_transport::{Clock, Entropy};
use tokio::sync::watch;

use super::chunk::Grants;
use super::ledger::Ledger;
use super::login::Directory;
use super::session::{Lifetimes, Sessions};
use super::statement::{Limits, Queries};
use crate::engine::{Context, Engine};

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
    pub(super) sessions: Sessions,
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

    /// A query id: a UUID that starts with `01`, as the service's do.
    pub(super) fn query_id(&self) -> String {
        let mut id = self.entropy.uuid().to_string();
        id.replace_range(..2, "01");
        id
    }

    /// Milliseconds since 1970.
    pub(super) fn milliseconds(&self) -> i64 {
        milliseconds(self.clock.wall())
    }
}

/// Milliseconds since 1970.
pub(super) fn milliseconds(at: time::OffsetDateTime) -> i64 {
    at.unix_timestamp() * 1_000 + i64::from(at.millisecond())
}

/// The name of an object that is spelled as in SQL: upper case unless it is quoted.
pub(super) fn exact(spelled: &str) -> String {
    Identifier::parse(spelled).map_or_else(|_| spelled.to_owned(), |identifier| identifier.name().to_owned())
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("settings", &self.settings).finish_non_exhaustive()
    }
}
