//! The public face of the crate, and the embedded server, spoken to as a driver would.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg_attr(feature = "server", expect(clippy::panic, reason = "a test fails by panicking"))]

#[cfg(feature = "server")]
mod abort;
#[cfg(feature = "server")]
mod binary;
#[cfg(feature = "server")]
mod chunks;
#[cfg(feature = "server")]
mod client;
#[cfg(feature = "server")]
mod encoding;
#[cfg(feature = "server")]
mod errors;
#[cfg(feature = "server")]
mod history;
#[cfg(feature = "server")]
mod ledger;
#[cfg(feature = "server")]
mod login;
#[cfg(feature = "server")]
mod renewal;
#[cfg(feature = "server")]
mod replay;
mod scrub;
#[cfg(feature = "server")]
mod socket;
#[cfg(feature = "server")]
mod stages;
#[cfg(feature = "server")]
mod statements;
#[cfg(feature = "server")]
mod usage;
#[cfg(feature = "server")]
mod warehouses;
