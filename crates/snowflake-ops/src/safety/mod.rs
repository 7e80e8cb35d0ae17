//! SQL from parts that cannot be taken for something else, and signs that a text was not made so.

mod comment;
mod condition;
mod literal;
mod stacked;
mod suspicion;
mod text;
mod token;
mod union;

pub use suspicion::{Confidence, Sign, Suspicion, suspicions};
pub use text::SqlText;

#[cfg(test)]
mod tests;
