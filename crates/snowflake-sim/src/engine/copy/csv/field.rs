//! What the text of a field stands for.

use super::super::format::CsvFormat;
use super::Field;

/// A field as text; none for NULL.
pub(in super::super) fn field_text<'f>(field: &'f Field<'_>, format: &CsvFormat) -> Option<&'f str> {
    let text = if format.trim_space && !field.quoted { field.text.trim() } else { &field.text };
    if format.null_if.iter().any(|null| null == text) && !(field.quoted && text.is_empty()) {
        return None;
    }
    if text.is_empty() && !field.quoted && format.empty_as_null {
        return None;
    }
    Some(text)
}
