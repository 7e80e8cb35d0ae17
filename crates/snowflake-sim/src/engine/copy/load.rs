//! Loading: rows into the table, and what became of each file.

use std::sync::Arc;

use arrow_array::RecordBatch;
use snowflake_proto::StatementType;

use super::super::answer::status;
use super::super::catalog::Load;
use super::super::dml::complete;
use super::super::run::Run;
use super::super::stage::StagedFile;
use super::super::syntax::Options;
use super::super::{Outcome, SqlError};
use super::evolution::evolved;
use super::read::{Content, content};
use super::reject::Rejected;
use super::report::report;
use super::rows::{FileRows, read};
use super::statement::{Copy, OnError};

/// What was read of a file, before it is part of the table.
struct Read {
    file: StagedFile,
    digest: String,
    load: Load,
    batches: Vec<RecordBatch>,
    /// Whether the file is as good as not read.
    skipped: bool,
}

/// Loads files that have not been loaded before.
///
/// # Errors
/// The first error in a file with `ON_ERROR = ABORT_STATEMENT`.
pub(super) async fn load(
    run: &Run,
    copy: &Copy,
    files: Vec<StagedFile>,
    options: &Options,
) -> Result<Outcome, SqlError> {
    let purge = options.boolean("PURGE")? == Some(true);
    let only_failed = options.boolean("RETURN_FAILED_ONLY")? == Some(true);
    options.boolean("LOAD_UNCERTAIN_FILES")?;
    let limit = options.number("SIZE_LIMIT")?.filter(|limit| *limit > 0);
    let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let loading = Arc::clone(&copy.table.loading);
    let _loading = loading.lock().await;
    let copy = &Box::pin(evolved(run, copy, &files)).await?;
    let mut size = 0_usize;
    let mut results = Vec::new();
    for file in files {
        run.check()?;
        if size >= limit {
            break;
        }
        if let Some(result) = load_file(run, copy, file).await? {
            size = size.saturating_add(result.load.size);
            results.push(result);
        }
    }
    if results.is_empty() {
        return status("Copy executed with 0 files processed.", StatementType::COPY);
    }
    let batches: Vec<RecordBatch> =
        results.iter().flat_map(|result| result.batches.iter().cloned()).collect();
    run.append(&copy.table, batches).await?;
    for result in &results {
        remember(run, copy, result);
        if purge && !result.skipped {
            // PURGE never fails a load: a file that stays is not loaded again.
            let _ = copy.location.remove(&result.file).await;
        }
    }
    let shown = results.iter().map(|result| &result.load);
    report(shown.filter(|load| !only_failed || !load.rejected.is_empty()))
}

/// Keeps what became of a file, and that it need not be loaded again.
fn remember(run: &Run, copy: &Copy, result: &Read) {
    let key = (!result.skipped).then(|| key(&result.file, &result.digest));
    match &mut run.session.state().transaction {
        Some(transaction) => transaction.loaded(&copy.table, key, result.load.clone()),
        None => copy.table.loads().remember(key, result.load.clone()),
    }
}

/// What a file is remembered by: where it lies and what it holds.
pub(super) fn key(file: &StagedFile, digest: &str) -> (String, String) {
    (file.key.clone(), digest.to_owned())
}

/// Reads a file; none when it has been loaded before.
async fn load_file(run: &Run, copy: &Copy, file: StagedFile) -> Result<Option<Read>, SqlError> {
    let content = match content(&copy.location, &file, &copy.format).await {
        Ok(content) => content,
        Err(error) => return unreadable(run, copy, file, error).map(Some),
    };
    if copy.knows(run, &file, &content) && !copy.force {
        return Ok(None);
    }
    let rows = match Box::pin(read(run, copy, &content, usize::MAX)).await {
        Ok(rows) => rows,
        Err(error) => {
            let broken = unreadable(run, copy, file, error)?;
            return Ok(Some(Read { digest: content.digest, ..broken }));
        }
    };
    if copy.on_error == OnError::Abort
        && let Some(error) = rows.first_error(&content.name)
    {
        return Err(error);
    }
    read_file(run, copy, file, &content, rows).await.map(Some)
}

async fn read_file(
    run: &Run,
    copy: &Copy,
    file: StagedFile,
    content: &Content,
    rows: FileRows,
) -> Result<Read, SqlError> {
    let errors = rows.rejected.len();
    let skipped = match copy.on_error {
        OnError::Skip(limit) => errors >= limit.max(1),
        OnError::SkipShare(share) => errors * 100 > share * rows.parsed,
        OnError::Abort | OnError::Continue => false,
    };
    let mut batches = Vec::new();
    if !skipped {
        for part in rows.parts {
            if FileRows::rows_of(&part) > 0 {
                batches.push(complete(run, &copy.table, &rows.places, part).await?);
            }
        }
    }
    let loaded = if skipped { 0 } else { rows.loaded };
    let load = Load {
        query_id: run.statement.query_id.clone(),
        file: copy.location.shown(&file),
        at: run.env.now,
        status: match (loaded, errors) {
            (_, 0) => "LOADED",
            (0, _) => "LOAD_FAILED",
            _ => "PARTIALLY_LOADED",
        },
        size: content.size,
        parsed: rows.parsed,
        loaded,
        error_limit: error_limit(copy, rows.parsed),
        rejected: Arc::new(rows.rejected),
    };
    Ok(Read { file, digest: content.digest.clone(), load, batches, skipped })
}

fn error_limit(copy: &Copy, parsed: usize) -> usize {
    match copy.on_error {
        OnError::Abort => 1,
        OnError::Continue => parsed,
        OnError::Skip(limit) => limit,
        OnError::SkipShare(share) => parsed * share / 100,
    }
}

/// A file that is broken as a whole ends the statement, or is left out.
fn unreadable(run: &Run, copy: &Copy, file: StagedFile, error: SqlError) -> Result<Read, SqlError> {
    let is_of_data = error.code.starts_with("1001") || error.code == "100085";
    if copy.on_error == OnError::Abort || !is_of_data {
        return Err(error);
    }
    let load = Load {
        query_id: run.statement.query_id.clone(),
        file: copy.location.shown(&file),
        at: run.env.now,
        status: "LOAD_FAILED",
        size: 0,
        parsed: 0,
        loaded: 0,
        error_limit: error_limit(copy, 0),
        rejected: Arc::new(vec![Rejected::of_file(error)]),
    };
    Ok(Read { file, digest: String::new(), load, batches: Vec::new(), skipped: true })
}
