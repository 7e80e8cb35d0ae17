//! Queries: rewritten, planned and run by DataFusion.

mod assign;
mod execute;
mod operators;
mod outline;
mod partitions;
mod plan;
mod provider;
mod pruning;
mod written;

pub(super) use execute::execute;
pub(super) use partitions::Partitions;
pub(super) use plan::{Planned, plan_query};
pub(super) use provider::base_state;
