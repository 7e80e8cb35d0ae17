//! Who looks on while statements run.

mod ending;
mod observed;
mod watch;

use std::fmt;

pub use ending::{Ending, Outcome};
pub use observed::Observed;
pub(crate) use watch::Watch;

/// Told of every statement when it is submitted and when it ends, such as an audit; see
/// [`SessionOptions::with_observer`](crate::SessionOptions::with_observer).
///
/// Both methods are called where the statement runs and keep it waiting: they hand over what takes time, and return.
/// Nothing that they do changes the statement; a panic in one is caught and logged.
///
/// Every statement that is submitted ends exactly once, also when nobody waits for it any more. A statement that a pool
/// submits once more in another session, because the first was over, is told twice under different request ids.
pub trait Observer: fmt::Debug + Send + Sync {
    /// A statement is about to be sent.
    fn submitted(&self, statement: &Observed<'_>) {
        let _ = statement;
    }

    /// The statement has come to its end, or nobody will learn of it.
    fn ended(&self, statement: &Observed<'_>, ending: &Ending<'_>);
}
