//! The histories of an account: the table functions of INFORMATION_SCHEMA, and SNOWFLAKE.ACCOUNT_USAGE.

mod arguments;
mod attribution;
mod field;
mod function;
mod logins;
mod metering;
mod objects;
mod operators;
mod queries;
mod storage;
mod tasks;
mod view;
mod warehouses;

pub(super) use function::{call, is_function};
pub(super) use view::{is_view, read};
