//! The rows of results, and how often they were fetched.

/// The rows of one result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Produced {
    /// Rows of the whole result.
    pub rows: u64,
    /// Rows that travelled inside the answer.
    pub inline_rows: u64,
    /// The parts that are fetched separately, in their order.
    pub parts: Vec<PartUse>,
    /// A fingerprint of each row in its order; `None` where the service does not take them.
    pub fingerprints: Option<Vec<u64>>,
}

/// A part of a result that is fetched separately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartUse {
    /// Its rows.
    pub rows: u64,
    /// Requests that were answered with it.
    pub requests: u64,
    /// Bytes that were sent for them, as they were on the wire.
    pub bytes: u64,
}
