//! Rows into a table by their keys: by way of a temporary table and one `MERGE`.

use snafu::ResultExt;
use snowflake_proto::{Identifier, ObjectName};
use snowflake_query::{Pool, QueryResult, Session};

use super::binds;
use super::create;
use super::fault::{NoKeySnafu, NullKeysSnafu, OptionSnafu, RepeatedKeysSnafu};
use super::feed::Feed;
use super::gather::{Gathered, Staged};
use super::job::Job;
use super::letters::Letters;
use super::load::{Shape, request};
use super::options::{BulkInsertOptions, BulkMethod};
use super::outcome::BulkUpsertResult;
use super::refused::refused;
use super::table::TableColumn;
use crate::copy::{CopyResult, OnError};
use crate::error::{AnswerSnafu, NameSnafu, Result};
use crate::machine::Machine;
use crate::names;

/// Updates the rows whose keys are in the table, and inserts the others.
pub(super) async fn run<F: Feed>(
    pool: &Pool,
    machine: &Machine,
    table: &str,
    mut feed: F,
    keys: &[&str],
    options: BulkInsertOptions,
) -> Result<BulkUpsertResult> {
    if keys.is_empty() {
        return OptionSnafu { reason: "an upsert needs at least one key column" }.fail()?;
    }
    if options.truncate || options.batch_id.is_some() {
        let reason =
            "an upsert neither truncates nor has a batch id: the same rows upserted again change nothing";
        return OptionSnafu { reason }.fail()?;
    }
    let mut job = Job::begin(pool, machine, table, options).await?;
    let shown = job.table.to_string();
    let mut letters = Letters::open(&job.options, pool, machine, &shown, &job.batch_id).await?;
    let gathered = job.gather(&mut feed, &mut letters).await?;
    let mut result = BulkUpsertResult {
        rows_inserted: 0,
        rows_updated: 0,
        rows_rejected: 0,
        method: match &gathered.staged {
            Staged::Rows(_) => BulkMethod::Binds,
            Staged::Files(_) => BulkMethod::Files,
        },
        rejected: Vec::new(),
    };
    if gathered.rows > 0 {
        match Box::pin(merge(&job, &gathered, keys, &mut letters)).await {
            Ok(merged) => (result.rows_inserted, result.rows_updated) = merged,
            Err(error) => return Err(job.failed(error).await),
        }
        if matches!(gathered.staged, Staged::Files(_)) {
            job.folder.clear(pool).await;
        }
    }
    (result.rows_rejected, result.rejected) = letters.close().await?;
    tracing::debug!(inserted = result.rows_inserted, updated = result.rows_updated, "rows were upserted");
    Ok(result)
}

/// What a merge is between.
struct Merge<'a> {
    job: &'a Job<'a>,
    /// Belongs to the session: nothing of it is left when the session ends, however that comes about.
    source: ObjectName,
    columns: Vec<TableColumn>,
    keys: Vec<Identifier>,
}

async fn merge(
    job: &Job<'_>,
    gathered: &Gathered,
    keys: &[&str],
    letters: &mut Letters,
) -> Result<(u64, u64)> {
    let columns = job.columns();
    let merge = Merge { job, source: source(job)?, keys: key_columns(keys, &columns)?, columns };
    job.prepare_table().await?;
    let session = job.pool.get(&job.statements.wanted()).await?;
    merge.run(&session, create::temporary(&merge.source, &merge.columns)?).await?;
    merge.fill(&session, gathered, letters).await?;
    merge.check_keys(&session).await?;
    let merged = merge.run(&session, merge.statement()?).await?;
    // The session would drop it, but may live long.
    let _ = merge.run(&session, format!("DROP TABLE IF EXISTS {}", merge.source)).await;
    Ok((counted(&merged, "number of rows inserted")?, counted(&merged, "number of rows updated")?))
}

fn source(job: &Job<'_>) -> Result<ObjectName> {
    let name = format!("BULK_UPSERT_{}", job.pool.entropy().uuid().simple());
    let name = Identifier::new(name).context(NameSnafu { name: "the temporary table" })?;
    Ok(match (job.table.database(), job.table.schema()) {
        (Some(database), Some(schema)) => ObjectName::in_database(database.clone(), schema.clone(), name),
        (None, Some(schema)) => ObjectName::in_schema(schema.clone(), name),
        _ => ObjectName::new(name),
    })
}

