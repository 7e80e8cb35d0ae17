//! What the faults of the past still do: tokens that have expired, addresses that are refused.

mod lapse;
mod memory;
mod sessions;

pub(super) use memory::Memory;
