//! Sessions: what the server keeps between two statements of one user.

mod context_cache;
mod core;
mod handle;
mod heartbeat;
mod options;
mod request_ids;
mod state;
mod switch;
mod wanted;

pub(crate) use core::Core;
pub use handle::Session;
pub(crate) use handle::open;
pub use options::SessionOptions;
pub(crate) use request_ids::{RequestIds, Whereabouts};
pub(crate) use switch::prepare;
pub(crate) use wanted::Names;
pub use wanted::Wanted;
