//! Choosing a warehouse for each piece of work.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::builder::{Plan, place_of};
use super::discover::{discovered, unseen};
use super::hint::{Sample, advise};
use super::statuses::{ByName, Statuses};
use super::strategy::{Hysteresis, Incumbent, Request, Situation, Why, decide};
use super::{
    Route, ScalingHint, WarehouseConfig, WarehouseRouterBuilder, WarehouseSize, WarehouseSource, WorkloadType,
};
use crate::error::{ConfigurationSnafu, Result};

/// So many looks at each warehouse are remembered.
const SAMPLES: usize = 120;

/// Chooses a warehouse for each piece of work, by what it is kept for, its size, its queue, its health and its cost.
///
/// It looks at the account's warehouses now and then (`SHOW WAREHOUSES`, which needs no warehouse and wakes none) and
/// never fails because they cannot be looked at: then it answers with the default, and says so.
/// [`route`](Self::route) explains a choice. Clones share what is known.
///
/// ```
/// # use std::sync::Arc;
/// # use snowflake_auth::{LoginOptions, Password, Server, ServerOptions};
/// # use snowflake_proto::{AccountId, ServerAddress};
/// # use snowflake_query::{Pool, PoolOptions, SessionOptions};
/// # use snowflake_sim::{Answer, StandIn, Table};
/// use snowflake_ops::{WarehouseConfig, WarehouseRouter, WarehouseSize, WorkloadType};
///
/// # let shown = Table::new().text("name").text("state").text("size")
/// #     .row(("BATCH_WH", "STARTED", "X-Large")).row(("APP_WH", "STARTED", "Small"));
/// # let service = Arc::new(StandIn::new().on("SHOW WAREHOUSES", Answer::rows(shown)));
/// # let account = AccountId::parse("myorg-myaccount")?;
/// # let server = Server::new(service, ServerAddress::for_account(&account, None)?, ServerOptions::default());
/// # let login = LoginOptions::new(account);
/// # let sessions = SessionOptions::new(server, Arc::new(Password::new("a", "b")), login);
/// # let pool = Pool::lazy(sessions, PoolOptions::default())?;
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let router = WarehouseRouter::new(pool.clone())
///     .add_warehouse(WarehouseConfig {
///         name: "APP_WH".to_string(),
///         size: WarehouseSize::Small,
///         max_queue_depth: 5,
///         preferred_workloads: vec![WorkloadType::Interactive],
///     })
///     .add_warehouse(WarehouseConfig {
///         name: "BATCH_WH".to_string(),
///         size: WarehouseSize::XLarge,
///         max_queue_depth: 20,
///         preferred_workloads: vec![WorkloadType::Batch, WorkloadType::Analytics],
///     })
///     .default_warehouse("APP_WH")
///     .build();
/// let warehouse = router.select_warehouse(WorkloadType::Analytics, Some(WarehouseSize::Medium)).await?;
/// assert_eq!(warehouse, "BATCH_WH");
/// let route = router.route(WorkloadType::Analytics, Some(WarehouseSize::Medium)).await?;
/// println!("{}", route.explain());
/// # pool.close().await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct WarehouseRouter {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    /// Or what is wrong with the configuration, where the constructor could not say it.
    plan: Result<Plan, String>,
    statuses: Statuses,
    hysteresis: Hysteresis,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    incumbents: BTreeMap<Request, Incumbent>,
    /// What is to be avoided, by place, until when and why.
    avoided: BTreeMap<usize, (Instant, String)>,
    samples: BTreeMap<usize, VecDeque<Sample>>,
}

impl Inner {
    pub(super) fn new(plan: Result<Plan, String>, statuses: Statuses, hysteresis: Hysteresis) -> Self {
        Self { plan, statuses, hysteresis, memory: Mutex::default() }
    }

