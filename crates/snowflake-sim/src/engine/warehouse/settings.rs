//! What CREATE and ALTER WAREHOUSE set.

use std::num::NonZeroU64;

use snowflake_proto::WarehouseSize;

use super::super::SqlError;
use super::super::syntax::Options;

/// Statements that one cluster runs at a time, unless set.
const CONCURRENCY: usize = 8;
/// The longest that a statement runs, in seconds, unless set.
const STATEMENT_TIMEOUT: u64 = 172_800;
/// Seconds of idleness before a warehouse is suspended, unless set.
const AUTO_SUSPEND: u64 = 600;

/// The properties and parameters of a warehouse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Settings {
    pub(in super::super) kind: String,
    pub(in super::super) size: WarehouseSize,
    pub(in super::super) min_clusters: usize,
    pub(in super::super) max_clusters: usize,
    pub(in super::super) scaling_policy: String,
    /// Seconds of idleness before it is suspended.
    pub(in super::super) auto_suspend: Option<NonZeroU64>,
    pub(in super::super) auto_resume: bool,
    pub(in super::super) resource_monitor: Option<String>,
    pub(in super::super) comment: String,
    pub(in super::super) query_acceleration: bool,
    pub(in super::super) query_acceleration_scale: u64,
    pub(in super::super) resource_constraint: Option<String>,
    pub(in super::super) generation: Option<String>,
    /// Statements that one cluster runs at a time.
    pub(in super::super) concurrency: usize,
    /// The longest that a statement waits for a place, in seconds.
    pub(in super::super) queued_timeout: Option<NonZeroU64>,
    /// The longest that a statement runs, in seconds.
    pub(in super::super) statement_timeout: Option<NonZeroU64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            kind: "STANDARD".to_owned(),
            size: WarehouseSize::default(),
            min_clusters: 1,
            max_clusters: 1,
            scaling_policy: "STANDARD".to_owned(),
            auto_suspend: NonZeroU64::new(AUTO_SUSPEND),
            auto_resume: true,
            resource_monitor: None,
            comment: String::new(),
            query_acceleration: false,
            query_acceleration_scale: 8,
            resource_constraint: None,
            generation: None,
            concurrency: CONCURRENCY,
            queued_timeout: None,
            statement_timeout: NonZeroU64::new(STATEMENT_TIMEOUT),
        }
    }
}

/// What SET and UNSET know.
const PROPERTIES: [&str; 16] = [
    "WAREHOUSE_TYPE",
    "WAREHOUSE_SIZE",
    "GENERATION",
    "RESOURCE_CONSTRAINT",
    "MAX_CLUSTER_COUNT",
    "MIN_CLUSTER_COUNT",
    "SCALING_POLICY",
    "AUTO_SUSPEND",
    "AUTO_RESUME",
    "RESOURCE_MONITOR",
    "COMMENT",
    "ENABLE_QUERY_ACCELERATION",
    "QUERY_ACCELERATION_MAX_SCALE_FACTOR",
    "MAX_CONCURRENCY_LEVEL",
    "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS",
    "STATEMENT_TIMEOUT_IN_SECONDS",
];
/// What only CREATE or only ALTER knows, and does not stay.
const PASSING: [&str; 2] = ["INITIALLY_SUSPENDED", "WAIT_FOR_COMPLETION"];

/// Whether a warehouse has a property or parameter of that name.
fn is_property(name: &str) -> bool {
    PROPERTIES.contains(&name)
}

impl Settings {
    /// These settings with those of a statement over them.
    ///
    /// # Errors
    /// `001420` for a property that no warehouse has, `001008` for a value that it does not take.
    pub(in super::super) fn with(mut self, options: &Options) -> Result<Self, SqlError> {
        for name in options.names() {
            if !is_property(name) && !PASSING.contains(&name) {
                return Err(invalid_property(name));
            }
            if let Some(value) = options.text(name) {
                self.set(name, value, options)?;
            }
        }
        if self.min_clusters > self.max_clusters {
            return Err(invalid("MIN_CLUSTER_COUNT", &self.min_clusters.to_string()));
        }
        Ok(self)
    }

