//! Why a file could not be moved.

use snafu::Snafu;
use snowflake_proto::Recovery;
/// The kinds are those of a statement: moving a file begins with one.
pub use snowflake_query::ErrorKind;

#[cfg(feature = "cloud")]
use crate::store::Failure;
use crate::transfer::Fault;

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
    #[snafu(display("{key:?} cannot be the name of a file in a stage"))]
    Key { key: String },
    #[snafu(display("there is no file {key:?} in the stage"))]
    Missing { key: String },
    #[snafu(display("the file {key:?} of the stage cannot be read"))]
    StageFile { key: String, source: std::io::Error },
    #[snafu(display("the parts of {key:?} are not complete: part {number} was not written"))]
    PartMissing { key: String, number: u64 },
    #[snafu(display("the stage cannot hold {key:?} in parts"))]
    NoParts { key: String },
    #[snafu(display("the server says where its stage is, but {reason}"))]
    Place { reason: &'static str },
    #[snafu(display("the server names no address for {key:?}"))]
    NoAddress { key: String },
    #[cfg(feature = "cloud")]
    #[snafu(display(
        "the server was asked for new credentials of its stage, because those it gave have expired"
    ))]
    Renewal { source: std::sync::Arc<Error> },
    #[cfg(feature = "cloud")]
    #[snafu(display("{key:?} could not be transferred"))]
    Object { key: String, source: Failure },
    #[snafu(transparent)]
    Transfer { source: Fault },
    #[cfg(feature = "bulk")]
    #[snafu(transparent)]
    Bulk { source: crate::bulk::Fault },
    #[cfg(feature = "bulk")]
    #[snafu(display(
        "whether the batch {id} was loaded is open: load the same records under this batch id again, which doubles none"
    ))]
    Batch { id: String, source: Box<Error> },
    #[snafu(transparent)]
    Query { source: snowflake_query::Error },
}

impl Error {
    /// What happened, for a `match`.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &*self.0 {
            Repr::Location { .. }
            | Repr::Store { .. }
            | Repr::FormatOption { .. }
            | Repr::CopyRequest { .. }
            | Repr::Name { .. }
            | Repr::Key { .. }
            | Repr::PartMissing { .. }
            | Repr::NoParts { .. } => ErrorKind::Configuration,
            Repr::Write { .. } | Repr::StageFile { .. } => ErrorKind::Io,
            Repr::NoStage
            | Repr::ForeignFolder
            | Repr::Answer { .. }
            | Repr::Place { .. }
            | Repr::NoAddress { .. } => ErrorKind::Protocol,
            Repr::Missing { .. } => ErrorKind::NotFound,
            #[cfg(feature = "cloud")]
            Repr::Renewal { source } => source.kind(),
            #[cfg(feature = "cloud")]
            Repr::Object { source, .. } => source.kind(),
            Repr::Transfer { source } => source.kind(),
            #[cfg(feature = "bulk")]
            Repr::Bulk { source } => source.kind(),
            #[cfg(feature = "bulk")]
            Repr::Batch { source, .. } => source.kind(),
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
            #[cfg(feature = "cloud")]
            Repr::Renewal { source } => source.query(),
            #[cfg(feature = "bulk")]
            Repr::Batch { source, .. } => source.query(),
            _ => None,
        }
    }

    /// The id to repeat a bulk load under, when it is open whether its rows were loaded.
    #[cfg(feature = "bulk")]
    #[must_use]
    pub fn batch_id(&self) -> Option<&str> {
        match &*self.0 {
            Repr::Batch { id, .. } => Some(id),
            _ => None,
        }
    }
}

#[cfg(feature = "bulk")]
impl From<crate::bulk::Fault> for Error {
    fn from(source: crate::bulk::Fault) -> Self {
        Repr::Bulk { source }.into()
    }
}

impl From<Fault> for Error {
    fn from(source: Fault) -> Self {
        Repr::Transfer { source }.into()
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
