//! Parquet files: what their columns are to Snowflake, and the rows they make.

mod column;
mod json;
mod source;

pub(super) use source::ParquetSource;
