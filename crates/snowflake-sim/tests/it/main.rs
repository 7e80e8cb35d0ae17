//! The embedded server, spoken to as a driver would.

#![cfg(feature = "server")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod abort;
mod binary;
mod chunks;
mod client;
mod encoding;
mod errors;
mod login;
mod renewal;
mod replay;
mod socket;
mod statements;
