//! What a router is built from.

use std::sync::Arc;
use std::time::Duration;

use snowflake_proto::Identifier;

use super::router::{Inner, WarehouseRouter};
use super::statuses::Statuses;
use super::strategy::{Configured, Hysteresis};
use super::{WarehouseConfig, WarehouseSource};

/// Collects what a [`WarehouseRouter`] is told; see [`WarehouseRouter::new`].
///
/// Nothing is checked here: what cannot work is reported by the first choice.
#[derive(Debug)]
#[must_use]
pub struct WarehouseRouterBuilder {
    source: Arc<dyn WarehouseSource>,
    warehouses: Vec<WarehouseConfig>,
    default: Option<String>,
    life: Duration,
    limit: Duration,
    hysteresis: Hysteresis,
}

/// A configuration that can be worked with.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) warehouses: Vec<Configured>,
    pub(super) default: usize,
}

impl WarehouseRouterBuilder {
    pub(super) fn new(source: Arc<dyn WarehouseSource>) -> Self {
        Self {
            source,
            warehouses: Vec::new(),
            default: None,
            life: Duration::from_secs(10),
            limit: Duration::from_secs(10),
            hysteresis: Hysteresis { margin: 15, hold: Duration::from_secs(60) },
        }
    }

    /// Lets the router choose this warehouse too. Where nothing else decides, the one that was added first is chosen.
    pub fn add_warehouse(mut self, warehouse: WarehouseConfig) -> Self {
        self.warehouses.push(warehouse);
        self
    }

    /// The warehouse to use when nothing is known or none can be used; one of those that were added, the first of them
    /// unless set.
    pub fn default_warehouse(mut self, name: impl Into<String>) -> Self {
        self.default = Some(name.into());
        self
    }

    /// How long the states of the warehouses count as known: 10 s unless set. They are asked for when somebody wants a
    /// warehouse and they are older.
    pub fn status_ttl(mut self, life: Duration) -> Self {
        self.life = life;
        self
    }

    /// How long the router waits for the states of the warehouses before it does without: 10 s unless set.
    pub fn status_timeout(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// How long a choice stays while it is ready: a minute unless set.
    pub fn hold(mut self, hold: Duration) -> Self {
        self.hysteresis.hold = hold;
        self
    }

    /// By how many points another warehouse must be better after that: 15 unless set.
    pub fn switch_margin(mut self, points: u32) -> Self {
        self.hysteresis.margin = points;
        self
    }

    /// Done.
    #[must_use]
    pub fn build(self) -> WarehouseRouter {
        let Self { source, warehouses, default, life, limit, hysteresis } = self;
        let plan = Plan::of(warehouses, default.as_deref());
        WarehouseRouter::assemble(Inner::new(plan, Statuses::new(source, life, limit), hysteresis))
    }
}

impl Plan {
    /// The configuration, or everything that is wrong with it.
    fn of(warehouses: Vec<WarehouseConfig>, default: Option<&str>) -> Result<Self, String> {
        let mut problems = Vec::new();
        let mut configured: Vec<Configured> = Vec::new();
        for config in warehouses {
            match Identifier::parse(&config.name) {
                Err(error) => problems.push(format!("a warehouse has a name that is none: {error}")),
                Ok(name) if configured.iter().any(|other| other.exact == name.name()) => {
                    problems.push(format!("the warehouse {name} was added twice"));
                }
                Ok(name) => configured.push(Configured { config, exact: name.name().to_owned() }),
            }
        }
        if configured.is_empty() {
            problems.push("no warehouse was added to choose from".to_owned());
        }
        let default = default.map_or(Ok(0), |name| place_of(&configured, name));
        let default = default.unwrap_or_else(|problem| {
            problems.push(problem);
            0
        });
        if problems.is_empty() {
            return Ok(Self { warehouses: configured, default });
        }
        Err(format!("the warehouse router cannot work: {}", problems.join("; ")))
    }
}

/// The place of a warehouse by the name that a caller gives.
pub(super) fn place_of(warehouses: &[Configured], name: &str) -> Result<usize, String> {
    let shown = name.escape_debug();
    let parsed = Identifier::parse(name).map_err(|_| format!("{shown} is no name of a warehouse"))?;
    let found = warehouses.iter().position(|configured| configured.exact == parsed.name());
    found.ok_or_else(|| format!("the warehouse {shown} is none of those that were added"))
}
