//! The audit itself.

use std::time::Duration;

use snowflake_transport::Transport;

use super::claims::Claims;
use super::violations::{Findings, Violations};
use super::{effects, executions, limits, rows, secrets, timing};
use crate::ledger::Ledger;
use crate::tap::{Canary, Tap, Traffic};

/// Compares what a program believes with what a service saw and what passed between them.
///
/// | | assertion | compares |
/// |---|---|---|
/// | 1 | each `requestId` was executed once at most | the ledger, unless [`Audit::without_dedup`] |
/// | 2 | what was changed for good is what was done, give or take what has an unknown outcome | ledger and [`Claims`] |
/// | 3 | rows were read completely and in order, or an error was met before their end | ledger and claims |
/// | 4 | nothing took longer than its deadline and one tick | claims |
/// | 5 | no task panicked, was aborted, or lives on after the close | claims |
/// | 6 | exchanges have ended, permits and budgets are back | traffic and claims |
/// | 7 | no secret went where it must not, the log included | traffic and claims |
/// | 8 | no `requestId` and no request was sent more often than allowed | ledger and traffic |
/// | 9 | a plain call succeeds after the fault | claims |
///
/// ```
/// use snowflake_sim::{Assertion, Audit, Claims, StandIn, Tap};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?.block_on(async {
/// let tap = Tap::new(StandIn::new());
/// let claims = Claims::new();
/// // The program runs with the tap as its transport, and notes what it believes.
/// claims.done("INSERT INTO orders VALUES (1)", 1);
/// claims.recovered(&Ok::<_, std::io::Error>(()));
///
/// let verdict = Audit::of(&claims).ledger(tap.inner().ledger()).tap(&tap).check();
/// // Nothing arrived of what the program believes that it has done.
/// assert_eq!(verdict.unwrap_err().assertions(), [Assertion::Effects]);
/// # });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Audit<'a> {
    claims: &'a Claims,
    ledger: Ledger,
    traffic: Option<Traffic>,
    canaries: Vec<Canary>,
    tick: Duration,
    most_attempts: u64,
    most_requests: Option<u64>,
    is_dedup: bool,
}

/// Requests of one `requestId` unless the audit is told otherwise.
const ATTEMPTS: u64 = 16;

impl<'a> Audit<'a> {
    /// An audit of a program with these beliefs.
    #[must_use]
    pub fn of(claims: &'a Claims) -> Self {
        Self {
            claims,
            ledger: Ledger::default(),
            traffic: None,
            canaries: Vec::new(),
            tick: Duration::from_millis(1),
            most_attempts: ATTEMPTS,
            most_requests: None,
            is_dedup: true,
        }
    }

    /// What the service saw: all of it, or [`Ledger::since`] the program started.
    #[must_use]
    pub fn ledger(mut self, ledger: Ledger) -> Self {
        self.ledger = ledger;
        self
    }

    /// What passed a tap, and the secrets that it watches.
    #[must_use]
    pub fn tap<T: Transport>(mut self, tap: &Tap<T>) -> Self {
        self.canaries = tap.canaries();
        self.traffic(tap.traffic())
    }

    /// What passed a tap: all of it, or [`Traffic::since`] the program started.
    #[must_use]
    pub fn traffic(mut self, traffic: Traffic) -> Self {
        self.traffic = Some(traffic);
        self
    }

    /// Sets how far beyond its deadline something may end: a millisecond, tokio's own tick, unless set.
    #[must_use]
    pub fn tick(mut self, tick: Duration) -> Self {
        self.tick = tick;
        self
    }

    /// Sets how often one `requestId` may be sent: 16 times unless set.
    #[must_use]
    pub fn most_attempts(mut self, attempts: u64) -> Self {
        self.most_attempts = attempts;
        self
    }

    /// Sets how many requests of all sorts may be sent; without it, nobody counts them.
    #[must_use]
    pub fn most_requests(mut self, requests: u64) -> Self {
        self.most_requests = Some(requests);
        self
    }

    /// Says that the service runs a statement for every request, so that the first assertion cannot hold.
    #[must_use]
    pub fn without_dedup(mut self) -> Self {
        self.is_dedup = false;
        self
    }

    /// Checks all nine assertions.
    ///
    /// # Errors
    ///
    /// [`Violations`] lists every assertion that does not hold, with its numbers.
    pub fn check(&self) -> Result<(), Violations> {
        let mut findings = Findings::new();
        let notes = self.claims.notes();
        let traffic = self.traffic.as_ref();
        if self.is_dedup {
            executions::check_once(&self.ledger, &mut findings);
        }
        effects::check(&self.ledger, &notes, &mut findings);
        rows::check(&self.ledger, &notes, &mut findings);
        timing::check(&notes, self.tick, &mut findings);
        limits::check_tasks(&notes, &mut findings);
        limits::check_resources(traffic, &notes, &mut findings);
        secrets::check(traffic, &self.canaries, &notes, &mut findings);
        let most = (self.most_attempts, self.most_requests);
        executions::check_amount(&self.ledger, traffic, most, &mut findings);
        limits::check_recovery(&notes, &mut findings);
        Violations::check(findings)
    }
}
