//! `COPY_HISTORY(TABLE_NAME => …, START_TIME => …)`: what was loaded into a table.

use super::super::super::SqlError;
use super::super::super::answer::count_value;
use super::super::super::catalog::Load;
use super::super::super::information_schema::table_of;
use super::super::super::run::Run;
use super::super::super::syntax::{Cursor, Options, lex};
use super::super::super::types::{INTEGER, TEXT};
use super::super::super::value::Value;
use super::provide::Rows;

/// The files that were loaded into a table, whenever that was.
///
/// # Errors
/// `001044` without a table's name, `002003` when the table is missing.
pub(super) fn read(run: &Run, options: &Options) -> Result<Rows, SqlError> {
    let written = options
        .text("TABLE_NAME")
        .ok_or_else(|| SqlError::invalid_argument("COPY_HISTORY needs TABLE_NAME"))?;
    let tokens = lex(written)?;
    let path = run.path(&Cursor::new(&tokens).name()?)?;
    let table = run.table(&path, written)?;
    let own = [
        ("FILE_NAME", TEXT),
        ("FILE_SIZE", INTEGER),
        ("TABLE_CATALOG_NAME", TEXT),
        ("TABLE_SCHEMA_NAME", TEXT),
        ("TABLE_NAME", TEXT),
    ];
    let columns: Vec<_> = own.into_iter().chain(Load::FACTS).collect();
    let loads = table.loads();
    let rows = loads.past().iter().map(|load| {
        let own = [
            Value::text(load.file.clone()),
            count_value(load.size),
            Value::text(path.database.clone()),
            Value::text(path.schema.clone()),
            Value::text(path.name.clone()),
        ];
        own.into_iter().chain(load.facts()).collect()
    });
    table_of(&columns, rows.collect())
}
