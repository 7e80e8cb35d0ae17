//! One run of the program under one schedule, and what must hold after it.

use std::sync::{Arc, Mutex, PoisonError};

use snowflake_client::sim::{
    Audit, Canary, Claims, Endpoint, Fault, ManualClock, Place, Schedule, SeededEntropy, StandIn, Tap,
};
use snowflake_client::{ErrorKind, MemoryBudget, SnowflakeClient};
use time::macros::datetime;

use crate::limits::Limits;
use crate::program::{self, Ending, LIMIT};
use crate::workload::{self, PASSWORD};

/// Runs wait for each other: threads that decode are shared by the whole process, and waiting for one of them
/// would make the paused time of a run jump.
static ALONE: Mutex<()> = Mutex::new(());

/// A program and the chance that it takes its identifiers from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trial {
    pub(crate) seed: u64,
    /// Whether no error is allowed.
    pub(crate) survivable: bool,
}

/// What happened in a run that kept all promises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) hits: u64,
    pub(crate) errors: u64,
    pub(crate) tasks: u64,
}

/// The transport of the program: what it sends is counted, then spoiled, then answered.
type Line = Tap<Limits<Fault<StandIn>>>;

impl Trial {
    /// Runs the program under a schedule and names every promise that was broken.
    pub(crate) fn run(self, schedule: &Schedule) -> Result<Report, String> {
        self.run_with(workload::service(self.seed), schedule)
    }

    pub(crate) fn run_with(self, service: StandIn, schedule: &Schedule) -> Result<Report, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let claims = Claims::new();
        let observed = || runtime.unwrap().block_on(self.observe(service, schedule, &claims));
        // Writing everything down takes its time: every twentieth run does.
        if !self.seed.is_multiple_of(20) {
            return observed();
        }
        let log = Log(claims.clone());
        let everything = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log);
        tracing::subscriber::with_default(everything.finish(), observed)
    }

    async fn observe(self, service: StandIn, schedule: &Schedule, claims: &Claims) -> Result<Report, String> {
        let password = Canary::new("password", PASSWORD).allowed(Place::body().on(Endpoint::Login));
        let line =
            Arc::new(Tap::new(Limits::new(Fault::new(service.clone()).schedule(schedule))).canary(password));
        claims.started();
        let budget = MemoryBudget::default();
        let client = connect(&line, self.seed, budget.clone()).await;
        let tasks = workload::draw(self.seed);
        let endings = program::run(&client, &tasks, claims).await;
        let hits = line.inner().inner().hits().into_iter().map(|hits| hits as u64).sum();
        line.inner().inner().clear();
        // What was left behind may still be told to stop.
        tokio::time::sleep(LIMIT).await;
        claims.recovered(&client.execute("SELECT 1").await);
        client.close().await;
        drop(client);
        tokio::time::sleep(LIMIT).await;
        claims.closed();
        claims.gauge("bytes of results", 0, budget.used());

        let requests = 60 + 40 * tasks.len() as u64;
        let audit = Audit::of(claims).ledger(service.ledger()).tap(&*line).most_requests(requests);
        let mut broken: Vec<String> = audit.check().err().iter().map(ToString::to_string).collect();
        for Ending { task, error, wrong } in &endings {
            broken.extend(wrong.iter().map(|wrong| format!("{task:?}: {wrong}")));
            if let Some(kind) = error.filter(|kind| self.survivable && *kind != ErrorKind::Sql) {
                broken.push(format!("{task:?} ended with {kind:?} although it could be survived"));
            }
        }
        if !broken.is_empty() {
            return Err(broken.join("\n"));
        }
        let errors = endings.iter().filter(|ending| ending.error.is_some()).count() as u64;
        Ok(Report { hits, errors, tasks: endings.len() as u64 })
    }
}

async fn connect(line: &Arc<Line>, seed: u64, budget: MemoryBudget) -> SnowflakeClient {
    SnowflakeClient::builder()
        .account("chaos")
        .user("chaos")
        .password(PASSWORD)
        .transport(Arc::<Line>::clone(line))
        .clock(Arc::new(ManualClock::ticking(datetime!(2026-01-01 00:00 UTC))))
        .entropy(Arc::new(SeededEntropy::new(seed)))
        .memory_budget(budget)
        .pool_size(0, 3)
        .pool_wait_timeout(LIMIT * 4)
        .build()
        .await
        .unwrap()
}

/// What is logged at any level is searched for secrets too.
#[derive(Clone)]
struct Log(Claims);

impl std::io::Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.logged(String::from_utf8_lossy(line));
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl tracing_subscriber::fmt::MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
