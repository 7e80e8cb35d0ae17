//! JSON text: documents and the rows they make.

mod document;
mod source;
mod tidy;

pub(super) use source::JsonSource;
