//! `snowflake-ops check`: what works, what does not, and what to do about it.

mod account;
mod command;
mod finding;
mod network;

pub(super) use command::Check;
