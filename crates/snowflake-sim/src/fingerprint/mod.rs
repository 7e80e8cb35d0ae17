//! How a statement is known again: its fingerprint, and the nearest one when nothing has it.

mod difference;
mod distance;
mod hash;
mod nearest;
mod statement;

pub use difference::Difference;
pub use hash::{Fingerprint, InvalidFingerprint};
pub use nearest::{Nearest, nearest};
pub use statement::{Statement, StatementContext};

#[cfg(test)]
mod tests;
