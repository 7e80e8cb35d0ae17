//! Rows straight into tables.

use futures::Stream;
use serde::Serialize;
use snowflake_ingest::{BulkInsertOptions, BulkInsertResult, BulkUpsertResult, RecordBatch};

use crate::client::SnowflakeClient;
use crate::error::SnowflakeError;

/// Loading records and Arrow batches straight into tables.
///
/// ```
/// # #[cfg(feature = "sim-server")]
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// # use snowflake_client::{Protocol, SnowflakeClient, sim::SimServer};
/// # let server = SimServer::builder().user("me", "secret").database("DB").schema("PUBLIC").start().await?;
/// # let client = SnowflakeClient::builder().account(server.account()).host(server.host()).port(server.port())
/// #     .protocol(Protocol::Http).user("me").password("secret").database("DB").schema("PUBLIC").build().await?;
/// use serde::Serialize;
/// use snowflake_client::{BulkInsertOptions, CreateTable};
///
/// #[derive(Serialize)]
/// struct Person {
///     id: i64,
///     name: String,
///     born: Option<String>,
/// }
///
/// let people = vec![
///     Person { id: 1, name: "Ada".to_owned(), born: Some("1815-12-10".to_owned()) },
///     Person { id: 2, name: "Grace".to_owned(), born: None },
/// ];
/// client.execute("CREATE TABLE people (id INT, name VARCHAR, born DATE)").await?;
/// let loaded = client.bulk_insert("people", &people, BulkInsertOptions::default()).await?;
/// assert_eq!(loaded.rows_loaded, 2);
///
/// // Under a batch id, the same records are loaded once, however often they are sent.
/// let options = BulkInsertOptions {
///     batch_id: Some("people-2026-02-03".to_owned()),
///     create_table: CreateTable::IfNotExists,
///     ..BulkInsertOptions::default()
/// };
/// assert_eq!(client.bulk_insert("others", &people, options.clone()).await?.rows_loaded, 2);
/// let again = client.bulk_insert("others", &people, options).await?;
/// assert!(again.already_loaded && again.rows_loaded == 0);
/// # client.close().await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl SnowflakeClient {
    /// Loads records into a table: all of them, or none.
    ///
    /// Fields go into the columns of their names, in the types that these have. Few records are sent as bind values,
    /// many as Parquet files by way of a stage; see [`BulkMethod`](crate::BulkMethod).
    ///
    /// # Errors
    /// As [`snowflake_ingest::bulk_insert`].
    ///
    /// # Cancellation
    /// Dropping the future stops what is under way: either all rows are in the table then or none.
    pub async fn bulk_insert<T: Serialize + Sync>(
        &self,
        table: &str,
        records: &[T],
        options: BulkInsertOptions,
    ) -> Result<BulkInsertResult, SnowflakeError> {
        let load = snowflake_ingest::bulk_insert(self.pool()?, table, records, options, self.machine());
        Ok(Box::pin(load).await?)
    }

    /// Loads a stream of records into a table, with bounded memory whatever their number.
    ///
    /// A stream that ends with an error loads nothing. One that cannot fail is made of an iterator with
    /// `stream::iter(records.map(Ok::<_, std::convert::Infallible>))`.
    ///
    /// # Errors
    /// As [`snowflake_ingest::bulk_insert_stream`].
    ///
    /// # Cancellation
    /// As [`bulk_insert`](Self::bulk_insert).
    pub async fn bulk_insert_stream<S, T, E>(
        &self,
        table: &str,
        records: S,
        options: BulkInsertOptions,
    ) -> Result<BulkInsertResult, SnowflakeError>
    where
        S: Stream<Item = Result<T, E>> + Send,
        T: Serialize + Send + Sync,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
    {
        let load =
            snowflake_ingest::bulk_insert_stream(self.pool()?, table, records, options, self.machine());
        Ok(Box::pin(load).await?)
    }

    /// Loads a stream of Arrow batches into a table, such as what
    /// [`execute_batches`](Self::execute_batches) gives, with bounded memory whatever their number.
    ///
    /// # Errors
    /// As [`snowflake_ingest::bulk_insert_batches`].
    ///
    /// # Cancellation
    /// As [`bulk_insert`](Self::bulk_insert).
    pub async fn bulk_insert_batches<S, E>(
        &self,
        table: &str,
        batches: S,
        options: BulkInsertOptions,
    ) -> Result<BulkInsertResult, SnowflakeError>
    where
        S: Stream<Item = Result<RecordBatch, E>> + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
    {
        let load =
            snowflake_ingest::bulk_insert_batches(self.pool()?, table, batches, options, self.machine());
        Ok(Box::pin(load).await?)
    }

    /// Updates the rows of a table whose keys the records have, and inserts the others, in one `MERGE`.
    ///
    /// `keys` are columns, spelled as in SQL: `&["ID"]`.
    ///
    /// # Errors
    /// As [`snowflake_ingest::bulk_upsert`].
    ///
    /// # Cancellation
    /// Dropping the future stops what is under way: either all rows are merged then or none.
    pub async fn bulk_upsert<T: Serialize + Sync>(
        &self,
        table: &str,
        records: &[T],
        keys: &[&str],
        options: BulkInsertOptions,
    ) -> Result<BulkUpsertResult, SnowflakeError> {
        let load = snowflake_ingest::bulk_upsert(self.pool()?, table, records, keys, options, self.machine());
        Ok(Box::pin(load).await?)
    }
}
