//! Schedules that are drawn at random, and made smaller when they have found something.

mod allowance;
mod arguments;
mod dice;
mod draw;
mod mix;
mod shrink;
mod smaller;

pub use mix::Mix;
