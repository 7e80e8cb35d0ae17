//! The columns that staged files have, and what they hold.

mod columns;
mod guess;
mod name;

pub(super) use columns::Columns;
pub(super) use name::type_name;
