//! `COPY INTO`: loading staged files into a table, and unloading rows to such files.
//!
//! A file of any format is read chunk by chunk: the asked-for items of some thousand rows as arrays. They
//! are cast to the table's columns as a whole, and one by one only where a value does not fit.

mod binds;
mod bound;
mod chunk;
mod columns;
mod csv;
mod evolution;
mod files;
mod fit;
mod format;
mod infer;
mod json;
mod load;
mod parquet;
mod query;
mod read;
mod reject;
mod relations;
mod report;
mod rows;
mod source;
mod staged;
mod statement;
mod unload;
mod validate;

pub(super) use binds::bound_rows;
pub(super) use format::{check as check_format, properties};
pub(super) use reject::Rejected;
pub(super) use relations::provide;
pub(super) use statement::execute;
