//! What a statement has cost.

mod cost;
mod facts;
mod share;
#[cfg(test)]
mod tests;

pub use cost::{CostMethod, QueryCost, WhyApproximated, fetch_query_cost};
