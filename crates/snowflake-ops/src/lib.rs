//! Operating a Snowflake account from Rust.
//!
//! This version holds the health check; warehouses, cost, metadata and history come with later ones.
//! The types are re-exported by `snowflake-client`, whose `health_check` is the usual way in.

mod health;

pub use health::{Health, check_health};
