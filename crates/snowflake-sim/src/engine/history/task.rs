//! One run of a task.

use time::OffsetDateTime;

/// One run of a task, as TASK_HISTORY tells of it.
#[derive(Clone, Debug)]
pub(in super::super) struct TaskRun {
    /// The statement that it ran; none while it has not started.
    pub(in super::super) query_id: Option<String>,
    pub(in super::super) database: String,
    pub(in super::super) schema: String,
    pub(in super::super) name: String,
    /// What it runs.
    pub(in super::super) definition: String,
    /// What has to be true for it to run.
    pub(in super::super) condition: Option<String>,
    /// `SCHEDULED`, `EXECUTING`, `SUCCEEDED`, `FAILED`, `SKIPPED` or `CANCELLED`.
    pub(in super::super) state: &'static str,
    /// The code and message of a failure.
    pub(in super::super) failure: Option<(String, String)>,
    /// When it was due.
    pub(in super::super) scheduled: OffsetDateTime,
    pub(in super::super) started: Option<OffsetDateTime>,
    pub(in super::super) completed: Option<OffsetDateTime>,
    /// `SCHEDULE` or `EXECUTE TASK`.
    pub(in super::super) scheduled_from: &'static str,
    pub(in super::super) return_value: Option<String>,
}
