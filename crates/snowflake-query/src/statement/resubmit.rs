//! Whether a statement whose answer was lost is sent once more.

/// Whether a statement that changes something is sent once more when its answer is lost.
///
/// Statements that only read, and USE, are always sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resubmit {
    /// Sent again under its request id: a session of the server runs an id once and answers later attempts with the
    /// outcome of the first.
    #[default]
    SameId,
    /// Sent again only when it certainly did not arrive. Without an answer the call fails at once with
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown): for statements that must not run twice even where
    /// something between here and the service forgets request ids.
    Never,
}
