//! What can be wrong with the files of a transfer.

use std::io;
use std::path::PathBuf;

use snafu::Snafu;

use crate::ErrorKind;

#[derive(Debug, Snafu)]
#[snafu(visibility(pub(super)))]
pub(crate) enum Fault {
    #[snafu(display("the file name {} cannot be written in a statement", path.display()))]
    FileName { path: PathBuf },
    #[snafu(display("{name:?} cannot be the name of a file in a stage: give one without folders"))]
    TargetName { name: String },
    #[snafu(display("cannot upload {}", path.display()))]
    Read { path: PathBuf, source: io::Error },
    #[snafu(display("{} is a folder: name the files in it, such as with a pattern", path.display()))]
    Folder { path: PathBuf },
    #[snafu(display("no file matches {pattern}"))]
    NoMatch { pattern: String },
    #[snafu(display(
        "{} and {} would have the same name in the stage: upload them to different folders of it",
        first.display(),
        second.display()
    ))]
    SameTarget { first: PathBuf, second: PathBuf },
    #[snafu(display(
        "{file} is compressed in a way that cannot be loaded: compress it with gzip, bzip2, Brotli, Zstandard or \
         deflate instead, or name NONE as its compression to upload it as it is"
    ))]
    UnsupportedCompression { file: String },
    #[snafu(display(
        "{file} is said to be {compression} and does not begin so: name its true compression, or NONE"
    ))]
    DifferentCompression { file: String, compression: &'static str },
    #[snafu(display("{file} was written to while it was read: upload it when it is complete"))]
    SourceChanged { file: String },
    #[snafu(display("cannot keep {file} in {place} until it is sent"))]
    Spool { place: String, file: String, source: io::Error },
    #[snafu(display("the operating system gives no random numbers for a key"))]
    NoRandomness,
    #[snafu(display("the server wants the files of this stage encrypted, and sent no key"))]
    NoKey,
    #[snafu(display("the key that the server sent for this stage cannot be used"))]
    Key { source: snowflake_proto::Error },
    #[snafu(display("the server answered {statement} with something else"))]
    WrongCommand { statement: &'static str },
    #[snafu(display("there is no file at {location}"))]
    NoFile { location: String },
    #[snafu(display(
        "the stage has a file whose name {name:?} is not safe for a local file: download it with get_writer"
    ))]
    UnsafeName { name: String },
    #[snafu(display(
        "{first:?} and {second:?} would be the same local file: download them to different folders"
    ))]
    SameFile { first: String, second: String },
    #[snafu(display("cannot write {}", path.display()))]
    Write { path: PathBuf, source: io::Error },
    #[snafu(display("{} exists and is no file: it is not replaced", path.display()))]
    Occupied { path: PathBuf },
    #[snafu(display("cannot write what is downloaded from {file}"))]
    Writer { file: String, source: io::Error },
    #[snafu(display("{file} is not gzip: download it without decompressing it"))]
    NotGzip { file: String, source: io::Error },
    #[snafu(display(
        "what lies in the stage as {file} is not what was uploaded: it was cut or changed, or its key is another"
    ))]
    Damaged { file: String },
    #[snafu(display("{file} was replaced in the stage while it was read: download it again"))]
    Replaced { file: String },
    #[snafu(display("{count} of {of} files were not {what}; the first is {file}: {message}"))]
    Several { count: usize, of: usize, what: &'static str, kind: ErrorKind, file: String, message: String },
    #[snafu(display("the statement has no local path: write it as 'file:///folder/file'"))]
    NoLocalPath,
}

impl Fault {
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::FileName { .. }
            | Self::TargetName { .. }
            | Self::SameTarget { .. }
            | Self::UnsupportedCompression { .. }
            | Self::DifferentCompression { .. }
            | Self::UnsafeName { .. }
            | Self::SameFile { .. }
            | Self::NotGzip { .. }
            | Self::NoLocalPath => ErrorKind::Configuration,
            Self::Read { .. }
            | Self::Folder { .. }
            | Self::SourceChanged { .. }
            | Self::Spool { .. }
            | Self::NoRandomness
            | Self::Write { .. }
            | Self::Occupied { .. }
            | Self::Writer { .. } => ErrorKind::Io,
            Self::NoMatch { .. } | Self::NoFile { .. } => ErrorKind::NotFound,
            Self::NoKey | Self::Key { .. } | Self::WrongCommand { .. } => ErrorKind::Protocol,
            Self::Damaged { .. } | Self::Replaced { .. } => ErrorKind::Incomplete,
            Self::Several { kind, .. } => *kind,
        }
    }
}
