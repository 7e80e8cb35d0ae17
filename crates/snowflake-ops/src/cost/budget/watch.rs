//! Budgets that are looked after.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use snowflake_query::Pool;
use time::Duration;

use super::alert::Alert;
use super::definition::Budget;
use super::evaluate::{BudgetStatus, evaluate_budget};
use super::memory::AlertMemory;
use super::sink::AlertSink;
use super::spend::fetch_spend;
use crate::error::{ConfigurationSnafu, Error, Result};

/// Alerts that wait for a sink which takes none; beyond them the oldest are dropped, with a warning.
const MOST_WAITING: usize = 1_000;
/// How long after its end a period is remembered: longer than any period that is evaluated again.
const REMEMBERED: Duration = Duration::days(200);

/// Budgets, who is told about them, and what was told.
///
/// Nothing happens by itself: call [`check`](Self::check) as often as suits, such as once an hour. Each check is a
/// query of the account's metering.
#[derive(Debug)]
pub struct BudgetWatch {
    budgets: Vec<Budget>,
    outlets: Vec<Outlet>,
    memory: AlertMemory,
}

#[derive(Debug)]
struct Outlet {
    sink: Arc<dyn AlertSink>,
    waiting: VecDeque<Alert>,
}

/// The outcome of one check.
#[derive(Debug)]
#[non_exhaustive]
pub struct BudgetCheck {
    /// How each budget does, in the order in which they were given.
    pub budgets: Vec<BudgetStatus>,
    /// What is new.
    pub alerts: Vec<Alert>,
    /// Why a sink could not be told; it is told again with the next check.
    pub failures: Vec<Error>,
}

impl BudgetWatch {
    /// Looks after these budgets.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a budget that cannot work, and for two of one name.
    pub fn new(budgets: impl IntoIterator<Item = Budget>) -> Result<Self> {
        let budgets: Vec<Budget> = budgets.into_iter().collect();
        let mut names = BTreeSet::new();
        for budget in &budgets {
            budget.check()?;
            if !names.insert(&budget.name) {
                return ConfigurationSnafu { message: format!("two budgets are called {:?}", budget.name) }
                    .fail()?;
            }
        }
        Ok(Self { budgets, outlets: Vec::new(), memory: AlertMemory::new() })
    }

    /// Tells this one too.
    #[must_use]
    pub fn with_sink(mut self, sink: impl AlertSink + 'static) -> Self {
        self.outlets.push(Outlet { sink: Arc::new(sink), waiting: VecDeque::new() });
        self
    }

    /// Goes on from what was told before a restart.
    #[must_use]
    pub fn with_memory(mut self, memory: AlertMemory) -> Self {
        self.memory = memory;
        self
    }

    /// What was told so far, to be kept over a restart.
    #[must_use]
    pub fn memory(&self) -> &AlertMemory {
        &self.memory
    }

    /// The budgets.
    #[must_use]
    pub fn budgets(&self) -> &[Budget] {
        &self.budgets
    }

    /// Reads what was used, and tells every sink what is new.
    ///
    /// # Errors
    /// As [`fetch_spend`](crate::fetch_spend). A sink that fails is not an error of the check.
    ///
    /// # Cancellation
    /// What was not delivered yet is delivered with the next check; one that was being delivered may arrive twice.
    pub async fn check(&mut self, pool: &Pool) -> Result<BudgetCheck> {
        let now = pool.clock().wall();
        let spends = fetch_spend(pool, &self.budgets, now).await?;
        let (mut statuses, mut news) = (Vec::new(), Vec::new());
        for budget in &self.budgets {
            let (status, alerts) = evaluate_budget(budget, &spends, now, &self.memory);
            statuses.push(status);
            news.extend(alerts);
        }
        for alert in &news {
            self.memory.note(alert);
            self.outlets.iter_mut().for_each(|outlet| outlet.queue(alert));
        }
        self.memory.forget_before(now.saturating_sub(REMEMBERED));
        let mut failures = Vec::new();
        for outlet in &mut self.outlets {
            failures.extend(outlet.deliver().await.err());
        }
        Ok(BudgetCheck { budgets: statuses, alerts: news, failures })
    }
}

impl Outlet {
    fn queue(&mut self, alert: &Alert) {
        self.waiting.push_back(alert.clone());
        if self.waiting.len() > MOST_WAITING {
            self.waiting.pop_front();
            tracing::warn!(sink = ?self.sink, "an alert was dropped: too many wait for this sink");
        }
    }

    /// Delivers in order, up to the first that is not taken.
    async fn deliver(&mut self) -> Result<()> {
        while let Some(alert) = self.waiting.front() {
            self.sink.deliver(alert).await?;
            self.waiting.pop_front();
        }
        Ok(())
    }
}
