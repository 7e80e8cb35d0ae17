//! Aborts, and what they hit.

/// An abort that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Abort {
    /// What it aimed at.
    pub target: AbortTarget,
    /// Whether a running statement was hit.
    pub accepted: bool,
    /// The statement that the target stands for, if there is one, running or not.
    pub query_id: Option<String>,
}

/// How an abort names its statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AbortTarget {
    /// By the `requestId` of its submission.
    Request(String),
    /// By its query id.
    Query(String),
}
