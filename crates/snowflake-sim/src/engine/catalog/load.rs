//! What has been loaded into a table from staged files.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::answer::count_value;
use super::super::copy::Rejected;
use super::super::time::Stamp;
use super::super::types::{INTEGER, SqlType, TEXT};
use super::super::value::Value;

/// What became of one file.
#[derive(Clone, Debug)]
pub(in super::super) struct Load {
    /// The id of the statement.
    pub(in super::super) query_id: String,
    /// Its file, as COPY shows it.
    pub(in super::super) file: String,
    pub(in super::super) at: Stamp,
    pub(in super::super) status: &'static str,
    pub(in super::super) size: usize,
    pub(in super::super) parsed: usize,
    pub(in super::super) loaded: usize,
    pub(in super::super) error_limit: usize,
    /// The records that were not loaded.
    pub(in super::super) rejected: Arc<Vec<Rejected>>,
}

impl Load {
    /// The columns of [`Self::facts`].
    pub(in super::super) const FACTS: [(&'static str, SqlType); 10] = [
        ("LAST_LOAD_TIME", SqlType::TimestampLtz { scale: 9 }),
        ("STATUS", TEXT),
        ("ROW_COUNT", INTEGER),
        ("ROW_PARSED", INTEGER),
        ("FIRST_ERROR_MESSAGE", TEXT),
        ("FIRST_ERROR_LINE_NUMBER", INTEGER),
        ("FIRST_ERROR_CHARACTER_POSITION", INTEGER),
        ("FIRST_ERROR_COL_NAME", TEXT),
        ("ERROR_COUNT", INTEGER),
        ("ERROR_LIMIT", INTEGER),
    ];

    /// What a history tells of the file.
    pub(in super::super) fn facts(&self) -> Vec<Value<'static>> {
        let first = self.rejected.first();
        let status = self.status.replace('_', " ");
        let status = status[..1].to_owned() + &status[1..].to_lowercase();
        vec![
            Value::Ltz(self.at),
            Value::text(status),
            count_value(self.loaded),
            count_value(self.parsed),
            first.map_or(Value::Null, |first| Value::text(first.message())),
            first.map_or(Value::Null, |first| count_value(first.line())),
            first.map_or(Value::Null, |first| count_value(first.character())),
            first.and_then(Rejected::column).map_or(Value::Null, Value::text),
            count_value(self.rejected.len()),
            count_value(self.error_limit),
        ]
    }
}

/// The staged files that a table has been loaded from.
#[derive(Debug, Default)]
pub(in super::super) struct Loads {
    /// Where each lies, and the digest of what it held.
    known: BTreeSet<(String, String)>,
    /// What became of the files of all statements, oldest first.
    past: Vec<Load>,
}

impl Loads {
    /// Whether the table has been loaded from a file that held the same.
    pub(in super::super) fn knows(&self, key: &(String, String)) -> bool {
        self.known.contains(key)
    }

    /// Remembers what became of a file and, with a key, that it need not be loaded again.
    pub(in super::super) fn remember(&mut self, key: Option<(String, String)>, load: Load) {
        self.known.extend(key);
        self.past.push(load);
    }

    pub(in super::super) fn past(&self) -> &[Load] {
        &self.past
    }

    /// Forgets which files were loaded, as TRUNCATE does.
    pub(in super::super) fn forget(&mut self) {
        self.known.clear();
    }
}
