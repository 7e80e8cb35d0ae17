//! The statement: which files, into which columns, and what becomes of errors.

use std::sync::{Arc, PoisonError};

use arrow_array::RecordBatch;
use datafusion::sql::sqlparser::tokenizer::Token;
use snowflake_proto::{Column, StatementType};

use super::super::answer::{Answer, COUNT, count_value, status};
use super::super::catalog::{Table, TableColumn};
use super::super::ddl::stage::named_format;
use super::super::dml::complete;
use super::super::env::Env;
use super::super::run::Run;
use super::super::stage::{Location, StagedFile, whole_match};
use super::super::syntax::{Cursor, OptionValue, Options, Tokens};
use super::super::types::TEXT;
use super::super::value::{Builder, Value, convert};
use super::super::{Outcome, SqlError};
use super::csv::Record;
use super::format::CsvFormat;
use super::read::{content, field_text, records};

const KNOWN: [&str; 11] = [
    "FILE_FORMAT",
    "FILES",
    "PATTERN",
    "ON_ERROR",
    "PURGE",
    "FORCE",
    "RETURN_FAILED_ONLY",
    "ENFORCE_LENGTH",
    "TRUNCATECOLUMNS",
    "LOAD_UNCERTAIN_FILES",
    "MATCH_BY_COLUMN_NAME",
];

/// What an error in a file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnError {
    Abort,
    Continue,
    /// Skip the file from this many errors on.
    Skip(usize),
    /// Skip the file from this percentage of its rows on.
    SkipShare(usize),
}

/// What COPY was asked to do.
struct Copy {
    table: Arc<Table>,
    table_name: String,
    places: Vec<usize>,
    location: Location,
    format: CsvFormat,
    env: Env,
    on_error: OnError,
    truncates: bool,
}

/// What became of a file.
#[derive(Default)]
struct Loaded {
    file: String,
    parsed: usize,
    loaded: usize,
    errors: usize,
    first: Option<RowError>,
    batch: Option<RecordBatch>,
    skipped: bool,
}

#[derive(Clone)]
struct RowError {
    error: SqlError,
    line: usize,
    row: usize,
    character: usize,
    column: Option<String>,
}

/// Runs COPY.
///
/// # Errors
/// Whatever is wrong with it; with `ON_ERROR = ABORT_STATEMENT` the first error in a file.
pub(in super::super) async fn execute(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    cursor.expect_word("COPY")?;
    cursor.expect_word("INTO")?;
    let quoted_stage = matches!(cursor.peek(), Some(Token::SingleQuotedString(_)));
    if cursor.peek() == Some(&Token::AtSign) || quoted_stage {
        return Err(SqlError::not_simulated("unloading with COPY INTO a stage"));
    }
    let name = cursor.name()?;
    let columns = if cursor.peek() == Some(&Token::LParen) {
        column_names(&cursor.parenthesised()?)?
    } else {
        Vec::new()
    };
    cursor.expect_word("FROM")?;
    if cursor.peek() == Some(&Token::LParen) {
        return Err(SqlError::not_simulated("COPY with a query over staged files"));
    }
    let address = cursor.stage_address()?;
    let options = Options::read(&mut cursor)?;
    if cursor.sees("VALIDATION_MODE") || options.get("VALIDATION_MODE").is_some() {
        return Err(SqlError::not_simulated("VALIDATION_MODE"));
    }
    cursor.end()?;
    if let Some(other) = options.names().find(|name| !KNOWN.contains(name)) {
        return Err(SqlError::not_simulated(format!("COPY with {other}")));
    }
    if options.text("MATCH_BY_COLUMN_NAME").is_some_and(|mode| !mode.eq_ignore_ascii_case("NONE")) {
        return Err(SqlError::not_simulated("MATCH_BY_COLUMN_NAME"));
    }
    let table = run.table(&run.path(&name)?, &name.join("."))?;
    let location = Location::resolve(run, &address)?;
    let format = CsvFormat::new(&format_options(run, &options)?.or(&location.format))?;
    let copy = Copy {
        places: places(&table, &columns)?,
        table_name: name.last().cloned().unwrap_or_default(),
        table,
        env: format.env(&run.env),
        format,
        location,
        on_error: on_error(options.text("ON_ERROR"))?,
        truncates: options.boolean("TRUNCATECOLUMNS")? == Some(true)
            || options.boolean("ENFORCE_LENGTH")? == Some(false),
    };
    if run.describes() {
        return answer(&copy, &[]);
    }
    let files = chosen(&copy, &options)?;
    load(run, &copy, files, &options).await
}

