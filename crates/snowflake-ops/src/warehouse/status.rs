//! How a warehouse is doing.

use std::time::Duration;

use time::OffsetDateTime;

use super::WarehouseSize;
use crate::answer::AnswerRow;
use crate::error::Result;

/// Statements that a cluster runs side by side before it queues, unless the warehouse's `MAX_CONCURRENCY_LEVEL`,
/// which `SHOW WAREHOUSES` does not tell, says otherwise.
const CONCURRENCY: u64 = 8;

/// A warehouse as `SHOW WAREHOUSES` describes it. What a server does not tell is `None`, or 0 for a count.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct WarehouseStatus {
    /// Its exact name, without quotes.
    pub name: String,
    /// Whether it runs.
    pub state: WarehouseState,
    /// `STANDARD` or `SNOWPARK-OPTIMIZED`.
    pub warehouse_type: Option<String>,
    /// Which generation of hardware a standard one runs on, such as `2` or `STANDARD_GEN_2`.
    pub generation: Option<String>,
    /// Its size; `None` for a size that this crate does not know.
    pub size: Option<WarehouseSize>,
    /// The fewest clusters that it runs with.
    pub min_clusters: u32,
    /// The most clusters that it runs with.
    pub max_clusters: u32,
    /// The clusters that run now.
    pub started_clusters: u32,
    /// The clusters that could not be started.
    pub failed_clusters: u32,
    /// Statements that run now.
    pub running: u64,
    /// Statements that wait for their turn.
    pub queued: u64,
    /// Whether it is the user's default.
    pub is_default: bool,
    /// Whether it is the current one of the session that asked.
    pub is_current: bool,
    /// How long it stays idle before it suspends itself; `None` when it never does.
    pub auto_suspend: Option<Duration>,
    /// Whether a statement wakes it.
    pub auto_resume: bool,
    /// Share of its compute that is available, in percent; `None` while it is suspended.
    pub available_percent: Option<f64>,
    /// When it was created.
    pub created_on: Option<OffsetDateTime>,
    /// When it was last resumed.
    pub resumed_on: Option<OffsetDateTime>,
    /// When it was last changed.
    pub updated_on: Option<OffsetDateTime>,
    /// The role that owns it.
    pub owner: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// The resource monitor that watches its credits.
    pub resource_monitor: Option<String>,
    /// `STANDARD` or `ECONOMY`: when further clusters are started.
    pub scaling_policy: Option<String>,
}

/// Whether a warehouse runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarehouseState {
    /// It runs.
    Started,
    /// It is being started or resumed.
    Starting,
    /// It runs and changes its size.
    Resizing,
    /// It lets its last statements end.
    Suspending,
    /// It does not run and costs nothing.
    Suspended,
    /// A state that this crate does not know.
    #[default]
    Unknown,
}

impl WarehouseState {
    fn parse(text: &str) -> Self {
        match text.trim().to_ascii_uppercase().as_str() {
            "STARTED" | "DYNAMIC" => Self::Started,
            "STARTING" | "RESUMING" => Self::Starting,
            "RESIZING" => Self::Resizing,
            "SUSPENDING" => Self::Suspending,
            "SUSPENDED" => Self::Suspended,
            _ => Self::Unknown,
        }
    }

    /// Whether it has compute now, and costs credits.
    #[must_use]
    pub fn is_running(self) -> bool {
        matches!(self, Self::Started | Self::Resizing)
    }

    /// Whether it sleeps, or is about to.
    #[must_use]
    pub fn is_suspended(self) -> bool {
        matches!(self, Self::Suspended | Self::Suspending)
    }
}

impl WarehouseStatus {
    /// Credits that it costs in an hour as it runs now: nothing while it is suspended, and `None` for an unknown size.
    #[must_use]
    pub fn credits_per_hour(&self) -> Option<f64> {
        if !self.state.is_running() {
            return Some(0.0);
        }
        Some(self.size?.credits_per_hour() * f64::from(self.started_clusters.max(1)))
    }

    /// Statements that its clusters run side by side before further ones queue, at the service's usual 8 for a
    /// cluster. A suspended warehouse counts with the clusters that it would start with.
    #[must_use]
    pub fn concurrency(&self) -> u64 {
        let clusters = self.started_clusters.max(self.min_clusters).max(1);
        u64::from(clusters) * CONCURRENCY
    }

    pub(crate) fn read(row: &AnswerRow<'_>) -> Result<Self> {
        let clusters = |column| row.count(column).map_or(0, |count| u32::try_from(count).unwrap_or(u32::MAX));
        let named = |column| row.optional_text(column).filter(|text| !text.eq_ignore_ascii_case("null"));
        Ok(Self {
            name: row.text("name")?,
            state: WarehouseState::parse(&row.text("state")?),
            warehouse_type: named("type"),
            generation: named("generation").or_else(|| named("resource_constraint")),
            size: row.optional_text("size").and_then(|size| WarehouseSize::parse(&size)),
            min_clusters: clusters("min_cluster_count").max(1),
            max_clusters: clusters("max_cluster_count").max(1),
            started_clusters: clusters("started_clusters"),
            failed_clusters: clusters("failed"),
            running: row.count("running").unwrap_or(0),
            queued: row.count("queued").unwrap_or(0),
            is_default: row.flag("is_default").unwrap_or(false),
            is_current: row.flag("is_current").unwrap_or(false),
            auto_suspend: row.count("auto_suspend").filter(|idle| *idle > 0).map(Duration::from_secs),
            auto_resume: row.flag("auto_resume").unwrap_or(true),
            available_percent: row.number("available"),
            created_on: row.instant("created_on"),
            resumed_on: row.instant("resumed_on"),
            updated_on: row.instant("updated_on"),
            owner: named("owner"),
            comment: row.optional_text("comment"),
            resource_monitor: named("resource_monitor"),
            scaling_policy: named("scaling_policy"),
        })
    }
}
