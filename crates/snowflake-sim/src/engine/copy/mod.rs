//! `COPY INTO`: loading staged CSV files into a table, and unloading rows to such files.

mod csv;
mod format;
mod load;
mod read;
mod row;
mod statement;
mod unload;
mod validate;
mod write;

pub(super) use format::check as check_format;
pub(super) use read::bound_rows;
pub(super) use statement::execute;
