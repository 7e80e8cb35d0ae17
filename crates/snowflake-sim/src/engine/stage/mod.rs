//! Stages: their addresses, where their files are, and how clients are sent there.
//!
//! One store has the files of all stages, whatever the shape in which clients see them: the server's own,
//! in memory, or one at an endpoint. Clients that know folders see a stage through one of this machine.

mod access;
mod area;
mod commands;
mod encryption;
mod location;
mod objects;
mod options;
mod stages;
mod window;

pub(crate) use access::Client;
pub(super) use area::Area;
pub(super) use commands::{list, remove, whole_match};
pub(super) use location::{Location, StagedFile, find};
pub(super) use objects::{Listed, Metadata, digest};
pub use options::{StageEncryption, StageOptions, StageShape};
pub(crate) use stages::Stages;
