//! From the account a user names to the server to talk to, refusing whatever could point a request elsewhere.

mod address;
mod id;
mod label;

pub use address::{Protocol, ServerAddress};
pub use id::AccountId;
