//! `COPY INTO`: between the files of a stage and a table.

mod format;
mod metric;
mod options;
mod outcome;
mod pattern;
mod query;
mod request;
mod run;
mod setting;
mod unload;

pub use format::{BinaryFormat, FileCompression, FileFormat, FormatType};
pub use options::{CopyOptions, MatchByColumnName, OnError};
pub use outcome::{CopyError, CopyFile, CopyResult, CopyStatus};
pub(crate) use pattern::regex;
pub(crate) use query::with_options;
pub use request::CopyIntoRequest;
pub use run::{RejectedRecord, copy_into, preview_copy, unload, validate_copy};
pub use setting::OptionValue;
pub use unload::{UnloadRequest, UnloadResult, UnloadSource, UnloadedFile};
