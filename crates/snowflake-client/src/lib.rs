//! A Snowflake client: async, typed, Arrow-native.
//!
//! [`SnowflakeClient`] is the way in. It keeps a pool of sessions, runs statements on them, streams
//! their results as rows or Arrow batches, uploads files, and tells whether the service is well.
//! The layers below are crates of their own; what you need of them is re-exported here.
//!
//! With the feature `sim-server` an embedded server speaks the same protocol, so that every example
//! and test runs without an account:
//!
//! ```
//! # #[cfg(feature = "sim-server")]
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use snowflake_client::{Protocol, QueryBuilder, SnowflakeClient, sim::SimServer};
//!
//! let server = SimServer::builder().user("me", "secret").start().await?;
//! let client = SnowflakeClient::builder()
//!     .account(server.account())
//!     .host(server.host())
//!     .port(server.port())
//!     .protocol(Protocol::Http)
//!     .user("me")
//!     .password("secret")
//!     .build()
//!     .await?;
//!
//! let result = client.execute(QueryBuilder::new("SELECT ? AS answer").bind(42).build()).await?;
//! for row in &result.rows {
//!     let answer: i64 = row.get("answer")?;
//!     assert_eq!(answer, 42);
//! }
//! # client.close().await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! | Feature | Default | What it gives |
//! |---|---|---|
//! | `parquet` | yes | export of results as Parquet |
//! | `sim` | yes | scripted answers, recordings and faults for tests without any server |
//! | `sim-socket` | no | misbehaving servers on loopback sockets: raw TCP, TLS, HTTP/2, a proxy |
//! | `ops-service` | no | health and metrics of an account over HTTP, and the binary `snowflake-ops` |
//! | `otlp` | no | the binary's traces to an OpenTelemetry collector |
//! | `sim-server` | no | the embedded server; compiles a query engine, which takes minutes |

mod builder;
mod bulk;
mod client;
mod config;
mod cost;
mod error;
mod files;
mod history;
mod metadata;
#[cfg(feature = "ops-service")]
mod serve;
#[cfg_attr(not(feature = "sim"), path = "no_simulation.rs")]
mod simulation;
mod warehouses;

pub use builder::ClientBuilder;
pub use client::SnowflakeClient;
pub use config::{Authentication, SimulationMode, SnowflakeConfig};
pub use cost::CostLimited;
pub use error::{ErrorKind, SnowflakeError};
#[cfg(feature = "sim")]
pub use simulation::Simulation;
pub use snowflake_ingest::{
    BinaryFormat, BulkInsertOptions, BulkInsertResult, BulkMethod, BulkUpsertResult, CopyError, CopyFile,
    CopyIntoRequest, CopyOptions, CopyResult, CopyStatus, CreateTable, DeadLetters, DownloadOptions,
    FileCompression, FileFormat, FormatType, GetFile, GetResult, GetStatus, MatchByColumnName, OnError,
    OnFailure, OptionValue, Progress, PutFile, PutOptions, PutResult, PutStatus, RecordBatch, RejectedRecord,
    RejectedRow, SourceCompression, StageFile, UnloadRequest, UnloadResult, UnloadSource, UnloadedFile,
    UploadOptions,
};
pub use snowflake_ops::Health;
pub use snowflake_ops::{
    Alert, AlertKind, AlertMemory, AlertSink, Budget, BudgetCheck, BudgetPeriod, BudgetScope, BudgetStatus,
    BudgetWatch, BurnRate, CallbackSink, Forecast, LogSink, Spend, Spender, WebhookSink, evaluate_budget,
};
pub use snowflake_ops::{
    AttributionKey, AttributionLine, Change, Clustering, ColumnKind, ColumnSnapshot, CostAttribution,
    CostBound, CostEstimate, CostEstimator, CostLimit, CostMethod, CreditUsage, Database, EstimateBasis,
    ForeignKey, ForeignKeySnapshot, Grant, Grantee, Key, KeySnapshot, ListOptions, Listing, NamedFileFormat,
    NamedTable, PriorReason, QueryCost, Schema, SchemaDifference, SchemaSnapshot, Scope, Stage, Table,
    TableColumn, TableDifference, TableKeys, TableKind, TableSnapshot, TableStatistics, TableStorage,
    UnknownCost, UsageSource, View, WhyApproximated,
};
pub use snowflake_ops::{
    Audit, AuditEvent, AuditRecord, AuditStatements, AuditStream, Confidence, Route, ScalingAdvice,
    ScalingHint, Sign, SqlText, Suspicion, WarehouseConfig, WarehouseLoad, WarehouseRouter,
    WarehouseRouterBuilder, WarehouseSize, WarehouseSource, WarehouseState, WarehouseStatus, WorkloadType,
    fingerprint, suspicions,
};
pub use snowflake_ops::{
    HistorySource, HistoryStatus, Percentiles, QueryHistoryOptions, QueryOperator, QueryProfile, QueryRecord,
    QuerySummary,
};
pub use snowflake_ops::{Metric, MetricKind, MetricLabel, MetricMerge, MetricSource, MetricValues};
pub use snowflake_ops::{describe_metrics, metric_catalogue, metric_sources};
pub use snowflake_proto::{
    AccountId, ArrowOptions, Bind, Cell, Column, DataType, Identifier, Literal, Numbers, ObjectName,
    ParameterValue, Protocol, Recovery, Secret, ServerCode, StatementType, Timestamps,
};
pub use snowflake_query::{
    BatchStream, ColumnIndex, CsvHeader, CsvOptions, Ending, Export, Exported, FromCell, InFlight,
    MemoryBudget, Mismatch, Observed, Observer, Outcome, PrefetchOptions, Query, QueryBuilder, QueryHandle,
    QueryId, QueryResult, QueryStats, QueryStatus, Resubmit, Row, RowFuture, RowStream, Rows, Session,
    TypedRows, Uuid,
};
#[cfg(feature = "parquet")]
pub use snowflake_query::{ParquetOptions, ParquetTimestamps};

