//! Warehouses: their state, their queue, and the meter that counts what they cost.

mod admission;
mod charge;
mod compute;
mod event;
mod fleet;
mod load;
mod meter;
mod need;
mod settings;
mod snapshot;
#[cfg(test)]
mod tests;

pub(crate) use admission::{Admission, Admitted, Waiting};
pub(crate) use charge::{Credits, WarehouseUsage};
pub(crate) use event::{Actor, WarehouseEvent};
pub(super) use fleet::Fleet;
pub(crate) use fleet::WarehouseOptions;
pub(crate) use load::WarehouseLoad;
pub(crate) use need::needs_compute;
pub(super) use settings::Settings;
pub(super) use snapshot::Snapshot;
