//! Assertions 5, 6 and 9: tasks, resources and recovery.

use super::Assertion;
use super::claims::Notes;
use super::violations::{Findings, found};
use crate::tap::Traffic;

/// Assertion 5.
pub(super) fn check_tasks(notes: &Notes, findings: &mut Findings) {
    for mishap in &notes.mishaps {
        found(findings, Assertion::Tasks, mishap.clone());
    }
    if let (Some(before), Some(after)) = (notes.tasks_at_start, notes.tasks_after_close)
        && after > before
    {
        let finding = format!("{after} tasks live after the close, {before} did at the start");
        found(findings, Assertion::Tasks, finding);
    }
}

/// Assertion 6.
pub(super) fn check_resources(traffic: Option<&Traffic>, notes: &Notes, findings: &mut Findings) {
    if let Some(traffic) = traffic {
        for (count, what) in [
            (traffic.in_flight, "requests still wait for an answer"),
            (traffic.open_bodies, "bodies of answers are neither read nor dropped"),
        ] {
            if count > 0 {
                found(findings, Assertion::Resources, format!("{count} {what}"));
            }
        }
    }
    for gauge in notes.gauges.iter().filter(|gauge| gauge.before != gauge.after) {
        let finding = format!("{}: {} at the end, {} at the start", gauge.name, gauge.after, gauge.before);
        found(findings, Assertion::Resources, finding);
    }
}

/// Assertion 9.
pub(super) fn check_recovery(notes: &Notes, findings: &mut Findings) {
    match &notes.recovery {
        Some(Ok(())) => {}
        Some(Err(error)) => {
            found(findings, Assertion::Recovery, format!("a plain call after the fault failed: {error}"));
        }
        None => found(findings, Assertion::Recovery, "no plain call was made after the fault"),
    }
}