/// Proof of identity: what a login needs.
pub mod auth {
    pub use snowflake_auth::{
        AccessToken, Credential, CredentialProvider, KeyPair, Password, PrivateKey, ProgrammaticAccessToken,
    };
}

/// What a [`Route`] tells of the warehouses that it was chosen from.
pub mod routing {
    pub use snowflake_ops::{Candidate, Reason, Standing};
}

/// The seam below everything: one HTTP request in, one HTTP response out.
pub mod transport {
    pub use snowflake_transport::{
        Body, BoxFuture, Clock, Delivery, Entropy, Error, ErrorKind, HttpTransport, HttpVersions, Proxy,
        Request, Response, RetryPolicy, SystemClock, SystemEntropy, Transport, TransportOptions,
    };
}

/// The service: health and figures of an account over HTTP; see [`SnowflakeClient::serve`].
#[cfg(feature = "ops-service")]
pub mod service {
    pub use snowflake_ops::{CollectorOptions, Exposition, Service, ServiceOptions, collector_names};
}

/// A recording that answers in place of the service; see [`SnowflakeClient::with_simulation`].
#[cfg(feature = "sim")]
pub use snowflake_sim::Replay as SimulationReplayer;

/// Testing without an account.
#[cfg(feature = "sim")]
pub mod sim {
    pub use snowflake_sim::*;
}

/// The examples of the README, compiled with those of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}

/// The examples of the guide, compiled likewise.
#[cfg(all(doctest, feature = "sim"))]
#[doc = include_str!("../../../docs/guide/testing.md")]
mod testing_guide {}

#[cfg(all(doctest, feature = "sim"))]
#[doc = include_str!("../../../docs/guide/loading.md")]
mod loading_guide {}

#[cfg(all(doctest, feature = "sim"))]
#[doc = include_str!("../../../docs/guide/routing.md")]
mod routing_guide {}

#[cfg(all(doctest, feature = "sim"))]
#[doc = include_str!("../../../docs/guide/metadata.md")]
mod metadata_guide {}

#[cfg(all(doctest, feature = "sim"))]
#[doc = include_str!("../../../docs/guide/cost.md")]
mod cost_guide {}

#[cfg(all(doctest, feature = "sim"))]
#[doc = include_str!("../../../docs/guide/budgets.md")]
mod budgets_guide {}
