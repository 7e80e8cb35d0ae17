//! The collectors: what they ask, when, and what becomes of it.

mod account;
mod board;
mod credits;
mod kind;
mod ledger;
mod options;
mod question;
mod questions;
mod runner;
mod schedule;
mod warehouses;

pub(super) use account::Account;
pub(super) use board::Board;
pub(super) use kind::Kind;
pub use kind::collector_names;
pub use options::CollectorOptions;
pub(super) use runner::collectors;
