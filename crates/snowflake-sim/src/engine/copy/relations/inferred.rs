//! `INFER_SCHEMA(LOCATION => …, FILE_FORMAT => …)`: the columns of staged files.

use super::super::super::SqlError;
use super::super::super::answer::count_value;
use super::super::super::information_schema::table_of;
use super::super::super::run::Run;
use super::super::super::stage::Location;
use super::super::super::syntax::Options;
use super::super::super::types::{INTEGER, SqlType, TEXT};
use super::super::super::value::Value;
use super::super::files::chosen;
use super::super::format::FileFormat;
use super::super::infer::{Columns, type_name};
use super::super::read::content;
use super::super::statement::format_options;
use super::provide::Rows;

const COLUMNS: [(&str, SqlType); 6] = [
    ("COLUMN_NAME", TEXT),
    ("TYPE", TEXT),
    ("NULLABLE", SqlType::Boolean),
    ("EXPRESSION", TEXT),
    ("FILENAMES", TEXT),
    ("ORDER_ID", INTEGER),
];
const ARGUMENTS: [&str; 7] =
    ["LOCATION", "FILE_FORMAT", "FILES", "IGNORE_CASE", "MAX_FILE_COUNT", "MAX_RECORDS_PER_FILE", "KIND"];

/// The columns of all files at a place.
///
/// # Errors
/// `001044` for arguments that the function does not take, `002003` when the stage or the format is
/// missing, and whatever is wrong with a file.
pub(super) async fn read(run: &Run, options: &Options) -> Result<Rows, SqlError> {
    if run.describes() {
        return table_of(&COLUMNS, Vec::new());
    }
    if let Some(other) = options.names().find(|name| !ARGUMENTS.contains(name)) {
        return Err(SqlError::invalid_argument(format!("Invalid argument '{other}' of INFER_SCHEMA")));
    }
    if options.text("KIND").is_some_and(|kind| !kind.eq_ignore_ascii_case("STANDARD")) {
        return Err(SqlError::not_simulated("INFER_SCHEMA of that KIND"));
    }
    let address = options.text("LOCATION").and_then(|address| address.strip_prefix('@'));
    let address = address.ok_or_else(|| SqlError::invalid_argument("INFER_SCHEMA needs a LOCATION"))?;
    let location = Location::resolve(run, address)?;
    let format = FileFormat::new(&format_options(run, options)?.or(&location.format))?;
    let any_case = options.boolean("IGNORE_CASE")? == Some(true);
    let most = |name: &str| {
        let most = options.number(name)?;
        Ok::<usize, SqlError>(most.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX)))
    };
    let (most_files, most_records) = (most("MAX_FILE_COUNT")?, most("MAX_RECORDS_PER_FILE")?);
    let mut columns = Columns::new(any_case);
    for file in chosen(&location, options).await?.into_iter().take(most_files) {
        run.check()?;
        let content = content(&location, &file, &format).await?;
        columns.read(&content, &format, &run.env, most_records)?;
    }
    let rows = columns.found().enumerate().map(|(at, column)| {
        let kind = type_name(&column.data_type);
        let value = match (&format, any_case) {
            (FileFormat::Csv(_), _) => format!("${}", column.field + 1),
            (_, true) => format!("GET_IGNORE_CASE ($1, '{}')", column.name),
            (_, false) => format!("$1:{}", column.name),
        };
        vec![
            Value::text(column.name.clone()),
            Value::text(kind.clone()),
            Value::Boolean(column.nullable),
            Value::text(format!("{value}::{kind}")),
            Value::text(column.files.join(", ")),
            count_value(at),
        ]
    });
    table_of(&COLUMNS, rows.collect())
}
