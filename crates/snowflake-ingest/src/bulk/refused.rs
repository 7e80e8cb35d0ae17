//! The rows that the service refused while it loaded the others.

use snafu::ResultExt;
use snowflake_proto::Literal;
use snowflake_query::Row;

use super::job::Job;
use super::outcome::RejectedRow;
use super::parts::Part;
use crate::copy::{CopyResult, RejectedRecord};
use crate::error::{AnswerSnafu, Result};

/// Each of them, where the service tells; otherwise the first of every file.
///
/// `VALIDATE` knows the errors of loads that took columns by name; of those that selected columns the answer of the
/// load itself tells the first error a file.
pub(super) async fn refused(job: &Job<'_>, copied: &CopyResult, parts: &[Part]) -> Result<Vec<RejectedRow>> {
    let id = Literal::text(copied.query_id.to_string());
    let sql = format!("SELECT * FROM TABLE(VALIDATE({}, JOB_ID => {id}))", job.table);
    let Ok(validated) = job.pool.execute(job.statements.query(sql)).await else {
        return Ok(first_errors(copied));
    };
    let read = |row: Row| RejectedRecord::read(&row).context(AnswerSnafu { statement: "VALIDATE" });
    let records: Vec<RejectedRecord> = validated.rows.iter().map(read).collect::<Result<_, _>>()?;
    if records.is_empty() {
        return Ok(first_errors(copied));
    }
    Ok(records.into_iter().map(|record| rejected(record, parts)).collect())
}

fn rejected(record: RejectedRecord, parts: &[Part]) -> RejectedRow {
    let name = record.file.rsplit('/').next().unwrap_or_default();
    let part = parts.iter().find(|part| part.name == name);
    let row = record.row.and_then(|row| part?.input_row(row.checked_sub(1)?));
    RejectedRow {
        row,
        file: Some(record.file),
        column: record.column,
        error: record.error,
        record: record.record,
    }
}

fn first_errors(copied: &CopyResult) -> Vec<RejectedRow> {
    let first = |file: &crate::copy::CopyFile| {
        let error = file.first_error.clone()?;
        Some(RejectedRow {
            row: None,
            file: Some(file.file.clone()),
            column: error.column,
            error: error.message,
            record: None,
        })
    };
    copied.results.iter().filter_map(first).collect()
}
