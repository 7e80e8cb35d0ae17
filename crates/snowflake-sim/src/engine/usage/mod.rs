//! The histories of an account: the table functions of INFORMATION_SCHEMA, and SNOWFLAKE.ACCOUNT_USAGE.

mod arguments;
mod field;
mod function;
mod queries;
mod view;

pub(super) use function::{FUNCTIONS, call};
pub(super) use view::{is_view, read};
