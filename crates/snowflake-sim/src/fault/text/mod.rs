//! The text form of rules: how they are read, and how they are written so that they can be read again.

mod arguments;
mod cursor;
mod duration;
mod error;
mod print;
mod rule;

pub(super) use rule::line;

pub use error::ScheduleError;
