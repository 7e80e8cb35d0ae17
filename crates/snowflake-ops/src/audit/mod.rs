//! A stream of what was run: who, what, when, and with which outcome.

mod fingerprint;
mod log;
mod record;
mod sink;
mod statement;
mod writer;

pub use fingerprint::fingerprint;
pub use log::Audit;
pub use record::{AuditEvent, AuditRecord};
pub use sink::AuditStream;
pub use statement::AuditStatements;

#[cfg(test)]
mod tests;
