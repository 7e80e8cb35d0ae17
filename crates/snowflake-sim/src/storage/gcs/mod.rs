//! The dialect of Google Cloud Storage: its XML API.

mod authorize;
mod resumable;
mod route;
mod signed;

pub(super) use route::answer;
pub(super) use signed::address;
