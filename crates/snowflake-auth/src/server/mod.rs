//! One JSON exchange with the server: request, headers, retries, and an answer that is one or is not.

mod answer;
mod client_id;
mod exchange;
mod failure;
mod handle;
mod history;
mod request;

pub use client_id::ClientId;
pub(crate) use exchange::Caller;
pub(crate) use failure::Failure;
pub use handle::{Server, ServerOptions};
pub use history::CallHistory;
pub use request::{ApiRequest, MediaType};
