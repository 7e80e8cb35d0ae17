//! What is in the account.

use snowflake_ops::{
    Database, Grant, Grantee, ListOptions, Listing, NamedFileFormat, Schema, SchemaSnapshot, Scope, Stage,
    Table, TableColumn, TableKeys, TableStatistics, View,
};

use crate::client::SnowflakeClient;
use crate::error::SnowflakeError;

/// What is in the account: databases, schemas, tables, columns, keys, stages, grants.
///
/// Names are spelled as in SQL: `analytics` means `ANALYTICS`, and quotes keep what they hold. Only what the role may see
/// is listed.
///
/// ```
/// # #[cfg(feature = "sim-server")]
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// # use snowflake_client::{Protocol, SnowflakeClient, sim::SimServer};
/// # let server = SimServer::builder().user("me", "secret").database("ANALYTICS").schema("PUBLIC").start().await?;
/// # let client = SnowflakeClient::builder().account(server.account()).host(server.host()).port(server.port())
/// #     .protocol(Protocol::Http).user("me").password("secret").database("ANALYTICS").schema("PUBLIC").build().await?;
/// use snowflake_client::{ListOptions, Scope};
///
/// client.execute("CREATE TABLE users (id INT PRIMARY KEY, name VARCHAR(50) NOT NULL)").await?;
/// client.execute("INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace')").await?;
/// let before = client.snapshot(Scope::database("analytics")?).await?;
///
/// for table in client.list_tables("ANALYTICS", "PUBLIC").await? {
///     println!("{}: {} rows, {} bytes", table.name, table.row_count.unwrap_or(0), table.bytes.unwrap_or(0));
/// }
/// for column in client.describe_table("ANALYTICS.PUBLIC.USERS").await? {
///     println!("{}: {} (nullable: {})", column.name, column.data_type, column.nullable);
/// }
/// assert_eq!(client.table_keys("users").await?.primary.unwrap().columns, ["ID"]);
///
/// // Of an account with many objects, only what is needed, as it arrives:
/// let mut tables = client.tables(Scope::Account, ListOptions::like("USER%"))?;
/// while let Some(table) = tables.next().await {
///     assert_eq!(table?.row_count, Some(2));
/// }
///
/// // What has changed since:
/// client.execute("ALTER TABLE users ADD COLUMN born DATE").await?;
/// let after = client.snapshot(Scope::database("analytics")?).await?;
/// let difference = before.difference(&after);
/// assert_eq!(difference.changed[0].added_columns[0].name, "BORN");
/// # client.close().await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl SnowflakeClient {
    /// The databases of the account, by name.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancellation
    /// Dropping the future tells the server to stop the statement that is under way.
    pub async fn list_databases(&self) -> Result<Vec<Database>, SnowflakeError> {
        Ok(self.databases(ListOptions::default())?.collect().await?)
    }

    /// The schemas of a database, by name.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a text that is no name; [`Sql`](crate::ErrorKind::Sql) when
    /// there is no such database or the role may not see it; otherwise as [`execute`](Self::execute).
    ///
    /// # Cancellation
    /// As [`list_databases`](Self::list_databases).
    pub async fn list_schemas(&self, database: &str) -> Result<Vec<Schema>, SnowflakeError> {
        Ok(self.schemas(Scope::database(database)?, ListOptions::default())?.collect().await?)
    }

    /// The tables of a schema, by name, however many there are. Views are not among them.
    ///
    /// # Errors
    /// As [`list_schemas`](Self::list_schemas).
    ///
    /// # Cancellation
    /// As [`list_databases`](Self::list_databases).
    pub async fn list_tables(&self, database: &str, schema: &str) -> Result<Vec<Table>, SnowflakeError> {
        Ok(self.tables(Scope::schema(database, schema)?, ListOptions::default())?.collect().await?)
    }

    /// The views of a schema, by name.
    ///
    /// # Errors
    /// As [`list_schemas`](Self::list_schemas).
    ///
    /// # Cancellation
    /// As [`list_databases`](Self::list_databases).
    pub async fn list_views(&self, database: &str, schema: &str) -> Result<Vec<View>, SnowflakeError> {
        Ok(self.views(Scope::schema(database, schema)?, ListOptions::default())?.collect().await?)
    }

    /// The named stages of a schema, by name.
    ///
    /// # Errors
    /// As [`list_schemas`](Self::list_schemas).
    ///
    /// # Cancellation
    /// As [`list_databases`](Self::list_databases).
    pub async fn list_stages(&self, database: &str, schema: &str) -> Result<Vec<Stage>, SnowflakeError> {
        Ok(self.stages(Scope::schema(database, schema)?, ListOptions::default())?.collect().await?)
    }

    /// The named file formats of a schema, by name.
    ///
    /// # Errors
    /// As [`list_schemas`](Self::list_schemas).
    ///
    /// # Cancellation
    /// As [`list_databases`](Self::list_databases).
    pub async fn list_file_formats(
        &self,
        database: &str,
        schema: &str,
    ) -> Result<Vec<NamedFileFormat>, SnowflakeError> {
        Ok(self.file_formats(Scope::schema(database, schema)?, ListOptions::default())?.collect().await?)
    }

    /// The databases of the account as a stream.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the settings of the client cannot work; what the server says
    /// arrives with the stream.
    pub fn databases(&self, options: ListOptions) -> Result<Listing<Database>, SnowflakeError> {
        Ok(snowflake_ops::list_databases(self.pool()?, options))
    }

    /// The schemas of a database or of the account as a stream.
    ///
    /// # Errors
    /// As [`databases`](Self::databases).
    pub fn schemas(&self, scope: Scope, options: ListOptions) -> Result<Listing<Schema>, SnowflakeError> {
        Ok(snowflake_ops::list_schemas(self.pool()?, scope, options))
    }

    /// The tables of a schema, of a database or of the account as a stream.
    ///
    /// # Errors
    /// As [`databases`](Self::databases).
    pub fn tables(&self, scope: Scope, options: ListOptions) -> Result<Listing<Table>, SnowflakeError> {
        Ok(snowflake_ops::list_tables(self.pool()?, scope, options))
    }

    /// The views of a schema, of a database or of the account as a stream.
    ///
    /// # Errors
    /// As [`databases`](Self::databases).
    pub fn views(&self, scope: Scope, options: ListOptions) -> Result<Listing<View>, SnowflakeError> {
        Ok(snowflake_ops::list_views(self.pool()?, scope, options))
    }

    /// The named stages of a schema, of a database or of the account as a stream.
    ///
    /// # Errors
    /// As [`databases`](Self::databases).
    pub fn stages(&self, scope: Scope, options: ListOptions) -> Result<Listing<Stage>, SnowflakeError> {
        Ok(snowflake_ops::list_stages(self.pool()?, scope, options))
    }

    /// The named file formats of a schema, of a database or of the account as a stream.
    ///
    /// # Errors
    /// As [`databases`](Self::databases).
    pub fn file_formats(
        &self,
        scope: Scope,
        options: ListOptions,
    ) -> Result<Listing<NamedFileFormat>, SnowflakeError> {
        Ok(snowflake_ops::list_file_formats(self.pool()?, scope, options))
    }

    /// The columns of a table or view in order: `describe_table("ANALYTICS.PUBLIC.USERS")`.
    ///
    /// # Errors
    /// As [`snowflake_ops::describe_table`].
    ///
    /// # Cancellation
    /// Dropping the future tells the server to stop the statement.
    pub async fn describe_table(&self, name: &str) -> Result<Vec<TableColumn>, SnowflakeError> {
        Ok(snowflake_ops::describe_table(self.pool()?, name).await?)
    }

    /// The primary, unique and foreign keys of a table.
    ///
    /// # Errors
    /// As [`snowflake_ops::keys`].
    ///
    /// # Cancellation
    /// As [`describe_table`](Self::describe_table).
    pub async fn table_keys(&self, name: &str) -> Result<TableKeys, SnowflakeError> {
        Ok(snowflake_ops::keys(self.pool()?, name).await?)
    }

    /// How large a table is, what its past costs, and how well it is clustered.
    ///
    /// # Errors
    /// As [`snowflake_ops::table_statistics`].
    ///
    /// # Cancellation
    /// As [`describe_table`](Self::describe_table).
    pub async fn table_statistics(&self, name: &str) -> Result<TableStatistics, SnowflakeError> {
        Ok(Box::pin(snowflake_ops::table_statistics(self.pool()?, name)).await?)
    }

    /// What was granted to a user or role.
    ///
    /// # Errors
    /// As [`snowflake_ops::grants`].
    ///
    /// # Cancellation
    /// As [`describe_table`](Self::describe_table).
    pub async fn grants(&self, grantee: &Grantee) -> Result<Vec<Grant>, SnowflakeError> {
        Ok(snowflake_ops::grants(self.pool()?, grantee).await?)
    }

    /// The structure of a database or schema at this moment, to be stored and compared with another.
    ///
    /// # Errors
    /// As [`snowflake_ops::snapshot`].
    ///
    /// # Cancellation
    /// As [`describe_table`](Self::describe_table).
    pub async fn snapshot(&self, scope: Scope) -> Result<SchemaSnapshot, SnowflakeError> {
        Ok(Box::pin(snowflake_ops::snapshot(self.pool()?, scope)).await?)
    }
}
