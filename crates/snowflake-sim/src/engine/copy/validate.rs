//! `VALIDATION_MODE`: what a load would do, without loading.

use snowflake_proto::{Column, StatementType};

use super::super::answer::{Answer, COUNT, count_value};
use super::super::catalog::TableColumn;
use super::super::run::Run;
use super::super::stage::StagedFile;
use super::super::types::{SqlType, TEXT};
use super::super::value::{Reader, Value};
use super::super::{Outcome, SqlError};
use super::read::content;
use super::reject::Rejected;
use super::rows::{FileRows, read};
use super::statement::{Copy, OnError};

/// What is said of a rejected record.
pub(super) const REJECTED: [(&str, SqlType); 12] = [
    ("ERROR", TEXT),
    ("FILE", TEXT),
    ("LINE", COUNT),
    ("CHARACTER", COUNT),
    ("BYTE_OFFSET", COUNT),
    ("CATEGORY", TEXT),
    ("CODE", COUNT),
    ("SQL_STATE", TEXT),
    ("COLUMN_NAME", TEXT),
    ("ROW_NUMBER", COUNT),
    ("ROW_START_LINE", COUNT),
    ("REJECTED_RECORD", TEXT),
];

/// What a validation answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// The first rows, or the first error among them.
    Rows(usize),
    /// The rejected records of the files that a load would read.
    Errors,
    /// The rejected records of all files, also of those that have been loaded in part.
    AllErrors,
}

impl Mode {
    /// # Errors
    /// `001008` when there is no such mode.
    pub(super) fn new(written: &str) -> Result<Self, SqlError> {
        let upper = written.to_ascii_uppercase();
        match upper.as_str() {
            "RETURN_ERRORS" => Ok(Self::Errors),
            "RETURN_ALL_ERRORS" => Ok(Self::AllErrors),
            other => {
                let count = other.strip_prefix("RETURN_").and_then(|rest| rest.strip_suffix("_ROWS"));
                count.and_then(|count| count.parse().ok()).map(Self::Rows).ok_or_else(|| {
                    SqlError::new(
                        "001008",
                        "22023",
                        format!(
                            "SQL compilation error:\ninvalid value [{upper}] for parameter 'VALIDATION_MODE'"
                        ),
                    )
                })
            }
        }
    }
}

/// Reads files as a load would, and loads nothing.
///
/// # Errors
/// Asked for rows, the first error among them; `100085` and `100144` for a file that cannot be read.
pub(super) async fn validate(
    run: &Run,
    copy: &Copy,
    files: Vec<StagedFile>,
    mode: Mode,
) -> Result<Outcome, SqlError> {
    match mode {
        Mode::Rows(limit) => first_rows(run, copy, files, limit).await,
        Mode::Errors => rejected(run, copy, files, copy.force).await,
        Mode::AllErrors => rejected(run, copy, files, true).await,
    }
}

async fn first_rows(
    run: &Run,
    copy: &Copy,
    files: Vec<StagedFile>,
    limit: usize,
) -> Result<Outcome, SqlError> {
    let column =
        |target: &TableColumn| Column::new(target.name.clone(), target.data_type.clone(), target.nullable);
    let mut answer = Answer::new(copy.targets().into_iter().map(column).collect());
    let mut left = limit;
    for file in files {
        if left == 0 {
            break;
        }
        run.check()?;
        let content = content(&copy.location, &file, &copy.format).await?;
        if copy.knows(run, &file, &content) && !copy.force {
            continue;
        }
        let rows = read(run, copy, &content, left).await?;
        if let Some(error) = rows.first_error(&file.name) {
            return Err(error);
        }
        left -= rows.loaded.min(left);
        for part in rows.parts {
            let readers = part.iter().map(Reader::new).collect::<Result<Vec<_>, _>>()?;
            let reader = |place: &usize| rows.places.iter().position(|each| each == place);
            let readers: Vec<Option<&Reader>> =
                copy.places.iter().map(|place| reader(place).map(|at| &readers[at])).collect();
            for row in 0..FileRows::rows_of(&part) {
                let value = |reader: &Option<&Reader>| {
                    reader.map_or(Value::Null, |reader| reader.value(row).into_owned())
                };
                answer.row(readers.iter().map(value).collect());
            }
        }
    }
    answer.finish(StatementType::COPY)
}

async fn rejected(run: &Run, copy: &Copy, files: Vec<StagedFile>, all: bool) -> Result<Outcome, SqlError> {
    let column = |(name, data_type): (&str, SqlType)| Column::new(name, data_type, true);
    let mut answer = Answer::new(REJECTED.into_iter().map(column).collect());
    let copy = &Copy { on_error: OnError::Continue, ..copy.clone() };
    for file in files {
        run.check()?;
        let content = content(&copy.location, &file, &copy.format).await?;
        if copy.knows(run, &file, &content) && !all {
            continue;
        }
        for found in read(run, copy, &content, usize::MAX).await?.rejected {
            answer.row(rejection(&found, copy.location.shown(&file)));
        }
    }
    answer.finish(StatementType::COPY)
}

/// One row of [`REJECTED`].
pub(super) fn rejection(found: &Rejected, file: String) -> Vec<Value<'static>> {
    vec![
        Value::text(found.error.message.clone()),
        Value::text(file),
        count_value(found.line),
        count_value(found.character),
        count_value(found.offset),
        Value::text(found.category.name()),
        found.error.code.parse().map_or(Value::Null, Value::integer),
        Value::text(found.error.sql_state),
        found.column.clone().map_or(Value::Null, Value::text),
        count_value(found.row),
        count_value(found.row_line),
        Value::text(found.record.clone()),
    ]
}
