//! An object store in memory that speaks the dialects of S3, Azure and Google Cloud Storage.
//!
//! [`Storage`] answers what clients of Snowflake send to the store behind a stage: whole objects and
//! objects in parts, ranges, conditions, metadata. Each cloud has one bucket, the first segment of the path
//! ([`Cloud::bucket`]), and the three share one map of objects: what one dialect wrote, the others read.
//! Nobody gets in without credentials that were issued here and have not expired.
//!
//! What it deliberately leaves out: versions, copies, access rights, anything about buckets.

mod azure;
mod conditions;
mod content;
mod credentials;
mod date;
mod description;
mod gcs;
mod issued;
mod listing;
mod multipart;
mod object;
mod range;
mod reading;
mod refusal;
mod response;
mod s3;
mod served;
mod state;
mod store;
mod uploads;
mod visit;
mod xml;

pub use credentials::{Cloud, Credentials};
pub use object::Object;
pub use served::{Operation, Served};
pub use store::Storage;
pub use uploads::Unfinished;

#[cfg(test)]
mod tests;
