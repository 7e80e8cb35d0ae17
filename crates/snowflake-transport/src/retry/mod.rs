//! Repeating requests: when, how soon, how often and for how long.

mod after;
mod backoff;
mod budget;
mod classify;
mod policy;
mod retrier;

pub use budget::RetryBudget;
pub use classify::RetryClass;
pub use policy::RetryPolicy;
pub use retrier::{Accept, Attempt, Retrier};
