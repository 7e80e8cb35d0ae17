//! Recordings as values: loaded, saved, looked at.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use snafu::{IntoError as _, ResultExt as _};
use snowflake_proto::sql::Literals;

use super::diff::{Change, diff};
use super::error::{FileSnafu, RecordingError, Repr, TooLargeSnafu, UnreadableSnafu, UnwritableSnafu};
use super::model::{Entry, Execution, Login, Transfer};
use super::summary::Summary;
use super::verify::{ProblemKind, Problems};
use super::{read, verify, write};
use crate::fingerprint::Statement;

/// Files larger than this, in bytes, are not loaded unless asked for.
const DEFAULT_LIMIT: u64 = 256 * 1024 * 1024;

/// What a service answered, for [`Replay`](crate::Replay) to answer again without it.
///
/// [`Record`](crate::Record) makes one. Its text is JSON of a fixed layout, with one object per statement
/// and one row of a result per line, so that a change shows as such in a review. It holds no token, password,
/// key or signature; [`Recording::verify`] tells whether somebody put one there since.
///
/// ```
/// use snowflake_sim::Recording;
///
/// let text = r#"{ "snowflake_recording": 1, "literals": "keep" }"#;
/// let recording = Recording::from_json(text)?;
/// assert_eq!(recording.statements().count(), 0);
/// assert_eq!(Recording::from_json(&recording.to_json())?, recording);
/// # Ok::<(), snowflake_sim::RecordingError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Recording {
    pub(crate) contents: Contents,
}

/// What a recording holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Contents {
    /// Whether literals tell one statement from another.
    pub(crate) literals: Literals,
    pub(crate) logins: Vec<Login>,
    pub(crate) entries: Vec<Entry>,
    /// Results that were asked for by the id of a statement that was not submitted here.
    pub(crate) results: Vec<Execution>,
    pub(crate) transfers: Vec<Transfer>,
}

impl Recording {
    pub(crate) fn new(contents: Contents) -> Self {
        Self { contents }
    }

    /// Reads a recording of at most 256 MiB from a file.
    ///
    /// # Errors
    /// `Unreadable`, `TooLarge`, and those of [`Recording::from_json`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        Self::load_up_to(path, DEFAULT_LIMIT)
    }

    /// Reads a recording of at most `limit` bytes from a file.
    ///
    /// # Errors
    /// `Unreadable`, `TooLarge`, and those of [`Recording::from_json`].
    pub fn load_up_to(path: impl AsRef<Path>, limit: u64) -> Result<Self, RecordingError> {
        let path = path.as_ref();
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes))
            .context(UnreadableSnafu { path })?;
        snafu::ensure!(bytes.len() as u64 <= limit, TooLargeSnafu { path, limit });
        let text = String::from_utf8(bytes)
            .map_err(|cause| UnreadableSnafu { path }.into_error(io::Error::other(cause)))?;
        Self::from_json(&text).context(FileSnafu { path }).map_err(RecordingError::from)
    }

    /// Reads a recording from its text.
    ///
    /// # Errors
    /// `NotJson` and `Truncated` with the line and column; `NewerVersion`; `Malformed` with the JSON pointer
    /// of what is wrong.
    pub fn from_json(text: &str) -> Result<Self, RecordingError> {
        read::parse(text).map(Self::new)
    }

    /// Its text. The same recording always has the same text.
    #[must_use]
    pub fn to_json(&self) -> String {
        write::text(&self.contents)
    }

    /// Writes it to a file that only its owner may read. The file appears whole or not at all.
    ///
    /// # Errors
    /// `HoldsSecret` when it holds what looks like a secret: nothing is written then. `Unwritable`.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), RecordingError> {
        let path = path.as_ref();
        if let Err(problems) = self.verify()
            && let Some(problem) = problems.into_iter().find(|problem| problem.kind == ProblemKind::Secret)
        {
            return Err(Repr::HoldsSecret { problem }.into());
        }
        publish(path, self.to_json().as_bytes())
            .context(UnwritableSnafu { path })
            .map_err(RecordingError::from)
    }

    /// The statements in the order in which they were first submitted.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.contents.entries.iter().map(|entry| &entry.statement)
    }

    /// Whether literals tell one statement from another.
    #[must_use]
    pub fn literals(&self) -> Literals {
        self.contents.literals
    }

    /// A row per statement, for a listing.
    #[must_use]
    pub fn summary(&self) -> Vec<Summary> {
        self.contents.entries.iter().map(Summary::of).collect()
    }

    /// Checks what loading does not: fingerprints that fit their statements, results that are whole, and no
    /// secrets.
    ///
    /// # Errors
    /// Every problem with its place.
    pub fn verify(&self) -> Result<(), Problems> {
        verify::verify(&self.contents)
    }

    /// What `other` has that this one lacks, lacks that this one has, or answers differently.
    ///
    /// Times, query ids and the like differ between any two recordings and do not count.
    #[must_use]
    pub fn diff(&self, other: &Self) -> Vec<Change> {
        diff(&self.contents, &other.contents)
    }
}

/// Writes beside the target and renames, so that nobody ever sees half a file. `tempfile` makes files that
/// only their owner may read.
fn publish(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".recording-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|failed| failed.error)?;
    Ok(())
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("statements", &self.contents.entries.len())
            .field("results", &self.contents.results.len())
            .field("transfers", &self.contents.transfers.len())
            .finish_non_exhaustive()
    }
}
