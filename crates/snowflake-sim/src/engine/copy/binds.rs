//! Bind values that a client has put into a stage.

use super::super::SqlError;
use super::super::run::Run;
use super::super::stage::Location;
use super::super::types::{SqlType, TEXT};
use super::super::value::Value;
use super::csv::{Records, field_text};
use super::format::{CsvFormat, FileFormat};
use super::read::content;

/// The bind values of a stage: one column per placeholder, numbered from 1.
///
/// # Errors
/// `002003` when the stage is missing.
pub(in super::super) async fn bound_rows(
    run: &Run,
    address: &str,
) -> Result<Vec<(String, SqlType, Vec<Value<'static>>)>, SqlError> {
    let location = Location::resolve(run, address.trim_start_matches('@'))?;
    let FileFormat::Csv(format) = FileFormat::new(&location.format)? else {
        return Err(SqlError::not_simulated("bind values in files that are no CSV"));
    };
    let mut files = location.files().await?;
    // Files are numbered: 10 comes after 9.
    files.sort_by_key(|file| (file.name.len(), file.name.clone()));
    let mut columns: Vec<(String, SqlType, Vec<Value<'static>>)> = Vec::new();
    for file in &files {
        let content = content(&location, file, &FileFormat::Csv(format.clone())).await?;
        gather(&content.text(format.replace_invalid)?, &format, &mut columns);
    }
    Ok(columns)
}

fn gather(text: &str, format: &CsvFormat, columns: &mut Vec<(String, SqlType, Vec<Value<'static>>)>) {
    let mut records = Records::new(text, &format.dialect);
    let mut fields = Vec::new();
    let mut skipped = format.skip_header;
    while records.next_into(&mut fields).is_some() {
        if skipped > 0 {
            skipped -= 1;
            continue;
        }
        for (at, field) in fields.iter().enumerate() {
            if columns.len() <= at {
                columns.push(((at + 1).to_string(), TEXT, Vec::new()));
            }
            columns[at].2.push(field_text(field, format).map_or(Value::Null, Value::text));
        }
    }
}
