//! File formats: what the options of each type mean.

mod compression;
mod csv;
mod file_format;
mod json;
mod known;
mod parquet;
mod properties;
mod times;

pub(super) use compression::Compression;
pub(super) use csv::CsvFormat;
pub(super) use file_format::FileFormat;
pub(super) use json::JsonFormat;
pub(in super::super) use known::check;
pub(super) use parquet::{Codec, ParquetFormat};
pub(in super::super) use properties::properties;
