//! What passed a gate.

/// What has passed a [`Gate`](super::Gate) so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// How many connections came, those that were reset at once included.
    pub accepted: usize,
    /// How many of them are open.
    pub open: usize,
    /// How many bytes went to the server.
    pub request_bytes: u64,
    /// How many bytes went to clients.
    pub answer_bytes: u64,
}
