//! How files of text are compressed.

use super::super::super::SqlError;
use super::super::super::syntax::Options;

/// The compression of a file as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Compression {
    /// Gzip where the bytes begin like it; gzip where files are written.
    Auto,
    Gzip,
    None,
}

impl Compression {
    pub(super) fn new(options: &Options) -> Result<Self, SqlError> {
        match options.text("COMPRESSION").map(str::to_ascii_uppercase).as_deref() {
            None | Some("AUTO") => Ok(Self::Auto),
            Some("GZIP") => Ok(Self::Gzip),
            Some("NONE") => Ok(Self::None),
            Some(other) => Err(SqlError::not_simulated(format!("{other} compression"))),
        }
    }
}
