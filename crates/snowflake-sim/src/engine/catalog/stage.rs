//! Stages and file formats.

use super::super::stage::Area;
use super::super::syntax::Options;
use super::super::time::Stamp;
use super::Kind;

/// A folder for files to load or unload.
#[derive(Clone, Debug)]
pub(in super::super) struct Stage {
    pub(in super::super) created: Stamp,
    pub(in super::super) comment: String,
    pub(in super::super) kind: Kind,
    /// Its files.
    pub(in super::super) area: Area,
    /// Whether it has a directory table.
    pub(in super::super) directory: bool,
    /// Its `FILE_FORMAT = (…)`.
    pub(in super::super) format: Options,
}

/// A named file format.
#[derive(Clone, Debug)]
pub(in super::super) struct FileFormat {
    pub(in super::super) created: Stamp,
    pub(in super::super) comment: String,
    pub(in super::super) options: Options,
}
