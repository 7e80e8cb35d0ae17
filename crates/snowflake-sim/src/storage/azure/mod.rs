//! The dialect of Azure Blob Storage.

mod authorize;
mod blocks;
mod list;
mod route;

pub(super) use route::answer;
