//! What came of one `requestId`.

use std::fmt;

/// How often one `requestId` arrived, and how often it made the service run something.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Submissions {
    /// Requests that carried the id.
    pub received: u64,
    /// Executions that they started.
    pub executed: u64,
    /// The statement, as the first of them had it.
    pub text: String,
    /// The query ids of the executions, in their order.
    pub query_ids: Vec<String>,
}

impl fmt::Debug for Submissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Statements hold data: a test that wants their text names it.
        f.debug_struct("Submissions")
            .field("received", &self.received)
            .field("executed", &self.executed)
            .field("query_ids", &self.query_ids)
            .finish_non_exhaustive()
    }
}
