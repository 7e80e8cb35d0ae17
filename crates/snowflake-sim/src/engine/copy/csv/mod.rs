//! CSV text: records and fields, the rows they make, and writing them.

mod field;
mod record;
mod source;
mod write;

pub(super) use field::field_text;
pub(super) use record::{Dialect, Field, Records};
pub(super) use source::CsvSource;
pub(super) use write::Writer;
