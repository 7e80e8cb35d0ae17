//! Warehouses: what they are, how they do, and which of them to use.

mod builder;
mod config;
mod control;
mod discover;
mod hint;
mod load;
mod route;
mod router;
mod score;
mod source;
mod status;
mod statuses;
mod strategy;
mod workload;

pub use builder::WarehouseRouterBuilder;
pub use config::WarehouseConfig;
pub use control::{list_warehouses, resize_warehouse, resume_warehouse, suspend_warehouse, warehouse_status};
pub use hint::{ScalingAdvice, ScalingHint};
pub use load::{WarehouseLoad, warehouse_load};
pub use route::{Candidate, Reason, Route, Standing};
pub use router::WarehouseRouter;
pub use snowflake_proto::WarehouseSize;
pub use source::WarehouseSource;
pub use status::{WarehouseState, WarehouseStatus};
pub use workload::WorkloadType;

#[cfg(test)]
mod tests;
