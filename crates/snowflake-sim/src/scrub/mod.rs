//! What must never reach a recording: taking secrets out, and finding those that are still there.

mod address;
mod encoded;
mod fields;
mod find;
mod header;
mod learned;
mod looks;
pub(crate) mod placeholder;
mod scrubber;
mod statement;

pub(crate) use encoded::forms;
pub use find::{Finding, find_secrets};
pub use scrubber::Scrub;

#[cfg(test)]
mod tests;
