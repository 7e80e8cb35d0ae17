//! Rows of a file that are read together, column by column.

use arrow_array::ArrayRef;

use super::super::types::{INTEGER, SqlType, TEXT};
use super::reject::Rejected;

/// How many rows are read together.
pub(super) const ROWS: usize = 16_384;

/// What is asked of each row of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// `$1`, `$2` and so on, counted from 0; of formats that are no CSV only the first has a value.
    Field(usize),
    /// A member of `$1`, or the field under that name in a file with a header.
    Member(String),
    Metadata(Metadata),
}

/// What is known of a row besides its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Metadata {
    FileName,
    RowNumber,
    ContentKey,
    LastModified,
    ScanTime,
}

impl Metadata {
    /// Every kind under its name in a query.
    pub(super) const ALL: [(&'static str, Self); 5] = [
        ("METADATA$FILENAME", Self::FileName),
        ("METADATA$FILE_ROW_NUMBER", Self::RowNumber),
        ("METADATA$FILE_CONTENT_KEY", Self::ContentKey),
        ("METADATA$FILE_LAST_MODIFIED", Self::LastModified),
        ("METADATA$START_SCAN_TIME", Self::ScanTime),
    ];

    /// What its values are.
    pub(super) fn data_type(self) -> SqlType {
        match self {
            Self::FileName | Self::ContentKey => TEXT,
            Self::RowNumber => INTEGER,
            Self::LastModified => SqlType::TimestampNtz { scale: 9 },
            Self::ScanTime => SqlType::TimestampLtz { scale: 9 },
        }
    }
}

/// Where a row is in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its number, from 1.
    pub(super) row: usize,
    /// The line on which it begins, from 1; formats without lines count rows.
    pub(super) line: usize,
    /// The byte of the inflated file at which it begins; 0 for formats without text.
    pub(super) offset: usize,
}

/// Some rows.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// One array per item that was asked for.
    pub(super) columns: Vec<ArrayRef>,
    /// Where each of the rows is.
    pub(super) places: Vec<Place>,
    /// The records among them that are no rows.
    pub(super) rejected: Vec<Rejected>,
}
