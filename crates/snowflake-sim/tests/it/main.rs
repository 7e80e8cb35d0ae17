//! The embedded server, spoken to as a driver would.

#![cfg(feature = "server")]

mod abort;
mod chunks;
mod client;
mod encoding;
mod errors;
mod login;
mod renewal;
mod replay;
mod socket;
mod statements;
