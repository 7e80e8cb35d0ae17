//! Bind values that a client has put into a stage.

use arrow_array::StringArray;
use arrow_array::builder::StringBuilder;

use super::super::SqlError;
use super::super::run::Run;
use super::super::stage::Location;
use super::csv::{Field, Records, field_text};
use super::format::{CsvFormat, FileFormat};
use super::read::content;

/// The bind values of a stage: one column per placeholder, all of the same length.
///
/// # Errors
/// `002003` when the stage is missing.
pub(in super::super) async fn bound_rows(run: &Run, address: &str) -> Result<Vec<StringArray>, SqlError> {
    let location = Location::resolve(run, address.trim_start_matches('@'))?;
    let FileFormat::Csv(format) = FileFormat::new(&location.format)? else {
        return Err(SqlError::not_simulated("bind values in files that are no CSV"));
    };
    let mut files = location.files().await?;
    // Files are numbered: 10 comes after 9.
    files.sort_by_key(|file| (file.name.len(), file.name.clone()));
    let mut columns = Columns::default();
    for file in &files {
        let content = content(&location, file, &FileFormat::Csv(format.clone())).await?;
        columns.gather(&content.text(format.replace_invalid)?, &format);
    }
    Ok(columns.builders.iter_mut().map(StringBuilder::finish).collect())
}

/// The fields of many records by their place.
#[derive(Default)]
struct Columns {
    builders: Vec<StringBuilder>,
    rows: usize,
}

impl Columns {
    fn gather(&mut self, text: &str, format: &CsvFormat) {
        let mut records = Records::new(text, &format.dialect);
        let mut fields = Vec::new();
        let mut skipped = format.skip_header;
        while records.next_into(&mut fields).is_some() {
            if skipped > 0 {
                skipped -= 1;
                continue;
            }
            while self.builders.len() < fields.len() {
                let mut late = StringBuilder::new();
                late.append_nulls(self.rows);
                self.builders.push(late);
            }
            for (at, builder) in self.builders.iter_mut().enumerate() {
                builder.append_option(fields.get(at).and_then(|field| value(field, format)));
            }
            self.rows += 1;
        }
    }
}

/// Whatever stands in quotes is a value, be it empty or `\N`.
fn value<'f>(field: &'f Field<'_>, format: &CsvFormat) -> Option<&'f str> {
    if field.quoted { Some(&field.text) } else { field_text(field, format) }
}