/// The exact names of the key columns.
fn key_columns(keys: &[&str], columns: &[TableColumn]) -> Result<Vec<Identifier>> {
    let find = |key: &&str| {
        let name = names::column(key)?;
        if columns.iter().any(|column| column.name == name.name()) {
            return Ok(name);
        }
        NoKeySnafu { column: name.name() }.fail()?
    };
    keys.iter().map(find).collect()
}

impl Merge<'_> {
    async fn run(&self, session: &Session, sql: String) -> Result<QueryResult> {
        Ok(session.execute(self.job.statements.query(sql)).await?)
    }

    /// Loads the rows into the temporary table.
    async fn fill(&self, session: &Session, gathered: &Gathered, letters: &mut Letters) -> Result<()> {
        let job = self.job;
        match &gathered.staged {
            Staged::Rows(batches) => {
                for batch in batches {
                    for insert in binds::inserts(&self.source, &self.columns, batch, &job.statements)? {
                        session.execute(insert).await?;
                    }
                }
            }
            Staged::Files(parts) => {
                let shape = Shape::of(self.columns.iter(), [].iter());
                let folder = &job.folder.location;
                let request = request(&self.source, folder, &self.columns, parts, shape, &job.options)?;
                let copied = CopyResult::read(&session.execute(request.query(None)?).await?)?;
                if job.options.on_error == OnError::Continue && copied.errors_seen > 0 {
                    letters.add(refused(job, &copied, parts).await?).await?;
                }
            }
        }
        Ok(())
    }

    /// Which of two rows with one key is to stay nobody has said, and NULL finds no row: both are refused.
    async fn check_keys(&self, session: &Session) -> Result<()> {
        let columns = list(&self.keys, |key| key.to_string());
        let nulls = self.keys.iter().map(|key| format!("{key} IS NULL")).collect::<Vec<_>>().join(" OR ");
        let sql = format!("SELECT COUNT(*) AS N FROM {} WHERE {nulls}", self.source);
        let count = counted(&self.run(session, sql).await?, "N")?;
        if count > 0 {
            return NullKeysSnafu { count, columns }.fail()?;
        }
        let sql = format!(
            "SELECT COUNT(*) AS N FROM (SELECT {columns} FROM {} GROUP BY {columns} HAVING COUNT(*) > 1) AS REPEATED",
            self.source
        );
        let count = counted(&self.run(session, sql).await?, "N")?;
        if count > 0 {
            return RepeatedKeysSnafu { count, columns }.fail()?;
        }
        Ok(())
    }

    fn statement(&self) -> Result<String> {
        let mut names = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let name = Identifier::new(column.name.as_str());
            names.push(name.context(NameSnafu { name: format!("{:?}", column.name) })?);
        }
        let on = self.keys.iter().map(|key| format!("TARGET.{key} = SOURCE.{key}")).collect::<Vec<_>>();
        let others: Vec<_> = names.iter().filter(|name| !self.keys.contains(name)).collect();
        let update = if others.is_empty() {
            String::new()
        } else {
            let set = list(&others, |name| format!("{name} = SOURCE.{name}"));
            format!(" WHEN MATCHED THEN UPDATE SET {set}")
        };
        Ok(format!(
            "MERGE INTO {} AS TARGET USING {} AS SOURCE ON {}{update} WHEN NOT MATCHED THEN INSERT ({}) VALUES ({})",
            self.job.table,
            self.source,
            on.join(" AND "),
            list(&names, |name| name.to_string()),
            list(&names, |name| format!("SOURCE.{name}")),
        ))
    }
}

fn list<T>(items: &[T], write: impl Fn(&T) -> String) -> String {
    items.iter().map(write).collect::<Vec<_>>().join(", ")
}

/// A count in the only row of an answer; 0 where the answer has no such column.
fn counted(answer: &QueryResult, name: &str) -> Result<u64> {
    if !answer.columns().iter().any(|column| column.name == name) {
        return Ok(0);
    }
    let Some(row) = answer.rows.row(0) else { return Ok(0) };
    Ok(row.get(name).context(AnswerSnafu { statement: "MERGE" })?)
}
