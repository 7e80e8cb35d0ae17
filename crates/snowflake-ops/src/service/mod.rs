//! The service: health and figures of an account over HTTP, gathered by collectors on their own schedules.

mod collect;
mod config;
mod exposition;
mod http;
mod options;
mod probe;
mod run;

#[cfg(test)]
mod tests;

pub use collect::{CollectorOptions, collector_names};
pub use exposition::Exposition;
pub use options::ServiceOptions;
pub use run::Service;
