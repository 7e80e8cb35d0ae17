//! Rows into a table.

use std::time::Duration;

use snowflake_query::{Pool, Query, Session};

use super::binds;
use super::fault::LostSnafu;
use super::feed::Feed;
use super::folder::Marker;
use super::gather::{Gathered, Staged};
use super::job::Job;
use super::letters::Letters;
use super::load::{Shape, request};
use super::metric;
use super::options::{BulkInsertOptions, BulkMethod};
use super::outcome::BulkInsertResult;
use super::parts::{Part, Sink, digest_of};
use super::refused::refused;
use crate::copy::{CopyResult, OnError};
use crate::error::Result;
use crate::machine::Machine;

/// Loads all rows of a feed.
pub(super) async fn run<F: Feed>(
    pool: &Pool,
    machine: &Machine,
    table: &str,
    feed: F,
    options: BulkInsertOptions,
) -> Result<BulkInsertResult> {
    let started = pool.clock().now();
    let done = Box::pin(load(pool, machine, table, feed, options)).await;
    let elapsed = pool.clock().now().saturating_duration_since(started);
    match done {
        Ok((result, peak)) => {
            report(&result, peak, elapsed);
            Ok(result)
        }
        Err(error) => {
            metric::failed(error.kind());
            tracing::debug!(kind = ?error.kind(), "a bulk load failed");
            Err(error)
        }
    }
}

fn report(result: &BulkInsertResult, peak: usize, elapsed: Duration) {
    metric::load(result.method, result.rows_loaded, result.bytes, result.rows_rejected, peak, elapsed);
    tracing::debug!(
        rows = result.rows_loaded,
        rejected = result.rows_rejected,
        files = result.files,
        bytes = result.bytes,
        method = ?result.method,
        repeated = result.already_loaded,
        "rows were loaded"
    );
}

async fn load<F: Feed>(
    pool: &Pool,
    machine: &Machine,
    table: &str,
    mut feed: F,
    options: BulkInsertOptions,
) -> Result<(BulkInsertResult, usize)> {
    let mut job = Job::begin(pool, machine, table, options).await?;
    let shown = job.table.to_string();
    let mut letters = Letters::open(&job.options, pool, machine, &shown, &job.batch_id).await?;
    let gathered = job.gather(&mut feed, &mut letters).await?;
    let peak = gathered.peak;
    let mut result = match finish(&job, gathered, &mut letters).await {
        Ok(result) => result,
        Err(error) => return Err(job.failed(error).await),
    };
    (result.rows_rejected, result.rejected) = letters.close().await?;
    Ok((result, peak))
}

/// Brings gathered rows into the table.
async fn finish(job: &Job<'_>, gathered: Gathered, letters: &mut Letters) -> Result<BulkInsertResult> {
    let parts: &[Part] = match &gathered.staged {
        Staged::Files(parts) => parts,
        Staged::Rows(_) => &[],
    };
    job.check_batch(parts)?;
    let mut result = BulkInsertResult {
        rows_loaded: 0,
        rows_rejected: 0,
        files: u64::try_from(parts.len()).unwrap_or(u64::MAX),
        bytes: gathered.bytes,
        method: if parts.is_empty() { BulkMethod::Binds } else { BulkMethod::Files },
        batch_id: job.batch_id.clone(),
        already_loaded: false,
        rejected: Vec::new(),
    };
    if job.found.loaded.is_some() {
        job.folder.clear(job.pool).await;
        return Ok(BulkInsertResult { already_loaded: true, ..result });
    }
    if gathered.rows == 0 && !job.exists && job.columns().is_empty() {
        // Nothing tells what columns a table for these records would have.
        return Ok(result);
    }
    job.prepare_table().await?;
    match &gathered.staged {
        Staged::Rows(_) => result.rows_loaded = insert(job, &gathered).await?,
        Staged::Files(parts) => {
            let copied = copy(job, parts).await?;
            result.rows_loaded = copied.rows_loaded;
            result.already_loaded = copied.files_processed == 0 && gathered.rows > 0;
            if job.options.on_error == OnError::Continue && copied.errors_seen > 0 {
                letters.add(refused(job, &copied, parts).await?).await?;
            } else if !result.already_loaded && copied.rows_loaded != gathered.rows {
                return LostSnafu { loaded: copied.rows_loaded, expected: gathered.rows }.fail()?;
            }
            tidy(job, parts, gathered.rows).await;
        }
    }
    Ok(result)
}

