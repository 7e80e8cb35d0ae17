//! Sessions, statements and results: from SQL text to rows, over the driver protocol of Snowflake.
//!
//! A [`Session`] runs statements; a [`Pool`] lends sessions to many callers. What is run is a [`Query`], from plain
//! text or a [`QueryBuilder`]. What comes back is a [`QueryResult`] with all rows, a [`RowStream`] or [`BatchStream`]
//! that fetches them in order while they are read, or a [`QueryHandle`] for a statement that runs by itself.
//!
//! A statement keeps one request id over all attempts, so that the server runs it once. Whoever stops waiting for a
//! statement, by dropping the future, stops the statement too.

mod error;
mod export;
mod metric;
mod pool;
mod result;
mod session;
mod statement;

pub use error::{Error, ErrorKind, Result};
pub use export::{CsvHeader, CsvOptions, Export, Exported};
#[cfg(feature = "parquet")]
pub use export::{ParquetOptions, ParquetTimestamps};
pub use pool::{Pool, PoolOptions, PoolSize};
pub use result::{
    BatchStream, ColumnIndex, FromCell, Mismatch, PartHosts, PrefetchOptions, ResultOptions, Row, RowFuture, RowIter,
    RowStream, Rows, TypedRows,
};
pub use snowflake_proto::{ArrowOptions, Cell, Column, DataType};
pub use session::{Session, SessionOptions, Wanted};
pub use statement::{Query, QueryBuilder, QueryHandle, QueryId, QueryResult, QueryStats, QueryStatus};
