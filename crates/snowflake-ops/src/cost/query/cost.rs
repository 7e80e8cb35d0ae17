//! The credits of one statement.

use snowflake_query::{Pool, QueryId};

use super::facts::{Attributed, Facts, fetch_attributed, fetch_facts, fetch_others};
use super::share::share;
use crate::error::{Result, UnknownStatementSnafu};

/// What a statement has cost, in credits.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct QueryCost {
    /// The statement.
    pub query_id: QueryId,
    /// The sum of the three parts below, as far as they are known.
    pub total_credits: f64,
    /// Its share of the warehouse while it ran, and that of the statements that it ran itself. Idle time of the
    /// warehouse is nobody's.
    pub compute: f64,
    /// What the query acceleration service used for it.
    pub query_acceleration: f64,
    /// What the services around the warehouse used for it; `None` where the role may not see it. These are billed only
    /// beyond a tenth of a day's compute.
    pub cloud_services: Option<f64>,
    /// How the compute was found.
    pub method: CostMethod,
    /// The exact name of the warehouse, where one was used and the role may see it.
    pub warehouse: Option<String>,
}

/// How the compute of a statement was found.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum CostMethod {
    /// The account says so, in `QUERY_ATTRIBUTION_HISTORY`.
    Attributed,
    /// The seconds that the statement ran, times the rate of a warehouse of that size, times its share of it.
    ///
    /// Not in it: query acceleration, and the gaps between short statements. Statements that the role may not see are
    /// not shared with, so that the figure may be too high.
    Approximated {
        /// Why the account's own figure was not taken.
        why: WhyApproximated,
        /// The part of the warehouse that the statement had next to others: 1 where it was alone.
        share: f64,
    },
    /// The statement used no warehouse: its result was kept, or comes from metadata.
    NoCompute,
}

/// Why a cost is an approximation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhyApproximated {
    /// The account has not attributed anything to the statement. That takes up to eight hours, and never comes for
    /// statements of less than about a tenth of a second.
    NotAttributed,
    /// The role may not read `SNOWFLAKE.ACCOUNT_USAGE.QUERY_ATTRIBUTION_HISTORY`.
    NoAccess,
}

/// What a statement has cost: as the account attributes it, else an approximation that says it is one.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) for a statement that still runs or that no history shows to this role;
/// where the role may read no history, one of which
/// [`Error::lacks_account_usage`](crate::Error::lacks_account_usage) is true; the other kinds of a statement.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement that it waits for.
pub async fn fetch_query_cost(pool: &Pool, query_id: &QueryId) -> Result<QueryCost> {
    let (attributed, why) = match fetch_attributed(pool, query_id).await {
        Err(error) if error.lacks_account_usage() => (None, WhyApproximated::NoAccess),
        attributed => (attributed?, WhyApproximated::NotAttributed),
    };
    let (facts, refused) = fetch_facts(pool, query_id).await?;
    match (attributed, facts, refused) {
        (Some(attributed), facts, _) => Ok(by_account(*query_id, attributed, facts)),
        (None, Some(facts), _) => approximate(pool, *query_id, facts, why).await,
        (None, None, Some(refused)) => Err(refused),
        (None, None, None) => UnknownStatementSnafu { query_id: *query_id }.fail()?,
    }
}

fn by_account(query_id: QueryId, attributed: Attributed, facts: Option<Facts>) -> QueryCost {
    let (warehouse, cloud_services) =
        facts.map_or((None, None), |facts| (facts.warehouse, facts.cloud_services));
    QueryCost {
        query_id,
        total_credits: attributed.compute + attributed.acceleration + cloud_services.unwrap_or(0.0),
        compute: attributed.compute,
        query_acceleration: attributed.acceleration,
        cloud_services,
        method: CostMethod::Attributed,
        warehouse,
    }
}

async fn approximate(
    pool: &Pool,
    query_id: QueryId,
    facts: Facts,
    why: WhyApproximated,
) -> Result<QueryCost> {
    let Some(mine) = facts.span() else { return UnknownStatementSnafu { query_id }.fail()? };
    let (compute, method) = match facts.per_second {
        None => (0.0, CostMethod::NoCompute),
        Some(per_second) => {
            let share = share(mine, &fetch_others(pool, &query_id, &facts, mine).await?);
            (mine.seconds() * per_second * share, CostMethod::Approximated { why, share })
        }
    };
    Ok(QueryCost {
        query_id,
        total_credits: compute + facts.cloud_services.unwrap_or(0.0),
        compute,
        query_acceleration: 0.0,
        cloud_services: facts.cloud_services,
        method,
        warehouse: facts.warehouse,
    })
}
