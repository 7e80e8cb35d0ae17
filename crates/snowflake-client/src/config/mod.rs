//! What a client is told: in code, or by the environment.

mod authentication;
mod env;
mod generated;
mod model;
mod resolve;

pub use authentication::Authentication;
pub use model::{SimulationMode, SnowflakeConfig};
pub(crate) use resolve::Resolved;