/// Inserts rows as bind values.
async fn insert(job: &Job<'_>, gathered: &Gathered) -> Result<u64> {
    let Staged::Rows(batches) = &gathered.staged else { return Ok(0) };
    let columns = job.columns();
    let mut inserts = Vec::new();
    for batch in batches {
        inserts.extend(binds::inserts(&job.table, &columns, batch, &job.statements)?);
    }
    if job.options.truncate {
        inserts.insert(0, delete(job));
    }
    match inserts.as_slice() {
        [] => {}
        [one] => drop(job.pool.execute(one).await?),
        several => {
            let session = begin(job).await?;
            commit(&session, all(&session, several).await).await?;
        }
    }
    Ok(gathered.rows)
}

async fn all(session: &Session, statements: &[Query]) -> Result<()> {
    for statement in statements {
        session.execute(statement).await?;
    }
    Ok(())
}

/// Loads files.
async fn copy(job: &Job<'_>, parts: &[Part]) -> Result<CopyResult> {
    let shape = Shape::of(job.intake.rows.active(), job.intake.rows.missing());
    let folder = &job.folder.location;
    let mut request = request(&job.table, folder, &job.columns(), parts, shape, &job.options)?;
    if !job.options.truncate {
        if parts.is_empty() {
            return Ok(CopyResult::default());
        }
        return CopyResult::read(&job.pool.execute(request.query(None)?).await?);
    }
    // The rows of an attempt before this one are deleted with all others, so its files have to be loaded again.
    request.copy_options.force = true;
    let session = begin(job).await?;
    let replaced = async {
        session.execute(delete(job)).await?;
        if parts.is_empty() {
            return Ok(CopyResult::default());
        }
        CopyResult::read(&session.execute(request.query(None)?).await?)
    };
    let replaced = replaced.await;
    commit(&session, replaced).await
}

fn delete(job: &Job<'_>) -> Query {
    // DELETE and not TRUNCATE, which would end the transaction and forget which files were loaded.
    job.statements.query(format!("DELETE FROM {}", job.table))
}

/// Begins a transaction in a session of its own.
async fn begin(job: &Job<'_>) -> Result<Session> {
    let session = job.pool.get(&job.statements.wanted()).await?;
    session.execute(job.statements.query("BEGIN")).await?;
    Ok(session)
}

/// Ends a transaction: with what was done in it, or without a trace of it.
async fn commit<T>(session: &Session, done: Result<T>) -> Result<T> {
    match done {
        Ok(done) => {
            session.execute("COMMIT").await?;
            Ok(done)
        }
        Err(error) => {
            // The session may be gone, and the transaction with it; then it is not lent to anybody else.
            let _ = session.execute("ROLLBACK").await;
            Err(error)
        }
    }
}

/// Notes that a named batch is loaded, and takes its files away.
async fn tidy(job: &Job<'_>, parts: &[Part], rows: u64) {
    if job.options.batch_id.is_some() {
        let marker = Marker { rows, digest: digest_of(parts) };
        let content = format!("{rows} rows in {} files\n", parts.len());
        if let Err(error) = job.sink().put(marker.name(), content.into()).await {
            // The files stay, so that the history of the table can tell that they were loaded.
            tracing::warn!(kind = ?error.kind(), "a bulk load could not be noted as done");
            return;
        }
    }
    job.folder.clear(job.pool).await;
}