async fn load(
    run: &Run,
    copy: &Copy,
    files: Vec<StagedFile>,
    options: &Options,
) -> Result<Outcome, SqlError> {
    let force = options.boolean("FORCE")? == Some(true);
    let purge = options.boolean("PURGE")? == Some(true);
    let mut results = Vec::new();
    let mut done = Vec::new();
    for file in files {
        run.check()?;
        let content = content(&file, &copy.format)?;
        let key = (file.path.display().to_string(), content.digest.clone());
        let known = copy.table.loaded.lock().unwrap_or_else(PoisonError::into_inner).contains(&key);
        if known && !force {
            continue;
        }
        let result = load_file(run, copy, &file, &content.text).await?;
        if !result.skipped {
            done.push((file, key));
        }
        results.push(result);
    }
    let batches: Vec<RecordBatch> = results.iter().filter_map(|result| result.batch.clone()).collect();
    run.append(&copy.table, batches).await?;
    for (file, key) in done {
        copy.table.loaded.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        if purge {
            // PURGE never fails a load: a file that stays is not loaded again.
            let _ = std::fs::remove_file(&file.path);
        }
    }
    if results.is_empty() {
        return status("Copy executed with 0 files processed.", StatementType::COPY);
    }
    answer(copy, &results)
}

fn column_names(tokens: &Tokens) -> Result<Vec<String>, SqlError> {
    let mut cursor = Cursor::new(tokens);
    let mut names = vec![cursor.identifier()?];
    while cursor.token(&Token::Comma) {
        names.push(cursor.identifier()?);
    }
    cursor.end()?;
    Ok(names)
}

fn places(table: &Table, names: &[String]) -> Result<Vec<usize>, SqlError> {
    if names.is_empty() {
        return Ok((0..table.columns().len()).collect());
    }
    let place = |name: &String| table.columns().iter().position(|column| column.name == *name);
    names.iter().map(|name| place(name).ok_or_else(|| SqlError::invalid_identifier(name))).collect()
}

fn format_options(run: &Run, options: &Options) -> Result<Options, SqlError> {
    match options.get("FILE_FORMAT") {
        None => Ok(Options::default()),
        Some(OptionValue::Text(name)) => named_format(run, name),
        Some(OptionValue::Options(format)) => match format.text("FORMAT_NAME") {
            Some(name) => named_format(run, &name.to_uppercase()),
            None => Ok(format.clone()),
        },
        Some(OptionValue::List(_)) => Err(SqlError::invalid_argument("Invalid FILE_FORMAT")),
    }
}

fn on_error(written: Option<&str>) -> Result<OnError, SqlError> {
    let upper = written.unwrap_or("ABORT_STATEMENT").to_ascii_uppercase();
    let invalid = || {
        SqlError::new(
            "001008",
            "22023",
            format!("SQL compilation error:\ninvalid value [{upper}] for parameter 'ON_ERROR'"),
        )
    };
    Ok(match upper.as_str() {
        "ABORT_STATEMENT" => OnError::Abort,
        "CONTINUE" => OnError::Continue,
        "SKIP_FILE" => OnError::Skip(1),
        other => {
            let limit = other.strip_prefix("SKIP_FILE_").ok_or_else(invalid)?;
            match limit.strip_suffix('%') {
                // The cause says no more than that the text is no number.
                Some(share) => OnError::SkipShare(share.parse().map_err(|_| invalid())?),
                None => OnError::Skip(limit.parse().map_err(|_| invalid())?),
            }
        }
    })
}

