//! The public face of the crate against what the service and its official drivers really send.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod captured;
mod damaged;
mod folder;
mod recorded;
mod redacted;
