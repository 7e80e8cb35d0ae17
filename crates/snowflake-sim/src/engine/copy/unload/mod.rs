//! `COPY INTO @stage`: the rows of a table or query into files.

mod files;
mod parquet;
mod source;
mod statement;
mod text;

pub(super) use statement::execute;
