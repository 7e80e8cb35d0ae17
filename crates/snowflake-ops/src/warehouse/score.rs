//! How well one warehouse suits one request, in points of which fewer are better.

use super::route::{Candidate, Reason, Standing};
use super::strategy::{Configured, Request};
use super::{WarehouseSize, WarehouseState, WarehouseStatus};

/// It is for any work, not for this one in particular.
const ANY_WORK: u32 = 20;
/// It is kept for other work.
const OTHER_WORK: u32 = 60;
/// Each step of size that is missing.
const STEP_TOO_SMALL: u32 = 25;
/// Each step of size that is not needed.
const STEP_TOO_LARGE: u32 = 3;
/// A queue of just the tolerated depth.
const FULL_QUEUE: u64 = 40;
/// As many running statements as run side by side.
const FULL_LOAD: u64 = 10;
/// It sleeps: waking takes seconds and costs a minute at least.
const ASLEEP: u32 = 15;
/// It wakes already.
const WAKING: u32 = 8;

/// `status` is `None` when statuses could not be had, and `Some(None)` when they do not have this warehouse.
pub(super) fn assess(
    request: Request,
    configured: &Configured,
    status: Option<Option<&WarehouseStatus>>,
    avoided: Option<&str>,
) -> Candidate {
    let config = &configured.config;
    let known = status.flatten();
    let size = known.and_then(|status| status.size).unwrap_or(config.size);
    let mut assessment = Assessment { standing: Standing::Ready, reasons: Vec::new() };
    assessment.work(request, configured);
    assessment.size(request.size, size);
    match status {
        None => assessment.unusable("its state is not known"),
        Some(None) => assessment.unusable(
            "the role does not see it: it was renamed or dropped, or the role has no privilege on it",
        ),
        Some(Some(status)) => {
            assessment.state(status);
            assessment.load(status, config.max_queue_depth);
        }
    }
    if let Some(why) = avoided {
        assessment.unusable(why);
    }
    let points = assessment.reasons.iter().fold(0_u32, |sum, reason| sum.saturating_add(reason.points));
    Candidate {
        warehouse: config.name.clone(),
        standing: assessment.standing,
        points,
        credits_per_hour: size.credits_per_hour(),
        reasons: assessment.reasons,
    }
}

struct Assessment {
    standing: Standing,
    reasons: Vec<Reason>,
}

impl Assessment {
    fn note(&mut self, points: u32, text: impl Into<String>) {
        self.reasons.push(Reason { points, text: text.into() });
    }

    fn unusable(&mut self, text: &str) {
        self.standing = Standing::Unusable;
        self.note(0, text);
    }

    fn work(&mut self, request: Request, configured: &Configured) {
        let preferred = &configured.config.preferred_workloads;
        if preferred.contains(&request.workload) {
            self.note(0, format!("it is kept for {}", request.workload));
        } else if preferred.is_empty() {
            self.note(ANY_WORK, "it is for any work");
        } else {
            self.note(OTHER_WORK, "it is kept for other work");
        }
    }

    fn size(&mut self, wanted: Option<WarehouseSize>, size: WarehouseSize) {
        let Some(wanted) = wanted else { return };
        let place = |size: WarehouseSize| size.nodes().trailing_zeros();
        let (has, wants) = (place(size), place(wanted));
        match has.checked_sub(wants) {
            None => self.note((wants - has) * STEP_TOO_SMALL, format!("{size} is smaller than {wanted}")),
            Some(0) => self.note(0, format!("it is {size}")),
            Some(more) => self.note(more * STEP_TOO_LARGE, format!("{size} is larger than {wanted}")),
        }
    }

    fn state(&mut self, status: &WarehouseStatus) {
        match status.state {
            WarehouseState::Suspended | WarehouseState::Suspending if !status.auto_resume => {
                self.unusable("it is suspended, and statements do not wake it");
            }
            WarehouseState::Suspended | WarehouseState::Suspending => {
                self.note(ASLEEP, "it sleeps, and waking it costs a minute at least");
            }
            WarehouseState::Starting => self.note(WAKING, "it is being started"),
            WarehouseState::Unknown => self.unusable("its state is none that this version knows"),
            WarehouseState::Started | WarehouseState::Resizing => {
                let is_empty = status.available_percent.is_some_and(|percent| percent <= 0.0);
                if status.failed_clusters > 0 && (is_empty || status.started_clusters == 0) {
                    self.unusable("all of its clusters failed");
                } else if status.failed_clusters > 0 {
                    self.note(ASLEEP, "some of its clusters failed");
                }
            }
        }
    }

    fn load(&mut self, status: &WarehouseStatus, depth: u32) {
        let (queued, running, slots) = (status.queued, status.running, status.concurrency());
        let share = running.min(slots).saturating_mul(FULL_LOAD).div_ceil(slots);
        self.note(u32::try_from(share).unwrap_or(u32::MAX), format!("{running} statements run"));
        let share = queued.saturating_mul(FULL_QUEUE).div_ceil(u64::from(depth.max(1)));
        let points = u32::try_from(share).unwrap_or(u32::MAX);
        if queued <= u64::from(depth) {
            self.note(points, format!("{queued} wait of at most {depth}"));
            return;
        }
        self.standing = self.standing.max(Standing::Busy);
        self.note(points, format!("{queued} wait, more than the {depth} that it may have"));
    }
}
