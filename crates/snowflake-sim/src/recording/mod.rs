//! A recording: what a service answered, as a document that people can read, compare and edit.

mod cursor;
mod diff;
mod document;
mod error;
mod layout;
mod model;
mod read;
mod summary;
mod verify;
mod write;

pub use diff::{Change, ChangeKind};
pub use document::Recording;
pub use error::{RecordingError, RecordingErrorKind};
pub use summary::Summary;
pub use verify::{Problem, ProblemKind, Problems};

pub(crate) use document::Contents;
pub(crate) use model::{Answer, Entry, Execution, Kept, Login, Transfer, in_progress, rows_size};
pub(crate) use summary::shortened;

/// The field that says that a document is a recording, and of which version.
const VERSION_FIELD: &str = "snowflake_recording";
/// The newest version that this program reads, and the one it writes.
const VERSION: u64 = 1;
/// Where an answer has the rows of an Arrow result.
const ROWSET: &str = "/data/rowsetBase64";

#[cfg(test)]
mod tests;
