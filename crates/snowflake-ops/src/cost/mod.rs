//! What an account costs: before a statement, after it, by the hour, and against a budget.

mod attribution;
mod budget;
mod estimate;
mod query;
mod rate;
mod usage;

pub use attribution::{AttributionKey, AttributionLine, CostAttribution, attribute_credits};
pub use budget::{
    Alert, AlertKind, AlertMemory, AlertSink, Budget, BudgetCheck, BudgetPeriod, BudgetScope, BudgetStatus,
    BudgetWatch, BurnRate, CallbackSink, Forecast, LogSink, Spend, Spender, WebhookSink, evaluate_budget,
    fetch_spend,
};
pub use estimate::{
    CostBound, CostEstimate, CostEstimator, CostLimit, EstimateBasis, PriorReason, UnknownCost,
};
pub use query::{CostMethod, QueryCost, WhyApproximated, fetch_query_cost};
pub use usage::{CreditUsage, UsageSource, fetch_credit_usage};
