//! What happened to warehouses, as `WAREHOUSE_EVENTS_HISTORY` tells it.

use std::collections::VecDeque;

use snowflake_proto::WarehouseSize;
use time::OffsetDateTime;

/// Events of one warehouse that are kept.
const KEPT: usize = 10_000;

/// Who made something happen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Actor {
    pub(crate) user: String,
    pub(crate) role: String,
    pub(crate) query_id: String,
}

/// Something that happened to a warehouse, and ended at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WarehouseEvent {
    pub(crate) at: OffsetDateTime,
    pub(crate) warehouse_id: u64,
    /// The name that it had then.
    pub(crate) warehouse: String,
    /// The cluster, from 1, where it was not all of them.
    pub(crate) cluster: Option<usize>,
    /// Such as `RESUME_WAREHOUSE`.
    pub(crate) name: &'static str,
    /// Such as `WAREHOUSE_AUTORESUME`; none where the name says it all.
    pub(crate) reason: Option<&'static str>,
    /// Who made it happen; nobody, where it came by itself.
    pub(crate) actor: Option<Actor>,
    /// The size and number of clusters after it.
    pub(crate) size: WarehouseSize,
    pub(crate) clusters: usize,
}

/// The newest events of a warehouse.
#[derive(Debug, Default)]
pub(super) struct Journal {
    events: VecDeque<WarehouseEvent>,
}

impl Journal {
    pub(super) fn note(&mut self, event: WarehouseEvent) {
        if self.events.len() == KEPT {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    pub(super) fn between(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> impl Iterator<Item = &WarehouseEvent> {
        self.events.iter().filter(move |event| from <= event.at && event.at < to)
    }
}
