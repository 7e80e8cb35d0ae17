//! The engine: one account's objects, shared by all sessions.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use datafusion::execution::SessionState;

use super::catalog::{Catalog, Database};
use super::history::Book;
use super::select::base_state;
use super::stage::Stages;
use super::time::Stamp;
use super::warehouse::{Actor, Fleet, Settings};
use super::{EngineOptions, EngineSession};

/// One account. Clones share it.
#[derive(Clone)]
pub(crate) struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    options: EngineOptions,
    catalog: RwLock<Catalog>,
    fleet: Fleet,
    state: SessionState,
    book: Book,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("account", &self.inner.options.account).finish_non_exhaustive()
    }
}

impl Engine {
    /// An account with the roles of every account and nothing else.
    pub(crate) fn new(options: EngineOptions) -> Self {
        let (clock, entropy) = (Arc::clone(&options.clock), Arc::clone(&options.entropy));
        let fleet = Fleet::new(clock, entropy, options.warehouses);
        let book = Book::default();
        let inner = Inner { options, catalog: RwLock::default(), fleet, state: base_state(), book };
        Self { inner: Arc::new(inner) }
    }

    /// A session of a user who has been let in.
    pub(crate) fn open_session(&self, user: &str, session_id: i64) -> EngineSession {
        EngineSession::new(self.clone(), user, session_id)
    }

    /// Creates a database, with its schema PUBLIC, unless it is there.
    pub(crate) fn ensure_database(&self, name: &str) {
        let now = self.now();
        self.catalog_mut().databases.entry(name.to_owned()).or_insert_with(|| Database::new(now));
    }

    /// Creates a warehouse unless it is there.
    pub(crate) fn ensure_warehouse(&self, name: &str) {
        let actor = Actor { role: "ACCOUNTADMIN".to_owned(), ..Actor::default() };
        self.fleet().create(name, Settings::default(), false, false, &actor);
    }

    pub(super) fn options(&self) -> &EngineOptions {
        &self.inner.options
    }

    /// What was run.
    pub(crate) fn book(&self) -> &Book {
        &self.inner.book
    }

    pub(super) fn catalog(&self) -> RwLockReadGuard<'_, Catalog> {
        self.inner.catalog.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn catalog_mut(&self) -> RwLockWriteGuard<'_, Catalog> {
        self.inner.catalog.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// All warehouses.
    pub(super) fn fleet(&self) -> &Fleet {
        &self.inner.fleet
    }

    /// DataFusion's state as every statement starts from it.
    pub(super) fn state(&self) -> SessionState {
        self.inner.state.clone()
    }

    /// The time, in UTC.
    pub(super) fn now(&self) -> Stamp {
        Stamp::of_nanos(self.inner.options.clock.wall().unix_timestamp_nanos()).unwrap_or(Stamp::new(0, 0))
    }

    /// All stages.
    pub(super) fn stages(&self) -> &Arc<Stages> {
        &self.inner.options.stages
    }
}
