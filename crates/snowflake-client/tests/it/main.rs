//! The client against the embedded server, over real HTTP on a socket.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bad_input;
mod bulk;
mod cost;
mod export;
mod files;
mod health;
mod history;
mod loading;
mod login;
mod metadata;
#[cfg(feature = "ops-service")]
mod metrics;
#[cfg(feature = "ops-service")]
mod ops_service;
mod queries;
mod round_trip;
mod session;
mod simulation;
mod spec;
mod support;
mod upload;
mod warehouses;
