//! What a router is told of a warehouse.

use super::{WarehouseSize, WorkloadType};

/// A warehouse that a [`WarehouseRouter`](super::WarehouseRouter) may choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarehouseConfig {
    /// Its name, read as in SQL: `wh` and `WH` are the same, `"wh"` is another one.
    pub name: String,
    /// Its size. Where the service tells another one, that is the one that counts.
    pub size: WarehouseSize,
    /// With more statements waiting than this it is passed over, as long as another will do. 0 tolerates no queue.
    pub max_queue_depth: u32,
    /// The work that it is kept for; none for a warehouse that is for any.
    pub preferred_workloads: Vec<WorkloadType>,
}
