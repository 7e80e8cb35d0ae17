//! A store that is not this server's: an emulator, or a cloud's own.
//!
//! S3 and Azure are reached with their clients' crate, Google Cloud through its JSON interface, which its
//! emulators know better than the other one. Clients of stages are sent there with credentials of their own.

mod account_sas;
mod bucket;
mod json_api;
mod options;
mod remote;

pub(super) use bucket::Problem;
pub use options::StageEndpoint;
pub(super) use remote::Remote;
