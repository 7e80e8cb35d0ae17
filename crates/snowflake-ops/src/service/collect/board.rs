//! How each collector does: for the figures, the log and whoever asks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use metrics::{counter, gauge};
use serde_json::{Value, json};
use snowflake_transport::Clock;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Kind;
use super::schedule::Ended;

/// How each collector does.
#[derive(Debug)]
pub(in crate::service) struct Board {
    states: Mutex<BTreeMap<Kind, Entry>>,
    clock: Arc<dyn Clock>,
}

#[derive(Clone, Debug)]
struct Entry {
    state: State,
    interval: Duration,
    last_success: Option<OffsetDateTime>,
    last_duration: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    /// It was switched off.
    Off,
    /// It has not run yet.
    Waiting,
    Up,
    Denied {
        grant: String,
        reason: String,
    },
    Failed {
        reason: String,
    },
}

/// What became of one run.
#[derive(Debug)]
pub(super) enum Outcome {
    Collected,
    /// The role lacks a grant, or something else that only an administrator can change.
    Denied {
        grant: String,
        reason: String,
    },
    Failed {
        reason: String,
    },
}

impl Outcome {
    pub(super) fn ended(&self) -> Ended {
        match self {
            Self::Collected => Ended::Well,
            Self::Denied { .. } => Ended::Denied,
            Self::Failed { .. } => Ended::Badly,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Collected => "success",
            Self::Denied { .. } => "denied",
            Self::Failed { .. } => "failed",
        }
    }
}

impl Board {
    pub(in crate::service) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { states: Mutex::default(), clock }
    }

    /// A collector that never runs.
    pub(super) fn off(&self, kind: Kind) {
        self.put(kind, State::Off, Duration::ZERO);
    }

    /// A collector that will run.
    pub(super) fn waiting(&self, kind: Kind, interval: Duration) {
        let name = kind.name();
        gauge!("snowflake_collector_interval_seconds", "collector" => name).set(interval.as_secs_f64());
        self.put(kind, State::Waiting, interval);
    }

    fn put(&self, kind: Kind, state: State, interval: Duration) {
        let entry = Entry { state, interval, last_success: None, last_duration: None };
        self.states.lock().unwrap_or_else(PoisonError::into_inner).insert(kind, entry);
    }

    /// A collector has run.
    pub(super) fn ran(&self, kind: Kind, outcome: Outcome, took: Duration) {
        let name = kind.name();
        let now = self.clock.wall();
        let up = matches!(outcome, Outcome::Collected);
        counter!("snowflake_collector_runs_total", "collector" => name, "status" => outcome.word())
            .increment(1);
        gauge!("snowflake_collector_up", "collector" => name).set(if up { 1.0 } else { 0.0 });
        gauge!("snowflake_collector_last_duration_seconds", "collector" => name).set(took.as_secs_f64());
        if up {
            let seconds = Duration::try_from(now - OffsetDateTime::UNIX_EPOCH).unwrap_or_default();
            gauge!("snowflake_collector_last_success_timestamp_seconds", "collector" => name)
                .set(seconds.as_secs_f64());
        }
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = states.get_mut(&kind) else { return };
        let state = State::from(outcome);
        entry.last_duration = Some(took);
        if up {
            entry.last_success = Some(now);
        }
        if entry.state != state {
            announce(kind, &entry.state, &state);
            entry.state = state;
        }
    }

    /// All collectors, for a person to read.
    pub(in crate::service) fn describe(&self) -> Value {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let collectors: Vec<Value> = states.iter().map(|(kind, entry)| entry.describe(*kind)).collect();
        json!({ "collectors": collectors })
    }
}

impl From<Outcome> for State {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Collected => Self::Up,
            Outcome::Denied { grant, reason } => Self::Denied { grant, reason },
            Outcome::Failed { reason } => Self::Failed { reason },
        }
    }
}

impl Entry {
    fn describe(&self, kind: Kind) -> Value {
        let (word, reason, grant) = match &self.state {
            State::Off => ("off", None, None),
            State::Waiting => ("waiting", None, None),
            State::Up => ("up", None, None),
            State::Denied { grant, reason } => ("denied", Some(reason), Some(grant)),
            State::Failed { reason } => ("failed", Some(reason), None),
        };
        json!({
            "collector": kind.name(),
            "state": word,
            "reason": reason,
            "grant": grant,
            "source": kind.source().map(|source| source.source),
            "needs_warehouse": kind.needs_warehouse(),
            "interval_seconds": self.interval.as_secs(),
            "last_success": self.last_success.and_then(|at| at.format(&Rfc3339).ok()),
            "last_duration_seconds": self.last_duration.map(|took| took.as_secs_f64()),
        })
    }
}

/// Says once what has changed: the log of something that fails for a week has two lines.
fn announce(kind: Kind, before: &State, after: &State) {
    let collector = kind.name();
    if let State::Denied { grant, .. } = before {
        gauge!("snowflake_collector_missing_grant", "collector" => collector, "grant" => grant.clone())
            .set(0.0);
    }
    match after {
        State::Denied { grant, reason } => {
            gauge!("snowflake_collector_missing_grant", "collector" => collector, "grant" => grant.clone())
                .set(1.0);
            tracing::warn!(collector, grant, reason, "a collector is off until it is granted what it needs");
        }
        State::Failed { reason } if !matches!(before, State::Failed { .. }) => {
            tracing::warn!(collector, reason, "a collector failed; it tries again");
        }
        State::Up if *before == State::Waiting => tracing::debug!(collector, "a collector has run"),
        State::Up => tracing::info!(collector, "a collector works again"),
        _ => {}
    }
}
