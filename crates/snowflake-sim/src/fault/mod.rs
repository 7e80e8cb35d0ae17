//! A transport that breaks another one's exchanges by rule; rules as text, drawn at random, made smaller.

mod apply;
mod call;
mod chance;
mod endpoint;
mod faults;
mod rule;
mod schedule;
mod state;
mod text;
mod transport;
mod verb;

pub use chance::Mix;
pub use endpoint::Endpoint;
pub use rule::Rule;
pub use schedule::Schedule;
pub use text::ScheduleError;
pub use transport::Fault;
pub use verb::{ArrowDamage, Cut, Expiry, Gzip, Kept, Verb};

#[cfg(test)]
mod tests;
