//! The dialect of S3.

mod authorize;
mod chunked;
mod list;
mod route;
mod signature;

pub(super) use list::list;
pub(super) use route::answer;
