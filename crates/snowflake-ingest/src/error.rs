//! Why a file could not be moved.

use std::path::PathBuf;

use snafu::Snafu;
use snowflake_proto::Recovery;
/// The kinds are those of a statement: moving a file begins with one.
pub use snowflake_query::ErrorKind;

/// A failure of this crate.
#[derive(Debug, Snafu)]
#[snafu(source(from(Repr, Box::new)))]
pub struct Error(Box<Repr>);

/// The result of a fallible function of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, Snafu)]
#[snafu(visibility(pub(crate)))]
pub(crate) enum Repr {
    #[snafu(display("`{location}` is not a stage location: {reason}"))]
    Location { location: String, reason: &'static str },
    #[snafu(display("the file name `{}` cannot be written in a statement", path.display()))]
    FileName { path: PathBuf },
    #[snafu(display("cannot upload {}", path.display()))]
    Read { path: PathBuf, source: std::io::Error },
    #[snafu(display("cannot write to the stage"))]
    Write { source: std::io::Error },
    #[snafu(display(
        "stages in {store} are not supported in this version; only stages of a local simulator are"
    ))]
    Store { store: String },
    #[snafu(display("the server answered the PUT without saying where its stage is"))]
    NoStage,
    #[snafu(display(
        "the server names a folder of this machine as its stage, but it is not on this machine: refused"
    ))]
    ForeignFolder,
    #[snafu(display("the option {option} cannot be used: {reason}"))]
    FormatOption { option: String, reason: &'static str },
    #[snafu(display("the copy cannot be made: {reason}"))]
    CopyRequest { reason: &'static str },
    #[snafu(display("{name} cannot be a name here"))]
    Name { name: String, source: snowflake_proto::Error },
    #[snafu(display("the answer to {statement} has not the columns that it should have"))]
    Answer { statement: &'static str, source: snowflake_query::Error },
    #[snafu(transparent)]
    Query { source: snowflake_query::Error },
}

impl Error {
    /// What happened, for a `match`.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &*self.0 {
            Repr::Location { .. }
            | Repr::FileName { .. }
            | Repr::Store { .. }
            | Repr::FormatOption { .. }
            | Repr::CopyRequest { .. }
            | Repr::Name { .. } => ErrorKind::Configuration,
            Repr::Read { .. } | Repr::Write { .. } => ErrorKind::Io,
            Repr::NoStage | Repr::ForeignFolder | Repr::Answer { .. } => ErrorKind::Protocol,
            Repr::Query { source } => source.kind(),
        }
    }

    /// What may be done about it.
    #[must_use]
    pub fn recovery(&self) -> Recovery {
        self.query().map_or(Recovery::Never, snowflake_query::Error::recovery)
    }

    /// The failure of the statement, where it was one.
    #[must_use]
    pub fn query(&self) -> Option<&snowflake_query::Error> {
        match &*self.0 {
            Repr::Query { source } => Some(source),
            _ => None,
        }
    }
}

impl From<snowflake_query::Error> for Error {
    fn from(source: snowflake_query::Error) -> Self {
        Repr::Query { source }.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
