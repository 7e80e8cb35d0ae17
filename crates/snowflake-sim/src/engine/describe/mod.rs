//! DESCRIBE.

mod contents;
mod dispatch;
mod relation;
mod staging;

pub(super) use dispatch::execute;
