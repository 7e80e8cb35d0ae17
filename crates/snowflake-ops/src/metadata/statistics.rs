//! How large a table is, what its past costs, and how well it is clustered.

use serde_json::Value;
use snowflake_proto::{Identifier, Literal};
use snowflake_query::{Pool, QueryBuilder};

use super::listing::Listing;
use super::options::ListOptions;
use super::scope::Scope;
use super::table::{Table, list_tables};
use crate::account_usage::read_account_usage;
use crate::answer::{AnswerRow, read_all};
use crate::error::{NotFoundSnafu, Result};
use crate::names;

/// What is known about a table's size.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TableStatistics {
    /// The table, with its rows and bytes.
    pub table: Table,
    /// What it takes in storage; `None` where the role may not read `ACCOUNT_USAGE`, or the table is not in there yet
    /// (for up to 90 minutes).
    pub storage: Option<TableStorage>,
    /// How well it is clustered; `None` without a clustering key.
    pub clustering: Option<Clustering>,
}

/// What a table takes in storage, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableStorage {
    /// What it holds now.
    pub active_bytes: u64,
    /// What time travel keeps.
    pub time_travel_bytes: u64,
    /// What the service keeps after time travel.
    pub failsafe_bytes: u64,
    /// What it holds only for its clones.
    pub retained_for_clone_bytes: u64,
}

impl TableStorage {
    /// What is paid for.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        [self.active_bytes, self.time_travel_bytes, self.failsafe_bytes, self.retained_for_clone_bytes]
            .into_iter()
            .fold(0, u64::saturating_add)
    }
}

/// How well a table is clustered.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Clustering {
    /// The expressions: `LINEAR(C1, C2)`.
    pub keys: String,
    /// How many micro-partitions it has.
    pub partitions: u64,
    /// How many of these hold but one value of the key.
    pub constant_partitions: u64,
    /// How many others a micro-partition overlaps with, on average. Less is better.
    pub average_overlaps: f64,
    /// How many micro-partitions lie over each other, on average. Less is better; 1 is the least.
    pub average_depth: f64,
}

/// How large a table is, what its past costs, and how well it is clustered. The name is spelled as in SQL, and completed
/// with the session's database and schema.
///
/// Rows and bytes need no warehouse; the others ask `SNOWFLAKE.ACCOUNT_USAGE` and `SYSTEM$CLUSTERING_INFORMATION`, the
/// latter only for a table with a clustering key.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) for a text that is no name or that is in no schema;
/// [`NotFound`](crate::ErrorKind::NotFound) when there is no such table; [`Sql`](crate::ErrorKind::Sql) when there is no
/// such schema; the other kinds of a statement. A role that may not read `ACCOUNT_USAGE` gets an answer without
/// `storage`.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement that is under way.
pub async fn table_statistics(pool: &Pool, name: &str) -> Result<TableStatistics> {
    let path = names::complete(pool, names::object(name)?).await?;
    let [database, schema, table] = &path;
    let scope = Scope::Schema(database.clone(), schema.clone());
    let named: Listing<Table> = list_tables(pool, scope, ListOptions::named(table.name()));
    let found = named.collect().await?.into_iter().find(|found| found.name == table.name());
    let Some(table) = found else {
        return NotFoundSnafu { name: format!("table {database}.{schema}.{table}") }.fail()?;
    };
    let storage = match storage(pool, &path).await {
        Err(error) if error.lacks_account_usage() => None,
        storage => storage?,
    };
    let clustering = match &table.cluster_by {
        Some(_) => clustering(pool, &path).await?,
        None => None,
    };
    Ok(TableStatistics { table, storage, clustering })
}

async fn storage(pool: &Pool, [database, schema, table]: &[Identifier; 3]) -> Result<Option<TableStorage>> {
    let query = QueryBuilder::new(
        "SELECT ACTIVE_BYTES, TIME_TRAVEL_BYTES, FAILSAFE_BYTES, RETAINED_FOR_CLONE_BYTES \
         FROM SNOWFLAKE.ACCOUNT_USAGE.TABLE_STORAGE_METRICS \
         WHERE TABLE_CATALOG = ? AND TABLE_SCHEMA = ? AND TABLE_NAME = ? \
         AND TABLE_DROPPED IS NULL",
    );
    let query = query.binds([database.name(), schema.name(), table.name()]);
    let found =
        read_account_usage(pool, query, "TABLE_STORAGE_METRICS", |row| Ok(TableStorage::read(row))).await?;
    Ok(found.into_iter().next())
}

impl TableStorage {
    fn read(row: &AnswerRow<'_>) -> Self {
        let bytes = |column: &str| row.count(column).unwrap_or_default();
        Self {
            active_bytes: bytes("ACTIVE_BYTES"),
            time_travel_bytes: bytes("TIME_TRAVEL_BYTES"),
            failsafe_bytes: bytes("FAILSAFE_BYTES"),
            retained_for_clone_bytes: bytes("RETAINED_FOR_CLONE_BYTES"),
        }
    }
}

async fn clustering(pool: &Pool, [database, schema, table]: &[Identifier; 3]) -> Result<Option<Clustering>> {
    let name = Literal::text(format!("{database}.{schema}.{table}"));
    let sql = format!("SELECT SYSTEM$CLUSTERING_INFORMATION({name}) AS INFORMATION");
    let found =
        read_all(pool, sql, "SYSTEM$CLUSTERING_INFORMATION", |row| Ok(row.json("INFORMATION"))).await?;
    Ok(found.into_iter().flatten().next().map(|information| Clustering::read(&information)))
}

impl Clustering {
    fn read(information: &Value) -> Self {
        let count = |name: &str| information.get(name).and_then(Value::as_u64).unwrap_or_default();
        let number = |name: &str| information.get(name).and_then(Value::as_f64).unwrap_or_default();
        let keys = information.get("cluster_by_keys").and_then(Value::as_str).unwrap_or_default();
        Self {
            keys: keys.to_owned(),
            partitions: count("total_partition_count"),
            constant_partitions: count("total_constant_partition_count"),
            average_overlaps: number("average_overlaps"),
            average_depth: number("average_depth"),
        }
    }
}
