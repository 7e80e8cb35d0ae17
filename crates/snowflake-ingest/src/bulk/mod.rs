//! Rows straight into tables.

mod binds;
mod convert;
mod create;
mod encode;
mod fault;
mod feed;
mod folder;
mod gather;
mod gauge;
mod insert;
mod job;
mod letters;
mod load;
mod metric;
mod options;
mod outcome;
mod parts;
mod refused;
mod run;
mod sink;
mod statement;
mod table;
#[cfg(test)]
mod tests;
mod upsert;

pub(crate) use fault::Fault;
pub use options::{BulkInsertOptions, BulkMethod, CreateTable, DeadLetters};
pub use outcome::{BulkInsertResult, BulkUpsertResult, RejectedRow};
pub use run::{bulk_insert, bulk_insert_batches, bulk_insert_stream, bulk_upsert};
