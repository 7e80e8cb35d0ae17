//! How long a statement took, or is said to have taken.

use std::time::Duration;

use time::OffsetDateTime;

use super::super::Engine;
use super::{Entry, Place};

/// The times of a statement that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Took {
    /// When it ended, or is said to have ended.
    pub(crate) at: OffsetDateTime,
    pub(crate) compilation: Duration,
    pub(crate) execution: Duration,
}

impl Took {
    /// The times of a statement that ends now: what the clock says, unless the engine models its speed and
    /// the statement had a warehouse.
    pub(crate) fn of(engine: &Engine, entry: &Entry, now: OffsetDateTime) -> Self {
        let between =
            |from: OffsetDateTime, to: OffsetDateTime| Duration::try_from(to - from).unwrap_or_default();
        let started = entry.asked.started;
        let place = entry.work.place();
        let queued = place.as_ref().map_or(Duration::ZERO, Place::queued);
        let busy = between(started, now).saturating_sub(queued);
        let compiled = entry.work.compiled().unwrap_or(now);
        let compilation = between(started, compiled).saturating_sub(queued).min(busy);
        let options = engine.options();
        let (Some(speed), Some(place)) = (options.history.speed, place) else {
            return Self { at: now, compilation, execution: busy.saturating_sub(compilation) };
        };
        let entropy = options.entropy.as_ref();
        let execution =
            speed.duration(entry.work.bytes_scanned(), place.warehouse.size.nodes().into(), entropy);
        let at = started
            .checked_add(time::Duration::try_from(queued + compilation + execution).unwrap_or_default());
        Self { at: at.unwrap_or(now), compilation, execution }
    }
}
