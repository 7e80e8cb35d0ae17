//! `COPY INTO table`: loading staged CSV files.

mod csv;
mod format;
mod load;
mod read;

pub(super) use format::check as check_format;
pub(super) use load::execute;
pub(super) use read::bound_rows;
