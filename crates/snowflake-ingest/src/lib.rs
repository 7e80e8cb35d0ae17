//! Moving files into Snowflake, and out of it.
//!
//! [`copy_into`] loads staged files into a table and tells what became of each, [`unload`] writes a table into
//! files of a stage, [`list_stage`] and [`remove`] look after the files.
//!
//! [`put_file`] uploads local files to a stage, as the `PUT` statement does, gzip'd on the way.
//! This version reaches stages that the server keeps in a folder of the same machine, as the embedded
//! simulator does; a stage in S3, Azure or Google Cloud is refused with an error that says so.
//!
//! The types are re-exported by `snowflake-client`, whose `put_file` is the usual way in.

mod compression;
mod copy;
mod error;
mod local;
mod location;
mod names;
mod options;
mod put;
mod stage;
#[allow(dead_code, reason = "transfers are built on these")]
mod store;

pub use copy::{
    BinaryFormat, CopyError, CopyFile, CopyIntoRequest, CopyOptions, CopyResult, CopyStatus, FileCompression,
    FileFormat, FormatType, MatchByColumnName, OnError, OptionValue, RejectedRecord, UnloadRequest,
    UnloadResult, UnloadSource, UnloadedFile, copy_into, preview_copy, unload, validate_copy,
};
pub use error::{Error, ErrorKind, Result};
pub use location::StageLocation;
pub use options::PutOptions;
pub use put::{LocalStages, PutFile, PutResult, PutStatus, put_file};
pub use stage::{StageFile, list_stage, remove};
