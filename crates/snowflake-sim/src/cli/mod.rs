//! The commands of the binary.

mod output;
mod recordings;
mod serve;
mod stages;

pub(crate) use output::report;
pub(crate) use recordings::Recordings;
pub(crate) use serve::Serve;

/// Why a command ends early, for a person to read.
pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;
