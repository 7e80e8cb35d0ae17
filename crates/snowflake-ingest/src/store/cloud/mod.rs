//! Stages in Amazon S3, Azure and Google Cloud.
//!
//! A [`Client`](client::Client) speaks to one place with one set of credentials; an [`Access`](access::Access)
//! hands out clients and replaces them when their credentials have expired; [`CloudStore`](store::CloudStore)
//! puts the two together. S3 and Azure are reached through the `object_store` crate, Google Cloud with requests
//! of our own (see [`google`]).

mod access;
mod bounded;
mod client;
mod failure;
mod gate;
mod google;
mod headers;
mod keys;
mod objects;
mod opening;
mod parts;
mod refusal;
mod shared;
mod signed;
mod site;
mod store;
mod target;
mod tokened;
mod windows;

pub(crate) use failure::Failure;
pub(super) use opening::open;
pub(super) use site::Cloud;

#[cfg(test)]
mod tests;
