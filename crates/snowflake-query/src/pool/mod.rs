//! Sessions that many callers share, one at a time.

mod close;
mod execute;
mod gate;
mod handle;
mod lease;
mod lend;
mod manager;
mod options;

pub use handle::{Pool, PoolSize};
pub(crate) use lease::Lease;
pub use options::{InFlight, PoolOptions};
