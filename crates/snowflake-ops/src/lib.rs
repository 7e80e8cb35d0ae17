//! Operating a Snowflake account from Rust: what is in it, how it does, and what it costs.
//!
//! The types are re-exported by `snowflake-client`, whose methods are the usual way in.

mod account_usage;
mod answer;
mod audit;
mod cost;
mod duration;
mod error;
mod health;
mod history;
mod metadata;
mod metric;
mod names;
mod safety;
#[cfg(feature = "service")]
mod service;
#[cfg(test)]
mod testing;
mod warehouse;

pub use audit::{Audit, AuditEvent, AuditRecord, AuditStatements, AuditStream, fingerprint};
pub use cost::{
    Alert, AlertKind, AlertMemory, AlertSink, Budget, BudgetCheck, BudgetPeriod, BudgetScope, BudgetStatus,
    BudgetWatch, BurnRate, CallbackSink, Forecast, LogSink, Spend, Spender, WebhookSink, evaluate_budget,
    fetch_spend,
};
pub use cost::{
    AttributionKey, AttributionLine, CostAttribution, CostBound, CostEstimate, CostEstimator, CostLimit,
    CostMethod, CreditUsage, EstimateBasis, PriorReason, QueryCost, UnknownCost, UsageSource,
    WhyApproximated, attribute_credits, fetch_credit_usage, fetch_query_cost,
};
pub use duration::parse_duration;
pub use error::{Error, ErrorKind, Result};
pub use health::{Health, check_health};
pub use history::{
    HistorySource, HistoryStatus, Percentiles, QueryHistoryOptions, QueryOperator, QueryProfile, QueryRecord,
    QuerySummary, most_expensive_queries, query_history, query_profile, slowest_queries, summarize_queries,
    summarize_queries_by_warehouse,
};
pub use metadata::{
    Change, Clustering, ColumnKind, ColumnSnapshot, Database, ForeignKey, ForeignKeySnapshot, Grant, Grantee,
    Key, KeySnapshot, ListOptions, Listing, NamedFileFormat, NamedTable, Schema, SchemaDifference,
    SchemaSnapshot, Scope, Stage, Table, TableColumn, TableDifference, TableKeys, TableKind, TableSnapshot,
    TableStatistics, TableStorage, View, describe_table, grants, keys, list_databases, list_file_formats,
    list_schemas, list_stages, list_tables, list_views, snapshot, table_statistics,
};
pub use metric::{
    Metric, MetricKind, MetricLabel, MetricMerge, MetricSource, MetricValues, describe_metrics,
    metric_catalogue, metric_sources,
};
pub use safety::{Confidence, Sign, SqlText, Suspicion, suspicions};
#[cfg(feature = "service")]
pub use service::{CollectorOptions, Exposition, Service, ServiceOptions, collector_names};
pub use warehouse::{
    Candidate, Reason, Route, ScalingAdvice, ScalingHint, Standing, WarehouseConfig, WarehouseLoad,
    WarehouseRouter, WarehouseRouterBuilder, WarehouseSize, WarehouseSource, WarehouseState, WarehouseStatus,
    WorkloadType, list_warehouses, resize_warehouse, resume_warehouse, suspend_warehouse, warehouse_load,
    warehouse_status,
};
