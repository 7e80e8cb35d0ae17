//! How a statement gets a place on its warehouse, and what it finds there.

use std::time::Duration;

use snowflake_proto::WarehouseSize;
use time::OffsetDateTime;
use tokio::time::Instant;

use super::compute::Grant;
use super::fleet::Entered;
use super::{Actor, WarehouseEvent, WarehouseLoad, WarehouseUsage, needs_compute};
use crate::engine::access::Object;
use crate::engine::{Engine, EngineSession, SqlError, Statement};

const TIMEOUT: &str = "STATEMENT_TIMEOUT_IN_SECONDS";
const QUEUED_TIMEOUT: &str = "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS";
/// How often a statement that waits looks at the clock, which a test may move by hand.
const GLANCE: Duration = Duration::from_millis(5);

/// The right to run a statement: its place on a warehouse is held until this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Admission {
    /// Where it runs; nothing for a statement without a warehouse.
    pub(crate) warehouse: Option<Admitted>,
    /// How long it waited for a place.
    pub(crate) queued_overload: Duration,
    /// How long it waited for the warehouse to start.
    pub(crate) queued_provisioning: Duration,
    _place: Option<Place>,
}

/// The warehouse that runs a statement, as it was then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Admitted {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) size: WarehouseSize,
    /// The cluster, from 1.
    pub(crate) cluster: usize,
    /// When it got its place.
    pub(crate) at: OffsetDateTime,
}

/// What a statement waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// A place.
    Queued,
    /// The warehouse to start.
    Resuming,
}

/// A place in the queue or at work, which is left when this is dropped.
#[derive(Debug)]
struct Place {
    engine: Engine,
    warehouse_id: u64,
    ticket: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.engine.fleet().leave(self.warehouse_id, self.ticket);
    }
}

impl Engine {
    /// Waits until a statement may run. One that needs no warehouse may at once, and so may one of a session
    /// without a warehouse, unless the account insists.
    ///
    /// # Errors
    /// `000606` when there is no warehouse to run it, `000630` when it has waited for too long, `000604` when
    /// it is told to stop meanwhile.
    ///
    /// # Cancellation
    /// A statement that is dropped while it waits frees its place in the queue.
    pub(crate) async fn admit(
        &self,
        session: &EngineSession,
        statement: &Statement,
    ) -> Result<Admission, SqlError> {
        if statement.describe_only || !needs_compute(&statement.sql) {
            return Ok(Admission::default());
        }
        match self.place(session, statement).await {
            // A statement is compiled before a warehouse is looked for: what is wrong with it comes first.
            Err(error) if error == SqlError::no_warehouse() => {
                compile(session, statement).await.and(Err(error))
            }
            outcome => outcome,
        }
    }

    async fn place(&self, session: &EngineSession, statement: &Statement) -> Result<Admission, SqlError> {
        let context = session.context();
        let Some(name) = context.warehouse.filter(|name| self.fleet().contains(name)) else {
            let required = self.options().warehouses.required;
            return if required { Err(SqlError::no_warehouse()) } else { Ok(Admission::default()) };
        };
        let role = context.role.unwrap_or_default();
        if !self.access().holds(&role, "USAGE", &Object::warehouse(&name)) {
            return Err(SqlError::no_warehouse());
        }
        let actor = Actor { user: context.user, role, query_id: statement.query_id.clone() };
        let mut entered = self.fleet().enter(&name, statement.cancel.clone(), &actor)?;
        let (warehouse_id, ticket) = (entered.warehouse_id, entered.ticket);
        let place = Place { engine: self.clone(), warehouse_id, ticket };
        let grant = self.granted(session, statement, &mut entered).await?;
        Ok(Admission {
            warehouse: Some(Admitted {
                id: warehouse_id,
                name,
                kind: entered.settings.kind,
                size: entered.settings.size,
                cluster: grant.cluster,
                at: grant.at,
            }),
            queued_overload: grant.overload.unsigned_abs(),
            queued_provisioning: grant.provisioning.unsigned_abs(),
            _place: Some(place),
        })
    }

    async fn granted(
        &self,
        session: &EngineSession,
        statement: &Statement,
        entered: &mut Entered,
    ) -> Result<Grant, SqlError> {
        let clock = &self.options().clock;
        let start = clock.now();
        let of_warehouse = entered.settings.queued_timeout.map(u64::from);
        let limit = lowest(of_warehouse, session.seconds(statement, QUEUED_TIMEOUT));
        let deadline = limit.and_then(|seconds| start.checked_add(Duration::from_secs(seconds)));
        let ready = start.checked_add(self.options().warehouses.provisioning);
        let looks = deadline.is_some() || !self.options().warehouses.provisioning.is_zero();
        let passed = |at: Option<Instant>| at.is_some_and(|at| at <= clock.now());
        loop {
            tokio::select! {
                biased;
                grant = &mut entered.grant => {
                    // The cause says no more than that the warehouse was dropped.
                    return grant.map_err(|_| SqlError::no_warehouse());
                }
                () = statement.cancel.cancelled() => return Err(SqlError::cancelled()),
                () = tokio::time::sleep(GLANCE), if looks => {}
            }
            if let Some(seconds) = limit.filter(|_| passed(deadline)) {
                return Err(SqlError::timed_out(seconds));
            }
            if passed(ready) {
                self.fleet().provisioned(entered.warehouse_id);
            }
        }
    }

    /// What a statement waits for, if it waits.
    pub(crate) fn waiting(&self, query_id: &str) -> Option<Waiting> {
        self.fleet().waiting(query_id)
    }

    /// The longest that a statement may take, in seconds: what its session or its warehouse allows, whichever
    /// is less.
    pub(crate) fn time_limit(&self, session: &EngineSession, statement: &Statement) -> Option<u64> {
        let of_warehouse = session.context().warehouse.and_then(|name| self.fleet().statement_timeout(&name));
        lowest(of_warehouse, session.seconds(statement, TIMEOUT))
    }

    /// What each warehouse used in each hour that begins from `from` on and before `to`, as charged by now.
    pub(crate) fn warehouse_usage(&self, from: OffsetDateTime, to: OffsetDateTime) -> Vec<WarehouseUsage> {
        self.fleet().usage(from, to)
    }

    /// How busy each warehouse was from `from` to `to`, in intervals of five minutes.
    pub(crate) fn warehouse_load(&self, from: OffsetDateTime, to: OffsetDateTime) -> Vec<WarehouseLoad> {
        self.fleet().load(from, to)
    }

    /// What happened to warehouses from `from` on and before `to`, oldest first.
    pub(crate) fn warehouse_events(&self, from: OffsetDateTime, to: OffsetDateTime) -> Vec<WarehouseEvent> {
        self.fleet().events(from, to)
    }
}

/// Compiles a statement, and forgets about it.
async fn compile(session: &EngineSession, statement: &Statement) -> Result<(), SqlError> {
    let described = Statement {
        sql: statement.sql.clone(),
        binds: statement.binds.clone(),
        parameters: statement.parameters.clone(),
        describe_only: true,
        ..Statement::default()
    };
    session.execute(described).await.map(drop)
}

fn lowest(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    one.into_iter().chain(other).min()
}
