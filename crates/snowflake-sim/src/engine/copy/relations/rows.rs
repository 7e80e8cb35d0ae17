//! `FROM @stage (FILE_FORMAT => …, PATTERN => …)`.

use super::super::super::SqlError;
use super::super::super::run::Run;
use super::super::super::stage::Location;
use super::super::super::syntax::Options;
use super::super::chunk::ROWS;
use super::super::files::chosen;
use super::super::format::FileFormat;
use super::super::read::content;
use super::super::source::{Source, text_of};
use super::super::staged;
use super::super::statement::format_options;
use super::provide::Rows;

/// The rows of all files at a place.
///
/// # Errors
/// `002003` when the stage or the format is missing, and the first error in a file.
pub(super) async fn read(
    run: &Run,
    address: &str,
    options: &Options,
    fields: usize,
) -> Result<Rows, SqlError> {
    let known = ["FILE_FORMAT", "PATTERN"];
    if let Some(other) = options.names().find(|name| !known.contains(name)) {
        return Err(SqlError::invalid_argument(format!("Invalid argument '{other}' of a stage")));
    }
    let location = Location::resolve(run, address)?;
    let format = FileFormat::new(&format_options(run, options)?.or(&location.format))?;
    let env = format.env(&run.env);
    let (items, schema) = (staged::items(fields), staged::schema(fields, &format));
    let mut batches = Vec::new();
    let files = if run.describes() { Vec::new() } else { chosen(&location, options).await? };
    for file in files {
        run.check()?;
        let content = content(&location, &file, &format).await?;
        let text = text_of(&content, &format)?;
        let mut source = Source::open(&content, &text, &format, &env)?;
        while let Some(chunk) = source.next(&items, ROWS)? {
            if let Some(rejected) = chunk.rejected.first() {
                return Err(rejected.aborting(&file.name));
            }
            batches.push(staged::batch(&chunk, &source, &items, &schema, &env)?);
        }
    }
    Ok((schema, batches))
}
