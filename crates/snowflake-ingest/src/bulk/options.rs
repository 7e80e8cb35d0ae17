//! How rows go into a table.

use std::path::PathBuf;
use std::time::Duration;

use snowflake_proto::DataType;

use super::fault::{BatchIdSnafu, OptionSnafu};
use crate::copy::OnError;
use crate::error::Result;

/// How [`bulk_insert`](crate::bulk_insert) and its sisters load.
///
/// ```
/// use snowflake_ingest::{BulkInsertOptions, CreateTable};
///
/// let options = BulkInsertOptions {
///     batch_id: Some("orders-2026-02-03".to_owned()),
///     create_table: CreateTable::IfNotExists,
///     ..BulkInsertOptions::default()
/// };
/// # let _ = options;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct BulkInsertOptions {
    /// A name for these rows, such as that of the file or hour they are from. Loading the same rows under the same
    /// id again loads nothing; other rows under that id are an error. 1 to 128 letters, digits, `-`, `_` and `.`.
    ///
    /// Without one every call is a load of its own; the result, and the error, tell the id that it got.
    pub batch_id: Option<String>,
    /// Whether to create the table.
    pub create_table: CreateTable,
    /// Whether fields that the table has no column for become new columns; otherwise they are an error.
    pub evolve_schema: bool,
    /// The types of columns that are created, by the names of their fields, where the values do not tell: texts
    /// are `VARCHAR`, whole numbers `NUMBER(38,0)`, others `FLOAT`, nested values `VARIANT`.
    pub column_types: Vec<(String, DataType)>,
    /// Whether the rows take the place of those that the table has, in one transaction: others see all of the old
    /// rows or all of the new ones.
    pub truncate: bool,
    /// What happens when a record does not fit: [`AbortStatement`](OnError::AbortStatement) or
    /// [`Continue`](OnError::Continue).
    pub on_error: OnError,
    /// Where rejected records go, besides the result.
    pub dead_letters: DeadLetters,
    /// Which way the rows take.
    pub method: BulkMethod,
    /// The stage for files, or a folder in one. The user's own, `@~/bulk_insert`, if none is given.
    pub stage: Option<String>,
    /// The most bytes of rows in a file, as they are in memory: the file is smaller.
    pub max_part_bytes: usize,
    /// The most rows in a file.
    pub max_part_rows: usize,
    /// How many files are made and uploaded at a time, at most; with [`max_part_bytes`](Self::max_part_bytes) it
    /// bounds the memory.
    pub parallel: usize,
    /// The warehouse to load with, in place of the session's.
    pub warehouse: Option<String>,
    /// The longest time for each statement.
    pub timeout: Option<Duration>,
    /// A tag for the query history.
    pub tag: Option<String>,
}

/// Whether a load creates its table, with a column for every field of the records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CreateTable {
    /// There must be one.
    #[default]
    Never,
    /// If there is none.
    IfNotExists,
    /// In place of the one there is, which is gone even when the load fails: `truncate` is what undoes itself.
    OrReplace,
}

/// Which way rows take into a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BulkMethod {
    /// Few rows as bind values, many as files.
    ///
    /// Few are at most 65,280 values and 4 MiB, for which one statement is sent instead of four and an upload.
    /// Loads with a batch id, with semi-structured columns or with `OnError::Continue` go as files whatever
    /// their size: bind values leave no trace that a repeat could find, and know no JSON and no partial success.
    #[default]
    Auto,
    /// As array binds of `INSERT` statements, all in one transaction.
    Binds,
    /// As Parquet files, by way of a stage.
    Files,
}

/// Where rejected records go, besides the first ones that the result holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeadLetters {
    /// Nowhere else.
    #[default]
    Result,
    /// To a local file, one JSON object a line, which is created or replaced.
    File(PathBuf),
    /// To a table, which is created if it does not exist, with the columns of
    /// [`RejectedRow`](crate::RejectedRow) and `TABLE_NAME` and `BATCH_ID`.
    Table(String),
}

impl Default for BulkInsertOptions {
    fn default() -> Self {
        Self {
            batch_id: None,
            create_table: CreateTable::Never,
            evolve_schema: false,
            column_types: Vec::new(),
            truncate: false,
            on_error: OnError::AbortStatement,
            dead_letters: DeadLetters::Result,
            method: BulkMethod::Auto,
            stage: None,
            max_part_bytes: 64 << 20,
            max_part_rows: 4_000_000,
            parallel: 2,
            warehouse: None,
            timeout: None,
            tag: None,
        }
    }
}

impl BulkInsertOptions {
    /// What contradicts itself, found before anything is sent.
    pub(super) fn check(&self) -> Result<()> {
        let refuse = |reason: &str| OptionSnafu { reason }.fail()?;
        if self.max_part_bytes == 0 || self.max_part_rows == 0 || self.parallel == 0 {
            return refuse("`max_part_bytes`, `max_part_rows` and `parallel` are 1 at least");
        }
        if !matches!(self.on_error, OnError::AbortStatement | OnError::Continue) {
            return refuse(
                "`on_error` is AbortStatement or Continue: the files are cut by size, and to skip one of them \
                 would drop rows that nobody chose",
            );
        }
        if self.batch_id.is_some() && self.method == BulkMethod::Binds {
            return refuse(
                "bind values leave no trace by which a repeat of a batch could be known: load as files",
            );
        }
        let is_word =
            |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let odd = |(_, data_type): &&(String, DataType)| matches!(data_type, DataType::Other(name) if !is_word(name));
        if let Some((column, _)) = self.column_types.iter().find(odd) {
            return refuse(&format!("the type of {column:?} is no single word"));
        }
        match &self.batch_id {
            Some(id) if !is_batch_id(id) => {
                BatchIdSnafu { id: id.chars().take(160).collect::<String>() }.fail()?
            }
            _ => Ok(()),
        }
    }
}

fn is_batch_id(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=128).contains(&id.len()) && id.chars().all(plain) && !id.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn refused(options: &BulkInsertOptions) -> bool {
        options.check().is_err_and(|error| error.kind() == ErrorKind::Configuration)
    }

    #[test]
    fn q01_a_batch_id_is_a_name_of_a_folder_and_nothing_else() {
        let with =
            |id: &str| BulkInsertOptions { batch_id: Some(id.to_owned()), ..BulkInsertOptions::default() };
        for id in ["a", "orders-2026_02.03", &"x".repeat(128)] {
            assert!(with(id).check().is_ok(), "{id}");
        }
        for id in ["", ".", "..", ".x", "a/b", "a b", "a'b", "a\0", "\u{e4}", &"x".repeat(129)] {
            assert!(refused(&with(id)), "{id:?}");
        }
    }

    #[test]
    fn options_that_contradict_themselves_are_refused() {
        let base = BulkInsertOptions::default;
        assert!(base().check().is_ok());
        assert!(refused(&BulkInsertOptions { parallel: 0, ..base() }));
        assert!(refused(&BulkInsertOptions { max_part_rows: 0, ..base() }));
        assert!(refused(&BulkInsertOptions { on_error: OnError::SkipFile, ..base() }));
        let binds = BulkInsertOptions { method: BulkMethod::Binds, batch_id: Some("a".into()), ..base() };
        assert!(refused(&binds));
        let typed = |name: &str| vec![("a".to_owned(), DataType::Other(name.to_owned()))];
        assert!(refused(&BulkInsertOptions { column_types: typed("INT); DROP TABLE t; --"), ..base() }));
        assert!(BulkInsertOptions { column_types: typed("GEOGRAPHY"), ..base() }.check().is_ok());
    }
}