fn chosen(copy: &Copy, options: &Options) -> Result<Vec<StagedFile>, SqlError> {
    let mut files = copy.location.files()?;
    if let Some(names) = options.list("FILES") {
        let prefix = copy.location.prefix.trim_end_matches('/');
        let wanted: Vec<String> = names
            .iter()
            .map(|name| if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") })
            .collect();
        files.retain(|file| wanted.contains(&file.name));
        if let Some(missing) = wanted.iter().find(|name| files.iter().all(|file| file.name != **name)) {
            return Err(SqlError::new("100016", "22000", format!("Remote file '{missing}' was not found.")));
        }
    }
    if let Some(pattern) = options.text("PATTERN") {
        let pattern = whole_match(pattern)?;
        files.retain(|file| pattern.is_match(&file.name));
    }
    Ok(files)
}

async fn load_file(run: &Run, copy: &Copy, file: &StagedFile, text: &str) -> Result<Loaded, SqlError> {
    let targets: Vec<&TableColumn> = copy.places.iter().map(|at| &copy.table.columns()[*at]).collect();
    let mut builders: Vec<Builder> =
        targets.iter().map(|column| Builder::new(&column.data_type, 0)).collect();
    let mut result = Loaded { file: copy.location.shown(file), ..Loaded::default() };
    for record in records(text, &copy.format) {
        result.parsed += 1;
        match row(copy, record, result.parsed, &targets) {
            Ok(values) => {
                for (builder, value) in builders.iter_mut().zip(values) {
                    builder.push(value)?;
                }
                result.loaded += 1;
            }
            Err(found) if copy.on_error == OnError::Abort => return Err(aborted(&found, &file.name)),
            Err(found) => {
                result.errors += 1;
                result.first.get_or_insert(*found);
            }
        }
    }
    result.skipped = match copy.on_error {
        OnError::Skip(limit) => result.errors >= limit.max(1),
        OnError::SkipShare(share) => result.errors * 100 > share * result.parsed,
        OnError::Abort | OnError::Continue => false,
    };
    if result.skipped {
        result.loaded = 0;
        return Ok(result);
    }
    let arrays = builders.into_iter().map(Builder::finish).collect();
    result.batch = Some(complete(run, &copy.table, &copy.places, arrays).await?);
    Ok(result)
}

/// One row's values in the columns' own types.
fn row(
    copy: &Copy,
    record: Record,
    number: usize,
    targets: &[&TableColumn],
) -> Result<Vec<Value<'static>>, Box<RowError>> {
    let line = record.line;
    let failed = |error: SqlError, character: usize, column: Option<String>| {
        Box::new(RowError { error, line, row: number, character, column })
    };
    if record.fields.len() != targets.len() && copy.format.error_on_column_count {
        let error = SqlError::new(
            "100080",
            "22000",
            format!(
                "Number of columns in file ({}) does not match that of the corresponding table ({}), use file format option error_on_column_count_mismatch=false to ignore this error",
                record.fields.len(),
                targets.len()
            ),
        );
        return Err(failed(error, 1, None));
    }
    let mut fields = record.fields.into_iter();
    let mut character = 1;
    let mut values = Vec::with_capacity(targets.len());
    for (at, target) in targets.iter().enumerate() {
        let width = fields.as_slice().first().map_or(0, |field| field.text.chars().count());
        let text = fields.next().and_then(|field| field_text(field, &copy.format));
        let value = text.map_or(Ok(Value::Null), |text| {
            let text = limited(text, target, copy.truncates);
            convert(Value::text(text), &target.data_type, &copy.env).map(Value::into_owned)
        });
        let value = value.and_then(|value| {
            if value.is_null() && !target.nullable { Err(SqlError::null_not_allowed()) } else { Ok(value) }
        });
        let column = format!("\"{}\"[\"{}\":{}]", copy.table_name, target.name, at + 1);
        values.push(value.map_err(|error| failed(error, character, Some(column)))?);
        character += width + 1;
    }
    Ok(values)
}

fn limited(text: String, target: &TableColumn, truncates: bool) -> String {
    match target.data_type {
        super::super::types::SqlType::Text { length } if truncates => {
            text.chars().take(usize::try_from(length).unwrap_or(usize::MAX)).collect()
        }
        _ => text,
    }
}

fn aborted(found: &RowError, file: &str) -> SqlError {
    let column = found.column.as_ref().map(|column| format!(", column {column}")).unwrap_or_default();
    let message = format!(
        "{}\n  File '{file}', line {}, character {}\n  Row {}{column}\n  If you would like to continue loading when an error is encountered, use other values such as 'SKIP_FILE' or 'CONTINUE' for the ON_ERROR option. For more information on loading options, please run 'info loading_data' in a SQL client.",
        found.error.message, found.line, found.character, found.row
    );
    SqlError { message, ..found.error.clone() }
}

fn answer(copy: &Copy, results: &[Loaded]) -> Result<Outcome, SqlError> {
    let text = |name: &str| Column::new(name, TEXT, true);
    let count = |name: &str| Column::new(name, COUNT, true);
    let mut answer = Answer::new(vec![
        text("file"),
        text("status"),
        count("rows_parsed"),
        count("rows_loaded"),
        count("error_limit"),
        count("errors_seen"),
        text("first_error"),
        count("first_error_line"),
        count("first_error_character"),
        text("first_error_column_name"),
    ]);
    for result in results {
        let state = match (result.loaded, result.errors) {
            (_, 0) => "LOADED",
            (0, _) => "LOAD_FAILED",
            _ => "PARTIALLY_LOADED",
        };
        let limit = match copy.on_error {
            OnError::Abort => 1,
            OnError::Continue => result.parsed,
            OnError::Skip(limit) => limit,
            OnError::SkipShare(share) => result.parsed * share / 100,
        };
        let first = result.first.as_ref();
        answer.row(vec![
            Value::text(result.file.clone()),
            Value::text(state),
            count_value(result.parsed),
            count_value(result.loaded),
            count_value(limit),
            count_value(result.errors),
            first.map_or(Value::Null, |first| Value::text(first.error.message.clone())),
            first.map_or(Value::Null, |first| count_value(first.line)),
            first.map_or(Value::Null, |first| count_value(first.character)),
            first.and_then(|first| first.column.clone()).map_or(Value::Null, Value::text),
        ]);
    }
    answer.finish(StatementType::COPY)
}
