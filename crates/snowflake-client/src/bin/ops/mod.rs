//! The commands of the binary.

mod arguments;
mod check;
mod cost;
mod json;
mod log;
#[cfg(feature = "otlp")]
mod otlp;
mod output;
mod serve;
mod settings;
mod signals;
mod table;
mod top;

pub(crate) use arguments::run;

/// Why a command ends early, for a person to read.
type Error = Box<dyn std::error::Error + Send + Sync>;
