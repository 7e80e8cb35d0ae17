//! What goes wrong while a result is fetched, read or written; one part of this crate's error.

use snafu::Snafu;
use snowflake_proto::Recovery;

use crate::error::ErrorKind;
use crate::statement::QueryId;

/// A failure of a result.
///
/// No variant holds a value, a signed address or a key: columns, types, counts and host names only.
#[derive(Debug, Snafu)]
#[snafu(visibility(pub(crate)))]
pub(crate) enum Fault {
    #[snafu(display("part {chunk} of the result has {got} rows where {expected} were announced"))]
    IncompleteChunk { chunk: usize, expected: u64, got: u64 },
    #[snafu(display("the result has {got} rows where {expected} were announced"))]
    IncompleteResult { expected: u64, got: u64 },
    #[snafu(display("part {chunk} of the result is damaged"))]
    ChunkCorrupt { chunk: usize, source: snowflake_proto::Error },
    #[snafu(display("part {chunk} of the result is damaged: decoding it failed unexpectedly"))]
    ChunkPanic { chunk: usize },
    #[snafu(display("part {chunk} of the result does not fit the columns that were announced"))]
    UnfitChunk { chunk: usize, source: snowflake_proto::Error },
    #[snafu(display("part {chunk} of the result is {got} where {expected} was announced"))]
    UnexpectedContent {
        chunk: usize,
        expected: &'static str,
        got: &'static str,
        source: snowflake_proto::Error,
    },
    #[snafu(display("the rows inside the answer cannot be read"))]
    Inline { source: snowflake_proto::Error },
    #[snafu(display("part {chunk} of the result could not be fetched from {host}"))]
    Download { chunk: usize, host: String, source: snowflake_transport::Error },
    #[snafu(display("{host} answered {status} for part {chunk} of the result"))]
    Answered { chunk: usize, host: String, status: u16 },
    #[snafu(display(
        "{host} refuses part {chunk} of the result ({status} {code}): its address expired, the local clock is off, \
         or a network policy keeps this machine from the storage"
    ))]
    StorageDenied { chunk: usize, host: String, status: u16, code: String },
    #[snafu(display("{host} sends us elsewhere for part {chunk} of the result ({status}): refused"))]
    Redirected { chunk: usize, host: String, status: u16 },
    #[snafu(display("the server no longer holds the result; run the statement again"))]
    ResultExpired { query_id: QueryId },
    #[snafu(display("the result cannot be fetched: {reason}"))]
    Refused { reason: &'static str },
    #[snafu(display("the parts of the result changed while it was read"))]
    Changed,
    #[snafu(display("a stream of rows can only be read inside a tokio runtime"))]
    NoRuntime,
    #[snafu(display("column `{column}`: cannot read {data_type} as {asked}: {reason}"))]
    Conversion { column: String, data_type: String, asked: String, reason: String },
    #[snafu(display("there is no column `{name}`; the result has {available}"))]
    NoSuchColumn { name: String, available: String },
    #[snafu(display("more than one column is called `{name}`; read it by position or give it an alias"))]
    AmbiguousColumn { name: String },
    #[snafu(display("a row cannot be read as {asked}: {reason}"))]
    Deserialize { asked: String, reason: String },
    #[snafu(display("column `{column}` cannot be written: {reason}"))]
    Unwritable { column: String, reason: String },
    #[snafu(display("the result could not be written as {format}"))]
    #[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "only Parquet encoding fails like this"))]
    Encode { format: &'static str, source: Box<dyn std::error::Error + Send + Sync> },
    #[snafu(display("the result could not be written: encoding it failed unexpectedly"))]
    EncodePanic,
    #[snafu(display("the result could not be written"))]
    Write { source: std::io::Error },
}

impl Fault {
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Fault::IncompleteChunk { .. }
            | Fault::IncompleteResult { .. }
            | Fault::ChunkCorrupt { .. }
            | Fault::UnexpectedContent { .. }
            | Fault::ChunkPanic { .. }
            | Fault::Changed => ErrorKind::Incomplete,
            Fault::Inline { source } | Fault::UnfitChunk { source, .. } => match source.kind() {
                snowflake_proto::ErrorKind::Conversion => ErrorKind::Conversion,
                _ => ErrorKind::Protocol,
            },
            Fault::Refused { .. } => ErrorKind::Protocol,
            Fault::Download { .. }
            | Fault::Answered { .. }
            | Fault::Redirected { .. }
            | Fault::StorageDenied { .. } => ErrorKind::Network,
            Fault::ResultExpired { .. } | Fault::NoSuchColumn { .. } => ErrorKind::NotFound,
            Fault::Conversion { .. } | Fault::Deserialize { .. } | Fault::Unwritable { .. } => {
                ErrorKind::Conversion
            }
            Fault::AmbiguousColumn { .. } | Fault::NoRuntime => ErrorKind::Configuration,
            Fault::Encode { .. } | Fault::EncodePanic | Fault::Write { .. } => ErrorKind::Io,
        }
    }

    pub(crate) fn recovery(&self) -> Recovery {
        match self {
            Fault::IncompleteChunk { .. }
            | Fault::IncompleteResult { .. }
            | Fault::ChunkCorrupt { .. }
            | Fault::UnexpectedContent { .. }
            | Fault::Changed
            | Fault::ResultExpired { .. }
            | Fault::Answered { .. } => Recovery::RetryIfIdempotent,
            Fault::Download { source, .. } => source.recovery(),
            _ => Recovery::Never,
        }
    }

    /// The column at fault, where there is one.
    pub(crate) fn column(&self) -> Option<&str> {
        match self {
            Fault::Conversion { column, .. } | Fault::Unwritable { column, .. } => Some(column),
            Fault::NoSuchColumn { name, .. } | Fault::AmbiguousColumn { name } => Some(name),
            Fault::Inline { source } | Fault::UnfitChunk { source, .. } => source.column(),
            _ => None,
        }
    }

    /// The statement whose result it is about, where that is known.
    pub(crate) fn query_id(&self) -> Option<QueryId> {
        match self {
            Fault::ResultExpired { query_id } => Some(*query_id),
            _ => None,
        }
    }
}
