//! What can be wrong with a bulk load.

use snafu::Snafu;

use super::convert::Misfit;
use crate::ErrorKind;

#[derive(Debug, Snafu)]
#[snafu(visibility(pub(crate)))]
pub(crate) enum Fault {
    #[snafu(display("the load cannot be made: {reason}"))]
    Option { reason: String },
    #[snafu(display(
        "{id:?} cannot be a batch id: give 1 to 128 letters, digits, `-`, `_` and `.`, not beginning with a `.`"
    ))]
    BatchId { id: String },
    #[snafu(display(
        "the batch id {id} was used with other records, options or table columns before: nothing was loaded. \
         Load what is new under another id; if that earlier batch was never loaded, remove {folder} first"
    ))]
    BatchReused { id: String, folder: String },
    #[snafu(display("record {row} of the input does not fit: {source}"))]
    Row { row: u64, source: Misfit },
    #[snafu(display("the records could not be read to their end; nothing was loaded"))]
    Source { source: Box<dyn std::error::Error + Send + Sync> },
    #[snafu(display("there is no table {table}, or it may not be seen: create it, or set `create_table`"))]
    NoTable { table: String },
    #[snafu(display("the column {column} of the table needs a value, and the records have no field for it"))]
    NoField { column: String },
    #[snafu(display("cannot write Parquet"))]
    Encode { source: Box<dyn std::error::Error + Send + Sync> },
    #[snafu(display("{column} is a key, and the records have no field for it"))]
    NoKey { column: String },
    #[snafu(display(
        "{count} keys ({columns}) stand in several records of the input: nothing was changed. Give one record a key"
    ))]
    RepeatedKeys { count: u64, columns: String },
    #[snafu(display(
        "{count} records have NULL in a key column ({columns}), which is equal to nothing: nothing was changed"
    ))]
    NullKeys { count: u64, columns: String },
    #[snafu(display(
        "the rows were loaded, but the records that were rejected could not be written to {place}"
    ))]
    DeadLetters { place: String, source: Box<dyn std::error::Error + Send + Sync> },
    #[snafu(display("the service loaded {loaded} of {expected} rows without an error"))]
    Lost { loaded: u64, expected: u64 },
}

impl Fault {
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Option { .. }
            | Self::BatchId { .. }
            | Self::BatchReused { .. }
            | Self::NoField { .. }
            | Self::NoKey { .. } => ErrorKind::Configuration,
            Self::Row { .. } | Self::RepeatedKeys { .. } | Self::NullKeys { .. } => ErrorKind::Conversion,
            Self::NoTable { .. } => ErrorKind::NotFound,
            Self::Source { .. } | Self::Encode { .. } | Self::DeadLetters { .. } => ErrorKind::Io,
            Self::Lost { .. } => ErrorKind::Incomplete,
        }
    }
}
