//! Sessions, statements and the pool against scripted services, in virtual time.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, in its helpers too")]

mod abort;
mod answers;
mod closing;
mod detached;
mod engine;
mod figures;
mod heartbeat;
mod metrics;
mod observer;
mod parts;
mod pool;
mod race;
mod record;
mod replay;
mod request_id;
mod retry;
mod service;
mod session;
mod stand_in;
