//! `VALIDATE(table, JOB_ID => '_last' | 'query id')`: the records that a load left out.

use super::super::super::SqlError;
use super::super::super::information_schema::table_of;
use super::super::super::run::Run;
use super::super::super::syntax::{Name, Options};
use super::super::validate::{REJECTED, rejection};
use super::provide::Rows;

/// The rejected records of a past COPY.
///
/// # Errors
/// `002003` when the table is missing or nothing is known of the statement.
pub(super) fn read(run: &Run, table: &Name, options: &Options) -> Result<Rows, SqlError> {
    let table = run.table(&run.path(table)?, &table.join("."))?;
    let loads = table.loads();
    let job = options.text("JOB_ID").unwrap_or("_last");
    let wanted = if job.eq_ignore_ascii_case("_last") {
        // Of a table that nothing was loaded into, nothing was rejected.
        loads
            .past()
            .iter()
            .map(|load| load.query_id.as_str())
            .rfind(|id| run.history.iter().any(|each| each == id))
    } else {
        Some(job)
    };
    let Some(wanted) = wanted else { return table_of(&REJECTED, Vec::new()) };
    let mut of_job = loads.past().iter().filter(|load| load.query_id == wanted).peekable();
    if of_job.peek().is_none() {
        return Err(SqlError::new("000709", "02000", format!("Statement {wanted} not found")));
    }
    let rows = of_job.flat_map(|load| load.rejected.iter().map(|found| rejection(found, load.file.clone())));
    table_of(&REJECTED, rows.collect())
}
