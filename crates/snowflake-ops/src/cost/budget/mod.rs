//! Budgets: what may be used, what was, and who is told when that goes wrong.

mod alert;
mod burn;
mod definition;
mod evaluate;
mod forecast;
mod memory;
mod period;
mod sink;
mod spend;
mod watch;
mod webhook;

#[cfg(test)]
mod tests;

pub use alert::{Alert, AlertKind};
pub use burn::BurnRate;
pub use definition::{Budget, BudgetScope};
pub use evaluate::{BudgetStatus, evaluate_budget};
pub use forecast::Forecast;
pub use memory::AlertMemory;
pub use period::BudgetPeriod;
pub use sink::{AlertSink, CallbackSink, LogSink};
pub use spend::{Spend, Spender, fetch_spend};
pub use watch::{BudgetCheck, BudgetWatch};
pub use webhook::WebhookSink;
