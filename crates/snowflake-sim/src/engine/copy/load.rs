//! Loading: rows into the table, and what became of each file.

use std::sync::PoisonError;

use arrow_array::RecordBatch;
use snowflake_proto::{Column, StatementType};

use super::super::answer::{Answer, COUNT, count_value, status};
use super::super::dml::complete;
use super::super::run::Run;
use super::super::stage::StagedFile;
use super::super::syntax::Options;
use super::super::types::TEXT;
use super::super::value::{Builder, Value};
use super::super::{Outcome, SqlError};
use super::read::{content, records};
use super::row::{RowError, row};
use super::statement::{Copy, OnError};

/// What became of a file.
#[derive(Default)]
pub(super) struct Loaded {
    file: String,
    parsed: usize,
    loaded: usize,
    errors: usize,
    first: Option<RowError>,
    batch: Option<RecordBatch>,
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
    let mut results = Vec::new();
    let mut done = Vec::new();
    for file in files {
        run.check()?;
        let content = content(&copy.location, &file, &copy.format).await?;
        if copy.knows(&file, &content) && !copy.force {
            continue;
        }
        let result = load_file(run, copy, &file, &content.text).await?;
        if !result.skipped {
            done.push((file, content.digest));
        }
        results.push(result);
    }
    let batches: Vec<RecordBatch> = results.iter().filter_map(|result| result.batch.clone()).collect();
    run.append(&copy.table, batches).await?;
    for (file, digest) in done {
        let key = (file.key.clone(), digest);
        copy.table.loaded.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        if purge {
            // PURGE never fails a load: a file that stays is not loaded again.
            let _ = copy.location.remove(&file).await;
        }
    }
    if results.is_empty() {
        return status("Copy executed with 0 files processed.", StatementType::COPY);
    }
    answer(copy, &results)
}

async fn load_file(run: &Run, copy: &Copy, file: &StagedFile, text: &str) -> Result<Loaded, SqlError> {
    let targets = copy.targets();
    let mut builders: Vec<Builder> =
        targets.iter().map(|column| Builder::new(&column.data_type, 0)).collect();
    let mut result = Loaded { file: copy.location.shown(file), ..Loaded::default() };
    for record in records(text, &copy.format) {
        result.parsed += 1;
        match row(copy, text, &record, result.parsed) {
            Ok(values) => {
                for (builder, value) in builders.iter_mut().zip(values) {
                    builder.push(value)?;
                }
                result.loaded += 1;
            }
            Err(found) if copy.on_error == OnError::Abort => return Err(found.aborting(&file.name)),
            Err(found) => {
                result.errors += 1;
                result.first.get_or_insert(*found);
            }
        }
    }
    result.skipped = match copy.on_error {
        OnError::Skip(limit) => result.errors >= limit.max(1),
        OnError::SkipShare(share) => result.errors * 100 > share * result.parsed,
        OnError::Abort | OnError::Continue => false,
    };
    if result.skipped {
        result.loaded = 0;
        return Ok(result);
    }
    let arrays = builders.into_iter().map(Builder::finish).collect();
    result.batch = Some(complete(run, &copy.table, &copy.places, arrays).await?);
    Ok(result)
}

/// What became of each file.
///
/// # Errors
/// Never in practice: as [`Answer::finish`].
pub(super) fn answer(copy: &Copy, results: &[Loaded]) -> Result<Outcome, SqlError> {
    let text = |name: &str| Column::new(name, TEXT, true);
    let count = |name: &str| Column::new(name, COUNT, true);
    let mut answer = Answer::new(vec![
        text("file"),
        text("status"),
        count("rows_parsed"),
        count("rows_loaded"),
        count("error_limit"),
        count("errors_seen"),
        text("first_error"),
        count("first_error_line"),
        count("first_error_character"),
        text("first_error_column_name"),
    ]);
    for result in results {
        let state = match (result.loaded, result.errors) {
            (_, 0) => "LOADED",
            (0, _) => "LOAD_FAILED",
            _ => "PARTIALLY_LOADED",
        };
        let limit = match copy.on_error {
            OnError::Abort => 1,
            OnError::Continue => result.parsed,
            OnError::Skip(limit) => limit,
            OnError::SkipShare(share) => result.parsed * share / 100,
        };
        let first = result.first.as_ref();
        answer.row(vec![
            Value::text(result.file.clone()),
            Value::text(state),
            count_value(result.parsed),
            count_value(result.loaded),
            count_value(limit),
            count_value(result.errors),
            first.map_or(Value::Null, |first| Value::text(first.error.message.clone())),
            first.map_or(Value::Null, |first| count_value(first.line)),
            first.map_or(Value::Null, |first| count_value(first.character)),
            first.and_then(|first| first.column.clone()).map_or(Value::Null, Value::text),
        ]);
    }
    answer.finish(StatementType::COPY)
}