    fn set(&mut self, name: &str, value: &str, options: &Options) -> Result<(), SqlError> {
        let upper = || value.to_ascii_uppercase();
        match name {
            "WAREHOUSE_TYPE" => self.kind = one_of(name, value, &["STANDARD", "SNOWPARK-OPTIMIZED"])?,
            "WAREHOUSE_SIZE" => {
                self.size = WarehouseSize::parse(value).ok_or_else(|| invalid(name, value))?
            }
            "GENERATION" => self.generation = Some(one_of(name, value, &["1", "2"])?),
            "RESOURCE_CONSTRAINT" => self.resource_constraint = Some(upper()),
            "MIN_CLUSTER_COUNT" => self.min_clusters = count(name, value)?,
            "MAX_CLUSTER_COUNT" => self.max_clusters = count(name, value)?,
            "SCALING_POLICY" => self.scaling_policy = one_of(name, value, &["STANDARD", "ECONOMY"])?,
            "AUTO_SUSPEND" => self.auto_suspend = seconds(name, value)?,
            "AUTO_RESUME" => self.auto_resume = options.boolean(name)?.unwrap_or(true),
            "RESOURCE_MONITOR" => {
                self.resource_monitor = Some(value.to_owned()).filter(|_| upper() != "NULL");
            }
            "COMMENT" => value.clone_into(&mut self.comment),
            "ENABLE_QUERY_ACCELERATION" => {
                self.query_acceleration = options.boolean(name)?.unwrap_or_default();
            }
            "QUERY_ACCELERATION_MAX_SCALE_FACTOR" => {
                self.query_acceleration_scale = options.number(name)?.unwrap_or_default();
            }
            "MAX_CONCURRENCY_LEVEL" => self.concurrency = count(name, value)?,
            "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS" => self.queued_timeout = seconds(name, value)?,
            "STATEMENT_TIMEOUT_IN_SECONDS" => self.statement_timeout = seconds(name, value)?,
            _ => {}
        }
        Ok(())
    }

    /// Puts a property back to what it is in a new warehouse.
    ///
    /// # Errors
    /// `001420` for a property that no warehouse has.
    pub(in super::super) fn unset(&mut self, name: &str) -> Result<(), SqlError> {
        let new = Self::default();
        match name {
            "WAREHOUSE_TYPE" => self.kind = new.kind,
            "WAREHOUSE_SIZE" => self.size = new.size,
            "GENERATION" => self.generation = new.generation,
            "RESOURCE_CONSTRAINT" => self.resource_constraint = new.resource_constraint,
            "MIN_CLUSTER_COUNT" => self.min_clusters = new.min_clusters,
            "MAX_CLUSTER_COUNT" => {
                self.max_clusters = new.max_clusters;
                self.min_clusters = self.min_clusters.min(self.max_clusters);
            }
            "SCALING_POLICY" => self.scaling_policy = new.scaling_policy,
            "AUTO_SUSPEND" => self.auto_suspend = new.auto_suspend,
            "AUTO_RESUME" => self.auto_resume = new.auto_resume,
            "RESOURCE_MONITOR" => self.resource_monitor = new.resource_monitor,
            "COMMENT" => self.comment = new.comment,
            "ENABLE_QUERY_ACCELERATION" => self.query_acceleration = new.query_acceleration,
            "QUERY_ACCELERATION_MAX_SCALE_FACTOR" => {
                self.query_acceleration_scale = new.query_acceleration_scale;
            }
            "MAX_CONCURRENCY_LEVEL" => self.concurrency = new.concurrency,
            "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS" => self.queued_timeout = new.queued_timeout,
            "STATEMENT_TIMEOUT_IN_SECONDS" => self.statement_timeout = new.statement_timeout,
            _ => return Err(invalid_property(name)),
        }
        Ok(())
    }
}

fn one_of(name: &str, value: &str, known: &[&str]) -> Result<String, SqlError> {
    let upper = value.to_ascii_uppercase();
    if known.contains(&upper.as_str()) { Ok(upper) } else { Err(invalid(name, value)) }
}

/// A number from 1.
fn count(name: &str, value: &str) -> Result<usize, SqlError> {
    value.parse().ok().filter(|count| *count > 0).ok_or_else(|| invalid(name, value))
}

/// A number of seconds, where 0 and NULL mean never.
fn seconds(name: &str, value: &str) -> Result<Option<NonZeroU64>, SqlError> {
    if value.eq_ignore_ascii_case("NULL") {
        return Ok(None);
    }
    value.parse().map(NonZeroU64::new).map_err(|_| invalid(name, value))
}

fn invalid(name: &str, value: &str) -> SqlError {
    let message = format!("SQL compilation error:\ninvalid value [{value}] for parameter '{name}'");
    SqlError::new("001008", "22023", message)
}

fn invalid_property(name: &str) -> SqlError {
    let message = format!("SQL compilation error:\ninvalid property '{name}' for 'WAREHOUSE'");
    SqlError::new("001420", "22023", message)
}
