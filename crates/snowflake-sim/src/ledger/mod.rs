//! What a service saw and did, for tests to compare with what a program believes.

mod abort;
mod book;
mod effect;
mod fingerprint;
mod produced;
mod since;
mod submission;

pub use abort::{Abort, AbortTarget};
pub use book::Ledger;
pub use effect::Effect;
pub(crate) use effect::{Pending, Settled};
pub(crate) use fingerprint::row_fingerprint;
pub use produced::{PartUse, Produced};
pub use submission::Submissions;
