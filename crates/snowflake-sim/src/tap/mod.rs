//! A transport that passes everything on, counts it, and watches where secrets go.

mod canary;
mod listen;
mod origin;
mod passing;
mod tapped;
mod traffic;
mod watch;

pub use canary::{Canary, Place};
pub use tapped::Tap;
pub use traffic::{Leak, Traffic};

#[cfg(test)]
mod tests;
