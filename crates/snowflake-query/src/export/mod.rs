//! Writing a result as CSV, JSON lines or Parquet, batch by batch.

mod csv;
mod encoder;
mod file;
mod json_lines;
mod options;
#[cfg(feature = "parquet")]
mod parquet;
mod pump;
#[cfg(test)]
mod tests;

pub use options::{CsvHeader, CsvOptions, Export, Exported};
#[cfg(feature = "parquet")]
pub use options::{ParquetOptions, ParquetTimestamps};
