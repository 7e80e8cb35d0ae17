//! Queries: rewritten, planned and run by DataFusion.

mod execute;
mod operators;
mod plan;
mod provider;

pub(super) use execute::execute;
pub(super) use plan::{Planned, plan_query};
pub(super) use provider::base_state;
