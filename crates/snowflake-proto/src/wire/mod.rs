//! The messages of the driver protocol, in both serde directions.
//!
//! These structs mirror the JSON of the wire: field names are the service's own, everything that the
//! service may leave out is an `Option`, and unknown fields are ignored.
//! They are a contract between the crates of this workspace, not a stable interface.

pub mod abort;
pub mod chunk;
pub mod envelope;
pub mod login;
pub mod monitor;
pub mod query;
pub mod stage;
pub mod token;

mod lenient;

pub use envelope::Envelope;