    fn plan(&self) -> Result<&Plan> {
        Ok(self.plan.as_ref().or_else(|message| ConfigurationSnafu { message }.fail())?)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // Every change leaves the memory usable, so a panic elsewhere cannot have spoilt it.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WarehouseRouter {
    /// Starts a router that learns from this source: a pool or a client.
    #[expect(clippy::new_ret_no_self, reason = "a router is built step by step")]
    pub fn new(source: impl WarehouseSource + 'static) -> WarehouseRouterBuilder {
        WarehouseRouterBuilder::new(Arc::new(source))
    }

    /// A router over all warehouses that the role sees, and those that the source is configured with.
    ///
    /// What is configured for a warehouse counts. Of others the work is taken from their comment
    /// (`workloads: batch, analytics; max_queue_depth: 20`), else from the words of their name (`ML_WH`, `ETL_LARGE`), and
    /// what says nothing is for any work. The default is the source's own warehouse, else the user's.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when nothing is configured and the role sees no warehouse; the
    /// kinds of a statement when the warehouses cannot be listed and nothing is configured, not even a default.
    ///
    /// # Cancellation
    /// Dropping the future tells the service to stop the statement.
    pub async fn from_config<S: WarehouseSource + Clone + 'static>(source: &S) -> Result<Self> {
        let (mut configs, own) = (source.configured(), source.default_warehouse());
        let statuses = match (source.warehouses().await, &own) {
            (Ok(statuses), _) => statuses,
            (Err(error), None) if configs.is_empty() => return Err(error),
            (Err(_), own) => {
                if configs.is_empty() {
                    configs.extend(own.clone().map(unseen));
                }
                Vec::new()
            }
        };
        let users = || statuses.iter().find(|status| status.is_default).map(|status| discovered(status).name);
        let mut default = own.or_else(users);
        let is_same = |a: &str, b: &str| parsed(a).is_some_and(|a| Some(a) == parsed(b));
        for found in statuses.iter().map(discovered) {
            if !configs.iter().any(|config| is_same(&config.name, &found.name)) {
                configs.push(found);
            }
        }
        if configs.is_empty() {
            let message = "no warehouse is configured, and the role sees none: it needs USAGE on one";
            return ConfigurationSnafu { message }.fail()?;
        }
        default = default.filter(|name| configs.iter().any(|config| is_same(&config.name, name)));
        let builder =
            configs.into_iter().fold(Self::new(source.clone()), WarehouseRouterBuilder::add_warehouse);
        Ok(match default {
            Some(name) => builder.default_warehouse(name).build(),
            None => builder.build(),
        })
    }

