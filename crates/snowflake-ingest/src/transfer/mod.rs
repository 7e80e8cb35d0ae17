//! Moving files between this machine and the stages of the service, as `PUT` and `GET` do.

mod body;
mod budget;
mod buffers;
mod compression;
mod downloader;
mod execute;
mod fault;
mod fetch;
mod folder;
mod get;
mod glob;
mod gzip;
mod local_name;
mod metric;
mod outcome;
mod pack;
mod progress;
mod put;
mod rows;
mod runner;
mod seal;
mod send;
mod sink;
mod source;
mod spool;
mod statement;
mod text;
mod trace;
mod unseal;
mod uploader;
mod workers;

pub use compression::SourceCompression;
pub use execute::execute_transfer;
pub use get::{get_file, get_files, get_writer};
pub use outcome::{GetFile, GetResult, GetStatus, PutFile, PutResult, PutStatus};
pub use progress::Progress;
pub use put::{put_bytes, put_file, put_files, put_reader};

pub(crate) use fault::Fault;
pub(crate) use progress::Watcher;
#[cfg(feature = "bulk")]
pub(crate) use uploader::Uploader;
