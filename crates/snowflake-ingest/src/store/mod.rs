//! Where the files of a stage lie: one way of writing and reading them, whatever the cloud.

#[cfg(feature = "cloud")]
mod cloud;
mod content;
mod contract;
mod folder;
mod key;
mod limits;
mod metadata;
mod open;

pub(crate) use {
    content::{Content, Replay},
    contract::{Download, Mode, Object, Parts, Renew, Store, Written},
    limits::PartLimits,
    metadata::{Envelope, Metadata},
    open::{Surroundings, open},
};

#[cfg(feature = "cloud")]
pub(crate) use cloud::Failure;
