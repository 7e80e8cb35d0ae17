//! LIST and REMOVE.

use ::regex::Regex;
use snowflake_proto::{Column, StatementType};
use time::OffsetDateTime;

use super::super::answer::{Answer, COUNT};
use super::super::run::Run;
use super::super::syntax::{Cursor, Options, Tokens};
use super::super::types::{SqlType, TEXT};
use super::super::value::Value;
use super::super::{Outcome, SqlError};
use super::objects::digest;
use super::{Location, StagedFile};

/// Runs `LIST @stage [PATTERN = '…']`.
///
/// # Errors
/// `002003` when the stage is missing.
pub(in super::super) async fn list(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let (location, files) = selected(run, tokens).await?;
    let columns = vec![
        Column::new("name", TEXT, false),
        Column::new("size", COUNT, false),
        Column::new("md5", SqlType::Text { length: 32 }, false),
        Column::new("last_modified", TEXT, false),
    ];
    let mut answer = Answer::new(columns);
    for file in files {
        let content = location.stored(&file).await?;
        answer.row(vec![
            Value::text(location.shown(&file)),
            Value::integer(i64::try_from(file.size).unwrap_or(i64::MAX)),
            Value::text(digest(&content)),
            Value::text(modified(file.modified)),
        ]);
    }
    answer.finish(StatementType::LIST)
}

/// Runs `REMOVE @stage [PATTERN = '…']`.
///
/// # Errors
/// `002003` when the stage is missing.
pub(in super::super) async fn remove(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let (location, files) = selected(run, tokens).await?;
    let mut answer = Answer::of_text(&["name", "result"]).without_nulls();
    for file in files {
        if !run.describes() {
            location.remove(&file).await?;
        }
        answer.row(vec![Value::text(location.shown(&file)), Value::text("removed")]);
    }
    answer.finish(StatementType::REMOVE)
}

async fn selected(run: &Run, tokens: &Tokens) -> Result<(Location, Vec<StagedFile>), SqlError> {
    let mut cursor = Cursor::new(tokens);
    cursor.next();
    let address = cursor.stage_address()?;
    let options = Options::read(&mut cursor)?;
    cursor.end()?;
    let location = Location::resolve(run, &address)?;
    let mut files = location.files().await?;
    if let Some(pattern) = options.text("PATTERN") {
        let pattern = whole_match(pattern)?;
        files.retain(|file| pattern.is_match(&file.name));
    }
    Ok((location, files))
}

/// A PATTERN, which has to match the whole path.
///
/// # Errors
/// `100048` for a pattern that is none.
pub(in super::super) fn whole_match(pattern: &str) -> Result<Regex, SqlError> {
    // The cause would quote the pattern over several lines.
    Regex::new(&format!("^(?:{pattern})$"))
        .map_err(|_| SqlError::new("100048", "2201B", format!("Invalid regular expression: '{pattern}'")))
}

fn modified(time: OffsetDateTime) -> String {
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    time.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}
