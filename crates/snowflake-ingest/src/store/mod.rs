//! Where the files of a stage lie: one way of writing and reading them, whatever the cloud.

mod content;
mod contract;
mod limits;
mod metadata;
mod open;

#[expect(unused_imports, reason = "transfers are built on these")]
pub(crate) use {
    content::{Content, Replay},
    contract::{Download, Mode, Object, Parts, Renew, Store, Written},
    limits::PartLimits,
    metadata::{Envelope, Metadata},
    open::{Surroundings, open},
};
