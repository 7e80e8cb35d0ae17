//! Tables that get the columns of the files that are loaded into them.

use std::sync::Arc;

use super::super::SqlError;
use super::super::catalog::{Table, TableColumn};
use super::super::ddl::put_table;
use super::super::run::Run;
use super::super::stage::StagedFile;
use super::columns::{Matching, is_named};
use super::infer::Columns;
use super::read::content;
use super::statement::Copy;

/// The same load into a table with all columns of the files that it has not been loaded from.
///
/// Columns that a file does not have stop refusing NULL.
///
/// # Errors
/// `000604` when the statement is told to stop, and whatever is wrong with a file as a whole.
pub(super) async fn evolved(run: &Run, copy: &Copy, files: &[StagedFile]) -> Result<Copy, SqlError> {
    let Matching::Name { any_case } = copy.matching else { return Ok(copy.clone()) };
    if !copy.table.evolves() {
        return Ok(copy.clone());
    }
    let mut found = Columns::new(any_case);
    for file in files {
        run.check()?;
        // What is wrong with a file is said when it is loaded.
        let Ok(content) = content(&copy.location, file, &copy.format).await else { continue };
        if copy.force || !copy.knows(run, file, &content) {
            let _ = found.read(&content, &copy.format, &copy.env, usize::MAX);
        }
    }
    let Some(columns) = changed(&copy.table, &found, any_case) else { return Ok(copy.clone()) };
    run.commit().await?;
    let gate = run.gate(&copy.table).await?;
    run.check()?;
    let table = Arc::new(copy.table.changed(columns)?);
    put_table(run, &copy.path, table.options.kind, Arc::clone(&table))?;
    copy.table.retire();
    drop(gate);
    Ok(Copy { places: (0..table.columns().len()).collect(), table, ..copy.clone() })
}

/// The columns of the table as they have to be for all files; none when nothing is to be changed.
fn changed(table: &Table, found: &Columns, any_case: bool) -> Option<Vec<TableColumn>> {
    let mut columns = table.columns().to_vec();
    let mut is_changed = false;
    for column in columns.iter_mut().filter(|column| !column.nullable && column.default.is_none()) {
        let named = found.found().find(|each| is_named(column, &each.name, any_case));
        let is_always_there = named.is_some_and(|each| each.files.len() == found.files());
        if !is_always_there && column.identity.is_none() && found.files() > 0 {
            column.nullable = true;
            is_changed = true;
        }
    }
    for each in found.found() {
        if !columns.iter().any(|column| is_named(column, &each.name, any_case)) {
            columns.push(TableColumn::new(each.name.clone(), each.data_type.clone()));
            is_changed = true;
        }
    }
    is_changed.then_some(columns)
}
