//! EXPLAIN: what a statement would read, without running it.

mod derived;
mod execute;
mod json;
mod tabular;
mod text;

pub(super) use execute::{execute, plan_json};
