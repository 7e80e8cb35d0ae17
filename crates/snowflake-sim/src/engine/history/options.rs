//! What a book is kept by.

use std::time::Duration;

use super::ModelledSpeed;

/// What a book is kept by.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HistoryOptions {
    /// How long statements are said to take; as long as they took unless set.
    pub(crate) speed: Option<ModelledSpeed>,
    /// How long the views of ACCOUNT_USAGE hold a record back.
    pub(crate) latency: Duration,
}
