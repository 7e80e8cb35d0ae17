//! From staged files to values.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::super::SqlError;
use super::super::run::Run;
use super::super::stage::{Location, StagedFile};
use super::super::types::{SqlType, TEXT};
use super::super::value::Value;
use super::csv::{Field, Record, Records};
use super::format::{Compression, CsvFormat};

/// A staged file's text and the digest of its bytes.
pub(super) struct Content {
    pub(super) text: String,
    pub(super) digest: String,
}

/// Reads a file, inflating it where it is gzip.
pub(super) async fn content(
    location: &Location,
    file: &StagedFile,
    format: &CsvFormat,
) -> Result<Content, SqlError> {
    let bytes = location.read(file).await?;
    let digest = super::super::stage::digest(&bytes);
    let is_gzip = bytes.starts_with(&[0x1f, 0x8b]);
    let plain = match format.compression {
        Compression::None => bytes.into(),
        Compression::Auto if !is_gzip => bytes.into(),
        Compression::Gzip if !is_gzip => {
            return Err(SqlError::new(
                "100085",
                "22000",
                format!("Invalid data encountered during decompression for file: '{}'", file.name),
            ));
        }
        _ => {
            let mut plain = Vec::new();
            MultiGzDecoder::new(bytes.as_ref()).read_to_end(&mut plain).map_err(|cause| {
                // The cause goes into the message: the service words it so.
                SqlError::new(
                    "100085",
                    "22000",
                    format!(
                        "Invalid data encountered during decompression for file: '{}', {cause}",
                        file.name
                    ),
                )
            })?;
            plain
        }
    };
    let text = if format.replace_invalid {
        String::from_utf8_lossy(&plain).into_owned()
    } else {
        // The cause says no more than where the bytes stop being text.
        String::from_utf8(plain).map_err(|_| {
            SqlError::new("100144", "22000", format!("Invalid UTF8 detected in file '{}'", file.name))
        })?
    };
    Ok(Content { text, digest })
}

/// The records of a file without its header.
pub(super) fn records<'a>(text: &'a str, format: &'a CsvFormat) -> impl Iterator<Item = Record> + 'a {
    Records::new(text, &format.dialect).skip(format.skip_header).filter(|record| {
        let blank = matches!(record.fields.as_slice(), [only] if only.text.is_empty() && !only.quoted);
        !(blank && format.skip_blank_lines)
    })
}

/// A field as text; none for NULL.
pub(super) fn field_text(field: &Field, format: &CsvFormat) -> Option<String> {
    let text = if format.trim_space && !field.quoted { field.text.trim() } else { &field.text };
    if format.null_if.iter().any(|null| null == text) && !(field.quoted && text.is_empty()) {
        return None;
    }
    if text.is_empty() && !field.quoted && format.empty_as_null {
        return None;
    }
    Some(text.to_owned())
}

/// The bind values that a client has put into a stage: one column per placeholder, numbered from 1.
///
/// # Errors
/// `002003` when the stage is missing.
pub(in super::super) async fn bound_rows(
    run: &Run,
    address: &str,
) -> Result<Vec<(String, SqlType, Vec<Value<'static>>)>, SqlError> {
    let location = Location::resolve(run, address.trim_start_matches('@'))?;
    let format = CsvFormat::new(&location.format)?;
    let mut files = location.files().await?;
    // Files are numbered: 10 comes after 9.
    files.sort_by_key(|file| (file.name.len(), file.name.clone()));
    let mut columns: Vec<(String, SqlType, Vec<Value<'static>>)> = Vec::new();
    for file in &files {
        let content = content(&location, file, &format).await?;
        for record in records(&content.text, &format) {
            for (at, field) in record.fields.iter().enumerate() {
                if columns.len() <= at {
                    columns.push(((at + 1).to_string(), TEXT, Vec::new()));
                }
                columns[at].2.push(field_text(field, &format).map_or(Value::Null, Value::text));
            }
        }
    }
    Ok(columns)
}
