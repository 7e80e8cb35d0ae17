//! Why a recording is not read or written.

use std::io;
use std::path::PathBuf;

use snafu::Snafu;

use super::verify::Problem;

/// Why a recording is not read or written.
///
/// The message names the place: the file, the line, or the JSON pointer.
#[derive(Debug, Snafu)]
#[snafu(source(from(Repr, Box::new)))]
pub struct RecordingError(Box<Repr>);

/// What has to change before a recording is read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordingErrorKind {
    /// The file is not there, or may not be read.
    Unreadable,
    /// The file cannot be written.
    Unwritable,
    /// The file is larger than what is loaded: raise the limit, or record less.
    TooLarge,
    /// The text is not JSON.
    NotJson,
    /// The text ends in the middle: the file was not copied whole.
    Truncated,
    /// A newer version of this program wrote it.
    NewerVersion,
    /// It is JSON, but not a recording: somebody edited it into something else.
    Malformed,
    /// It holds what looks like a secret, and is not written.
    HoldsSecret,
}

#[derive(Debug, Snafu)]
#[snafu(visibility(pub(super)))]
pub(super) enum Repr {
    #[snafu(display("the recording {} cannot be read", path.display()))]
    Unreadable { path: PathBuf, source: io::Error },

    #[snafu(display("the recording {} cannot be written", path.display()))]
    Unwritable { path: PathBuf, source: io::Error },

    #[snafu(display(
        "the recording {} is larger than {limit} bytes; raise the limit with Recording::load_up_to",
        path.display()
    ))]
    TooLarge { path: PathBuf, limit: u64 },

    #[snafu(display("the recording is not JSON: {what} (line {line}, column {column})"))]
    NotJson { what: String, line: usize, column: usize },

    #[snafu(display("the recording ends early, at line {line}, column {column}; copy the file once more"))]
    Truncated { line: usize, column: usize },

    #[snafu(display(
        "the recording was written by a newer version: {found}; this program reads up to {known}"
    ))]
    NewerVersion { found: u64, known: u64 },

    #[snafu(display("the recording is malformed at {}: {what}", place(pointer)))]
    Malformed { pointer: String, what: String },

    #[snafu(display("the recording holds a secret and is not written: {problem}"))]
    HoldsSecret { problem: Problem },

    #[snafu(display("the recording {} is not usable", path.display()))]
    File { path: PathBuf, source: RecordingError },
}

impl RecordingError {
    /// What has to change before the recording is read or written.
    #[must_use]
    pub fn kind(&self) -> RecordingErrorKind {
        match &*self.0 {
            Repr::Unreadable { .. } => RecordingErrorKind::Unreadable,
            Repr::Unwritable { .. } => RecordingErrorKind::Unwritable,
            Repr::TooLarge { .. } => RecordingErrorKind::TooLarge,
            Repr::NotJson { .. } => RecordingErrorKind::NotJson,
            Repr::Truncated { .. } => RecordingErrorKind::Truncated,
            Repr::NewerVersion { .. } => RecordingErrorKind::NewerVersion,
            Repr::Malformed { .. } => RecordingErrorKind::Malformed,
            Repr::HoldsSecret { .. } => RecordingErrorKind::HoldsSecret,
            Repr::File { source, .. } => source.kind(),
        }
    }

    /// Where in the document the fault lies, as a JSON pointer.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        match &*self.0 {
            Repr::Malformed { pointer, .. } => Some(pointer),
            Repr::HoldsSecret { problem } => Some(&problem.pointer),
            Repr::File { source, .. } => source.pointer(),
            _ => None,
        }
    }

    pub(super) fn malformed(pointer: impl Into<String>, what: impl Into<String>) -> Self {
        Repr::Malformed { pointer: pointer.into(), what: what.into() }.into()
    }

    /// What the JSON reader says about a text.
    pub(super) fn json(cause: &serde_json::Error) -> Self {
        let (line, column) = (cause.line(), cause.column());
        if cause.is_eof() {
            return Repr::Truncated { line, column }.into();
        }
        // The reader's words end with the place, which is told already.
        let words = cause.to_string();
        let what = words.split(" at line ").next().unwrap_or_default().to_owned();
        Repr::NotJson { what, line, column }.into()
    }
}

/// The empty pointer means the whole document.
fn place(pointer: &str) -> &str {
    if pointer.is_empty() { "its top" } else { pointer }
}