    pub(super) fn assemble(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// The name of the warehouse for a piece of work, for
    /// [`QueryBuilder::warehouse`](snowflake_query::QueryBuilder::warehouse). The size is what would be right; smaller
    /// ones are taken rather than none.
    ///
    /// # Errors
    /// As [`route`](Self::route).
    ///
    /// # Cancellation
    /// As [`route`](Self::route).
    pub async fn select_warehouse(
        &self,
        workload: WorkloadType,
        size: Option<WarehouseSize>,
    ) -> Result<String> {
        Ok(self.route(workload, size).await?.warehouse().to_owned())
    }

    /// The warehouse for a piece of work, and why it is that one.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the router was built from what cannot work: no warehouse,
    /// one twice, a name that is none, a default that was not added. Nothing else: a service that cannot be asked is a
    /// reason to take the default.
    ///
    /// # Cancellation
    /// The future may be dropped at any time.
    pub async fn route(&self, workload: WorkloadType, size: Option<WarehouseSize>) -> Result<Route> {
        let plan = self.inner.plan()?;
        let request = Request { workload, size };
        let known = self.inner.statuses.current().await;
        let now = self.inner.statuses.now();
        let mut memory = self.inner.memory();
        if let Some(statuses) = known.statuses.as_deref().filter(|_| known.is_new) {
            memory.sample(plan, statuses, now);
        }
        let avoided = memory.avoided(now);
        let situation = Situation {
            warehouses: &plan.warehouses,
            default: plan.default,
            statuses: known.statuses.as_deref(),
            avoided: &avoided,
            incumbent: memory.incumbents.get(&request).copied(),
            now,
        };
        let decision = decide(request, &situation, self.inner.hysteresis);
        memory.remember(request, decision.place, decision.why, now);
        drop(memory);
        let name = plan.warehouses.get(decision.place).map_or_else(String::new, |it| it.config.name.clone());
        tracing::debug!(%workload, warehouse = name, why = ?decision.why, "chose a warehouse");
        Ok(Route::new(request, name, decision, known.knowledge))
    }

    /// Passes a warehouse over for a while, because of something that its state does not show: a resource monitor that
    /// has reached its quota, statements that failed there.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the router does not know the warehouse.
    pub fn avoid(&self, warehouse: &str, for_time: Duration, why: impl Into<String>) -> Result<()> {
        let plan = self.inner.plan()?;
        let place = place_of(&plan.warehouses, warehouse);
        let place = place.or_else(|message| ConfigurationSnafu { message }.fail())?;
        let now = self.inner.statuses.now();
        let until = now.checked_add(for_time).unwrap_or(now);
        self.inner.memory().avoided.insert(place, (until, why.into()));
        Ok(())
    }

    /// What the queues and the idleness that the router saw say about the sizes of the warehouses. It has something to
    /// say after six looks over five minutes at least, and looks when it is asked for a warehouse or for this.
    ///
    /// # Errors
    /// As [`route`](Self::route).
    ///
    /// # Cancellation
    /// The future may be dropped at any time.
    pub async fn scaling_hints(&self) -> Result<Vec<ScalingHint>> {
        let plan = self.inner.plan()?;
        let known = self.inner.statuses.current().await;
        let now = self.inner.statuses.now();
        let mut memory = self.inner.memory();
        if let Some(statuses) = known.statuses.as_deref().filter(|_| known.is_new) {
            memory.sample(plan, statuses, now);
        }
        let hint = |(place, configured): (usize, &super::strategy::Configured)| {
            let samples = memory.samples.get_mut(&place)?.make_contiguous();
            advise(&configured.config.name, configured.config.max_queue_depth, samples)
        };
        Ok(plan.warehouses.iter().enumerate().filter_map(hint).collect())
    }

    /// The warehouses that it chooses from, in order; none when the router was built from what cannot work.
    #[must_use]
    pub fn warehouses(&self) -> Vec<WarehouseConfig> {
        let plan = self.inner.plan.as_ref();
        plan.map_or_else(|_| Vec::new(), |plan| plan.warehouses.iter().map(|it| it.config.clone()).collect())
    }
}

impl Memory {
    fn avoided(&mut self, now: Instant) -> BTreeMap<usize, String> {
        self.avoided.retain(|_, (until, _)| *until > now);
        self.avoided.iter().map(|(place, (_, why))| (*place, why.clone())).collect()
    }

    fn remember(&mut self, request: Request, place: usize, why: Why, now: Instant) {
        if !matches!(why, Why::Best) {
            return;
        }
        let incumbent = self.incumbents.entry(request).or_insert(Incumbent { place, since: now });
        if incumbent.place != place {
            *incumbent = Incumbent { place, since: now };
        }
    }

    fn sample(&mut self, plan: &Plan, statuses: &ByName, now: Instant) {
        for (place, configured) in plan.warehouses.iter().enumerate() {
            if let Some(status) = statuses.get(&configured.exact) {
                let samples = self.samples.entry(place).or_default();
                if samples.len() >= SAMPLES {
                    samples.pop_front();
                }
                samples.push_back(Sample { at: now, status: status.clone() });
            }
        }
    }
}

fn parsed(name: &str) -> Option<snowflake_proto::Identifier> {
    snowflake_proto::Identifier::parse(name).ok()
}
