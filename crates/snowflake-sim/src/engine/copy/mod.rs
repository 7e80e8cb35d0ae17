//! `COPY INTO table`: loading staged CSV files.

mod csv;
mod format;
mod load;
mod read;
mod row;
mod statement;
mod validate;

pub(super) use format::check as check_format;
pub(super) use read::bound_rows;
pub(super) use statement::execute;
