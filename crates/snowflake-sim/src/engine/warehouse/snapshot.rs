//! A warehouse as SHOW finds it.

use time::OffsetDateTime;

use super::Settings;

/// A warehouse at one time.
#[derive(Clone, Debug)]
pub(in super::super) struct Snapshot {
    pub(in super::super) uuid: String,
    pub(in super::super) name: String,
    pub(in super::super) settings: Settings,
    /// Such as `STARTED`.
    pub(in super::super) state: &'static str,
    pub(in super::super) clusters: usize,
    pub(in super::super) running: usize,
    pub(in super::super) queued: usize,
    pub(in super::super) created: OffsetDateTime,
    pub(in super::super) resumed: OffsetDateTime,
    pub(in super::super) updated: OffsetDateTime,
}
