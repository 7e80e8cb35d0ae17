//! Warehouses: what they are.

mod size;

pub use size::WarehouseSize;
