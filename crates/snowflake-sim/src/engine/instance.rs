//! The engine: one account's objects, shared by all sessions.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use datafusion::execution::SessionState;
use snowflake_proto::Secret;
use snowflake_transport::Clock;

use super::access::{Access, Object};
use super::catalog::{Catalog, Database};
use super::history::Book;
use super::select::base_state;
use super::stage::Stages;
use super::task::Timetable;
use super::time::Stamp;
use super::warehouse::{Actor, Fleet, Settings};
use super::{EngineOptions, EngineSession};
use crate::context::Context;

/// Who makes what a server starts with.
const SYSTEM_USER: &str = "SIM";

/// One account. Clones share it.
#[derive(Clone)]
pub(crate) struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    options: EngineOptions,
    catalog: RwLock<Catalog>,
    fleet: Fleet,
    access: RwLock<Access>,
    state: SessionState,
    book: Book,
    timetable: Timetable,
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
        let fleet = Fleet::new(Arc::clone(&clock), entropy, options.warehouses);
        let access = RwLock::new(Access::new(now(clock.as_ref())));
        let (catalog, book, timetable) = (RwLock::default(), Book::default(), Timetable::default());
        let inner = Inner { options, catalog, fleet, access, state: base_state(), book, timetable };
        Self { inner: Arc::new(inner) }
    }

    /// A session of a user who has been let in. One that nobody has heard of may do everything.
    pub(crate) fn open_session(&self, user: &str, session_id: i64) -> EngineSession {
        let now = self.now();
        let mut access = self.access_mut();
        access.ensure_user(user, None, now);
        access.logged_in(user, now);
        let role = access.default_role(user);
        drop(access);
        EngineSession::new(self.clone(), user, role, session_id)
    }

    /// A session of the server itself, which may do everything.
    pub(crate) fn system_session(&self) -> EngineSession {
        EngineSession::new(self.clone(), SYSTEM_USER, "ACCOUNTADMIN".to_owned(), 0)
    }

    /// Makes a user known who may take one role, which is made if it is not there; any, when none is named.
    pub(crate) fn ensure_user(&self, name: &str, role: Option<&str>) {
        let now = self.now();
        self.access_mut().ensure_user(name, role, now);
    }

    /// Gives the objects that sessions start with to the role that they start with.
    pub(crate) fn hand_over(&self, initial: &Context) {
        let Some(role) = initial.role.as_deref() else { return };
        let (now, mut access) = (self.now(), self.access_mut());
        let database = initial.database.as_deref();
        let schemas = ["PUBLIC"].into_iter().chain(initial.schema.as_deref());
        let schemas = schemas.filter_map(|schema| database.map(|database| Object::schema(database, schema)));
        let warehouse = initial.warehouse.as_deref().map(Object::warehouse);
        for object in schemas.chain(database.map(Object::database)).chain(warehouse) {
            access.own(&object, role, now);
        }
    }

    /// The user who logs in by that name and password, which a statement has set.
    pub(crate) fn authenticate(&self, login: &str, password: &Secret) -> Option<String> {
        self.access().authenticate(login, password).map(str::to_owned)
    }

    /// Whether a user is there and not disabled.
    pub(crate) fn may_log_in(&self, user: &str) -> bool {
        self.access().users.get(user).is_some_and(|user| !user.disabled)
    }

    /// The objects that a user's sessions start with: the user's own before those of the account.
    pub(crate) fn initial(&self, user: &str, account: &Context) -> Context {
        self.access().initial(user, account)
    }

    /// Whether a role may read the views of `SNOWFLAKE.ACCOUNT_USAGE`.
    pub(crate) fn may_read_account_usage(&self, role: &str) -> bool {
        self.access().may_read_account_usage(role)
    }

    /// Creates a database, with its schema PUBLIC, unless it is there.
    pub(crate) fn ensure_database(&self, name: &str) {
        let now = self.now();
        self.catalog_mut().databases.entry(name.to_owned()).or_insert_with(|| Database::new(now));
    }

    /// Creates a warehouse unless it is there.
    pub(crate) fn ensure_warehouse(&self, name: &str) {
        self.fleet().create(name, Settings::default(), false, false, &Actor::default());
    }

    pub(super) fn options(&self) -> &EngineOptions {
        &self.inner.options
    }

    /// When tasks are due.
    pub(super) fn timetable(&self) -> &Timetable {
        &self.inner.timetable
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

    /// Roles, users and grants.
    pub(super) fn access(&self) -> RwLockReadGuard<'_, Access> {
        self.inner.access.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn access_mut(&self) -> RwLockWriteGuard<'_, Access> {
        self.inner.access.write().unwrap_or_else(PoisonError::into_inner)
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
        now(self.inner.options.clock.as_ref())
    }

    /// All stages.
    pub(super) fn stages(&self) -> &Arc<Stages> {
        &self.inner.options.stages
    }
}

fn now(clock: &dyn Clock) -> Stamp {
    Stamp::of_nanos(clock.wall().unix_timestamp_nanos()).unwrap_or(Stamp::new(0, 0))
}
