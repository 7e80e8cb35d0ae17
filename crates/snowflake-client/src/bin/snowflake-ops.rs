//! `snowflake-ops`: health, metrics and cost of an account, for machines and for people.

#[path = "ops/mod.rs"]
mod ops;

use std::process::ExitCode;

fn main() -> ExitCode {
    ops::run()
}
