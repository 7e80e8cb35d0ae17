//! What ran, how long it took and why.

mod filter;
mod options;
mod profile;
mod read;
mod recent;
mod record;
mod summary;
mod top;
mod view;

pub use options::{HistorySource, QueryHistoryOptions};
pub use profile::{QueryOperator, QueryProfile, query_profile};
pub use read::query_history;
pub use record::{HistoryStatus, QueryRecord};
pub use summary::{Percentiles, QuerySummary, summarize_queries, summarize_queries_by_warehouse};
pub use top::{most_expensive_queries, slowest_queries};

#[cfg(test)]
mod tests;
