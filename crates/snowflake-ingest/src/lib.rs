//! Moving files into Snowflake, and out of it.
//!
//! [`copy_into`] loads staged files into a table and tells what became of each, [`unload`] writes a table into
//! files of a stage, [`list_stage`] and [`remove`] look after the files.
//!
//! [`put_file`] and its sisters upload files, bytes and readers to a stage, as the `PUT` statement does: gzip'd by
//! all cores, encrypted where the stage is, in parts and in bounded memory. [`get_file`] and its sisters download
//! them again. Stages are in S3, Azure, Google Cloud, or a folder of the same machine, as the embedded simulator
//! has them.
//!
//! [`bulk_insert`] and its sisters load records and Arrow batches straight into a table, exactly once, and
//! [`bulk_upsert`] merges them into it by their keys.
//!
//! The types are re-exported by `snowflake-client`, whose methods are the usual way in.

#[cfg(feature = "bulk")]
mod bulk;
mod copy;
mod error;
mod location;
mod machine;
mod names;
mod options;
mod stage;
#[cfg_attr(not(feature = "cloud"), allow(dead_code, reason = "folders need less than clouds"))]
mod store;
#[cfg_attr(not(feature = "cloud"), allow(dead_code, reason = "folders need no renewal"))]
mod transfer;

#[cfg(feature = "bulk")]
pub use arrow_array::RecordBatch;
#[cfg(feature = "bulk")]
pub use bulk::{
    BulkInsertOptions, BulkInsertResult, BulkMethod, BulkUpsertResult, CreateTable, DeadLetters, RejectedRow,
    bulk_insert, bulk_insert_batches, bulk_insert_stream, bulk_upsert,
};
pub use copy::{
    BinaryFormat, CopyError, CopyFile, CopyIntoRequest, CopyOptions, CopyResult, CopyStatus, FileCompression,
    FileFormat, FormatType, MatchByColumnName, OnError, OptionValue, RejectedRecord, UnloadRequest,
    UnloadResult, UnloadSource, UnloadedFile, copy_into, preview_copy, unload, validate_copy,
};
pub use error::{Error, ErrorKind, Result};
pub use location::StageLocation;
pub use machine::{LocalStages, Machine};
pub use options::{DownloadOptions, OnFailure, PutOptions, UploadOptions};
pub use stage::{StageFile, list_stage, remove};
pub use transfer::{
    GetFile, GetResult, GetStatus, Progress, PutFile, PutResult, PutStatus, SourceCompression,
    execute_transfer, get_file, get_files, get_writer, put_bytes, put_file, put_files, put_reader,
};
