//! Sessions, statements and results: from SQL text to rows, over the driver protocol of Snowflake.
//!
//! A [`Session`] runs statements; a [`Pool`] lends sessions to many callers. What is run is a [`Query`], from plain
//! text or a [`QueryBuilder`]. What comes back is a [`QueryResult`] with all rows, a [`RowStream`] or [`BatchStream`]
//! that fetches them in order while they are read, or a [`QueryHandle`] for a statement that runs by itself.
//!
//! A statement keeps one request id over all attempts, so that the server runs it once. Whoever stops waiting for a
//! statement, by dropping the future, stops the statement too.
//!
//! ```
//! use std::sync::Arc;
//!
//! use snowflake_auth::{LoginOptions, Password, Server, ServerOptions};
//! use snowflake_proto::{AccountId, ServerAddress};
//! use snowflake_query::{Pool, PoolOptions, QueryBuilder, SessionOptions};
//! # use serde_json::json;
//! # use snowflake_sim::{Expect, Reply, Script};
//!
//! # let login = json!({ "success": true, "data": { "token": "t", "masterToken": "m", "sessionId": 1 } });
//! # let rows = json!({ "success": true, "data": { "rowset": [["42"]], "total": 1, "statementTypeId": 4096,
//! #     "rowtype": [{ "name": "ANSWER", "type": "fixed", "precision": 2, "scale": 0, "nullable": false }] } });
//! # let transport = Arc::new(Script::new()
//! #     .expect(Expect::post("/session/v1/login-request").reply(Reply::json(&login)))
//! #     .expect(Expect::post("/queries/v1/query-request").reply(Reply::json(&rows)))
//! #     .expect(Expect::post("/session").any_times().reply(Reply::json(&json!({ "success": true })))));
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let account = AccountId::parse("myorg-myaccount")?;
//! let address = ServerAddress::for_account(&account, None)?;
//! let server = Server::new(transport, address, ServerOptions::default());
//! let sessions =
//!     SessionOptions::new(server, Arc::new(Password::new("alice", "correct horse")), LoginOptions::new(account));
//! let pool = Pool::open(sessions, PoolOptions::default().with_size(0, 4)).await?;
//!
//! let result = pool.execute(QueryBuilder::new("SELECT ? * 2 AS answer").bind(21)).await?;
//! for row in &result.rows {
//!     assert_eq!(row.get::<i64>("answer")?, 42);
//! }
//! # pool.close().await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `parquet` (default) | results written as Parquet files |
//!
//! What this crate deliberately does not do: it moves no files (PUT and GET are refused; whoever moves them gets the
//! instructions, and gives the result, with [`Session::prepare_transfer`]), opens no connection but through the transport that it is given, and repeats no
//! statement under a new request id.

mod error;
mod export;
mod metric;
mod observer;
mod pool;
mod result;
mod session;
mod signal;
mod statement;

pub use error::{Error, ErrorKind, Result};
pub use export::{CsvHeader, CsvOptions, Export, Exported};
#[cfg(feature = "parquet")]
pub use export::{ParquetOptions, ParquetTimestamps};
pub use observer::{Ending, Observed, Observer, Outcome};
pub use pool::{InFlight, Pool, PoolOptions, PoolSize};
pub use result::{
    BatchStream, ColumnIndex, FromCell, MemoryBudget, Mismatch, PartHosts, PrefetchOptions, ResultOptions,
    Row, RowFuture, RowIter, RowStream, Rows, TypedRows,
};
pub use session::{Session, SessionOptions, Wanted};
pub use snowflake_proto::{ArrowOptions, Cell, Column, DataType};
pub use statement::{
    FileTransfer, Query, QueryBuilder, QueryHandle, QueryId, QueryResult, QueryStats, QueryStatus, Resubmit,
};
/// The type of request ids.
pub use uuid::Uuid;
