//! Running the collectors, each when it is due.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::board::{Board, Outcome};
use super::credits::Credits;
use super::question::{Collector, Look};
use super::schedule::Schedule;
use super::warehouses::Warehouses;
use super::{Account, CollectorOptions, Kind, questions};
use crate::error::Error;
use crate::health::describe;
use crate::metric::Figures;
use crate::service::ServiceOptions;

/// The first runs are spread over this time, so that the replicas of a deployment do not ask all at once.
const SPREAD: Duration = Duration::from_secs(5);
/// How many statements a collector may need, for the limit of a whole run.
const STATEMENTS: u32 = 3;

/// The loops of all collectors that are on.
pub(in crate::service) fn collectors(
    options: &ServiceOptions,
    account: &Account,
    board: &Arc<Board>,
) -> Vec<BoxFuture<'static, ()>> {
    let figures = Arc::new(Figures::default());
    // One at a time on the warehouse: it need not be large, and is resumed once for all of them.
    let turn = Arc::new(Semaphore::new(1));
    let origin = Instant::now() + account.pool().entropy().duration(SPREAD);
    let mut loops: Vec<BoxFuture<'static, ()>> = Vec::new();
    for kind in Kind::ALL {
        let told = options.collector(kind);
        if !told.is_on() {
            board.off(kind);
            continue;
        }
        board.waiting(kind, told.interval(kind));
        let runner = Runner {
            kind,
            options: told,
            account: account.clone(),
            figures: Arc::clone(&figures),
            board: Arc::clone(board),
            turn: kind.needs_warehouse().then(|| Arc::clone(&turn)),
        };
        loops.push(Box::pin(runner.run(collector(kind, options), origin)));
    }
    loops
}

fn collector(kind: Kind, options: &ServiceOptions) -> Box<dyn Collector> {
    match kind {
        Kind::Warehouses => Box::new(Warehouses),
        Kind::Credits => Box::new(Credits::new()),
        Kind::Load => Box::new(questions::load()),
        Kind::Storage => Box::new(questions::storage()),
        Kind::Tables => Box::new(questions::tables(options.largest_tables)),
        Kind::Logins => Box::new(questions::logins()),
        Kind::Tasks => Box::new(questions::tasks()),
        Kind::Queries => Box::new(questions::queries()),
        Kind::Loads => Box::new(questions::loads()),
        Kind::Clustering => Box::new(questions::clustering()),
        Kind::Replication => Box::new(questions::replication()),
    }
}

/// One collector and what it runs with.
struct Runner {
    kind: Kind,
    options: CollectorOptions,
    account: Account,
    figures: Arc<Figures>,
    board: Arc<Board>,
    turn: Option<Arc<Semaphore>>,
}

impl Runner {
    async fn run(self, mut collector: Box<dyn Collector>, origin: Instant) {
        let mut schedule = Schedule::new(origin, self.options.interval(self.kind));
        loop {
            tokio::time::sleep_until(schedule.next()).await;
            let _turn = match &self.turn {
                Some(turn) => turn.acquire().await.ok(),
                None => None,
            };
            let begun = Instant::now();
            let outcome = self.once(&mut *collector).await;
            schedule.ran(outcome.ended(), Instant::now());
            self.board.ran(self.kind, outcome, begun.elapsed());
        }
    }

    async fn once(&self, collector: &mut dyn Collector) -> Outcome {
        let limit = self.options.timeout();
        let look = Look { account: &self.account, figures: &self.figures, limit };
        // The statements have limits of their own; getting a session takes time too.
        match tokio::time::timeout(limit.saturating_mul(STATEMENTS), collector.collect(look)).await {
            Ok(Ok(())) => Outcome::Collected,
            Ok(Err(error)) => self.explain(&error),
            Err(_) => Outcome::Failed { reason: format!("it took longer than {STATEMENTS} times {limit:?}") },
        }
    }

    fn explain(&self, error: &Error) -> Outcome {
        let reason = describe(error);
        match self.missing(error) {
            Some(grant) => Outcome::Denied { grant, reason },
            None => Outcome::Failed { reason },
        }
    }

    /// What somebody has to do before this can succeed.
    fn missing(&self, error: &Error) -> Option<String> {
        let role = error.denied_role().or(self.account.role.as_deref()).unwrap_or("the role of the service");
        if error.lacks_warehouse() {
            return Some(match &self.account.warehouse {
                Some(warehouse) => format!("GRANT USAGE ON WAREHOUSE {warehouse} TO ROLE {role}"),
                None => "set SNOWFLAKE_WAREHOUSE to a warehouse that the role may use".to_owned(),
            });
        }
        error.denied_role()?;
        Some(match self.kind.database_role() {
            Some(viewer) => format!("GRANT DATABASE ROLE SNOWFLAKE.{viewer} TO ROLE {role}"),
            None => format!("GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE {role}"),
        })
    }
}
