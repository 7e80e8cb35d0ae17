//! `COPY INTO` as it is written: which files, into which columns, and what becomes of errors.

use std::sync::Arc;

use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::catalog::{ObjectPath, Table, TableColumn};
use super::super::ddl::stage::named_format;
use super::super::env::Env;
use super::super::run::Run;
use super::super::stage::{Location, StagedFile};
use super::super::syntax::{Cursor, OptionValue, Options, Tokens};
use super::super::{Outcome, SqlError};
use super::bound::bound;
use super::chunk::Metadata;
use super::columns::{Matching, Route};
use super::files::chosen;
use super::format::FileFormat;
use super::load::{key, load};
use super::query::{Selected, Transform};
use super::read::Content;
use super::report::report;
use super::unload;
use super::validate::{Mode, validate};

const KNOWN: [&str; 14] = [
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
    "INCLUDE_METADATA",
    "SIZE_LIMIT",
    "VALIDATION_MODE",
];

/// What an error in a file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnError {
    Abort,
    Continue,
    /// Skip the file from this many errors on.
    Skip(usize),
    /// Skip the file from this percentage of its rows on.
    SkipShare(usize),
}

/// What COPY was asked to do.
#[derive(Clone, Debug)]
pub(super) struct Copy {
    pub(super) table: Arc<Table>,
    pub(super) table_name: String,
    /// Where the table is in the catalogue.
    pub(super) path: ObjectPath,
    pub(super) places: Vec<usize>,
    pub(super) location: Location,
    pub(super) format: FileFormat,
    pub(super) matching: Matching,
    /// What its query takes of each row.
    pub(super) selected: Option<Selected>,
    /// Columns that what is known of the rows goes into.
    pub(super) included: Vec<(usize, Metadata)>,
    pub(super) env: Env,
    pub(super) on_error: OnError,
    /// Whether text that is too long is cut.
    pub(super) truncates: bool,
    /// Whether files that have been loaded are loaded again.
    pub(super) force: bool,
}

impl Copy {
    /// The columns that a record's fields go into.
    pub(super) fn targets(&self) -> Vec<&TableColumn> {
        self.places.iter().map(|at| &self.table.columns()[*at]).collect()
    }

    /// Whether the table has been loaded from this file already.
    pub(super) fn knows(&self, run: &Run, file: &StagedFile, content: &Content) -> bool {
        let key = key(file, &content.digest);
        let state = run.session.state();
        let is_pending = state.transaction.as_ref().is_some_and(|all| all.has_loaded(&self.table, &key));
        is_pending || self.table.loads().knows(&key)
    }
}

/// Runs COPY.
///
/// # Errors
/// Whatever is wrong with it; with `ON_ERROR = ABORT_STATEMENT` the first error in a file.
pub(in super::super) async fn execute(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let tokens = &bound(run, tokens.clone())?;
    let mut cursor = Cursor::new(tokens);
    cursor.expect_word("COPY")?;
    cursor.expect_word("INTO")?;
    let is_quoted = matches!(cursor.peek(), Some(Token::SingleQuotedString(_)));
    if is_quoted || cursor.peek() == Some(&Token::AtSign) {
        return Box::pin(unload::execute(run, &mut cursor)).await;
    }
    let name = cursor.name()?;
    let columns = if cursor.peek() == Some(&Token::LParen) {
        column_names(&cursor.parenthesised()?)?
    } else {
        Vec::new()
    };
    cursor.expect_word("FROM")?;
    let query = match cursor.peek() {
        Some(Token::LParen) => Some(Transform::new(cursor.parenthesised()?)?),
        _ => None,
    };
    let address = match &query {
        Some(query) => query.address.clone(),
        None => cursor.stage_address()?,
    };
    let mut options = Options::read(&mut cursor)?;
    cursor.end()?;
    if let Some(query) = &query {
        options = options.or(&query.options);
    }
    if let Some(other) = options.names().find(|name| !KNOWN.contains(name)) {
        return Err(SqlError::not_simulated(format!("COPY with {other}")));
    }
    let path = run.path(&name)?;
    let table = run.table(&path, &name.join("."))?;
    let location = Location::resolve(run, &address)?;
    let format = FileFormat::new(&format_options(run, &options)?.or(&location.format))?;
    let matching = matching(&options, &format, &columns)?;
    let places = places(&table, &columns)?;
    let selected = query.map(|query| query.selected(run, &places, &format)).transpose()?;
    let copy = Copy {
        included: included(&table, &options, matching)?,
        selected,
        places,
        matching,
        table_name: name.last().cloned().unwrap_or_default(),
        path,
        table,
        env: format.env(&run.env),
        format,
        location,
        on_error: on_error(options.text("ON_ERROR"))?,
        truncates: options.boolean("TRUNCATECOLUMNS")? == Some(true)
            || options.boolean("ENFORCE_LENGTH")? == Some(false),
        force: options.boolean("FORCE")? == Some(true),
    };
    Box::pin(perform(run, &copy, &options)).await
}

async fn perform(run: &Run, copy: &Copy, options: &Options) -> Result<Outcome, SqlError> {
    let mode = options.text("VALIDATION_MODE").map(Mode::new).transpose()?;
    if copy.selected.is_some() {
        if mode.is_some() {
            return Err(SqlError::invalid_argument(
                "VALIDATION_MODE does not support COPY statements that transform data",
            ));
        }
        if copy.matching != Matching::Position {
            return Err(SqlError::invalid_argument(
                "MATCH_BY_COLUMN_NAME cannot be used together with a query",
            ));
        }
    } else if copy.matching == Matching::Position {
        // What cannot be loaded is refused also when there is no file.
        Route::by_position(&copy.table, &copy.places, &copy.format)?;
    }
    let files = if run.describes() { Vec::new() } else { chosen(&copy.location, options).await? };
    // Queries over files read and write values as the format says.
    let run = &Run { env: Arc::new(copy.env.clone()), ..run.clone() };
    match mode {
        Some(mode) => validate(run, copy, files, mode).await,
        None if run.describes() => report(&[]),
        None => load(run, copy, files, options).await,
    }
}

fn matching(options: &Options, format: &FileFormat, columns: &[String]) -> Result<Matching, SqlError> {
    let matching = Matching::new(options.text("MATCH_BY_COLUMN_NAME"))?;
    if matching == Matching::Position {
        return Ok(matching);
    }
    if !columns.is_empty() {
        return Err(SqlError::invalid_argument(
            "MATCH_BY_COLUMN_NAME cannot be used together with a list of columns",
        ));
    }
    match format {
        FileFormat::Csv(format) if !format.parse_header => Err(SqlError::invalid_argument(
            "MATCH_BY_COLUMN_NAME of CSV files needs the file format option PARSE_HEADER = TRUE",
        )),
        _ => Ok(matching),
    }
}

/// The columns that `INCLUDE_METADATA` names.
fn included(
    table: &Table,
    options: &Options,
    matching: Matching,
) -> Result<Vec<(usize, Metadata)>, SqlError> {
    let Some(OptionValue::Options(included)) = options.get("INCLUDE_METADATA") else { return Ok(Vec::new()) };
    if matching == Matching::Position {
        return Err(SqlError::invalid_argument("INCLUDE_METADATA needs MATCH_BY_COLUMN_NAME"));
    }
    let pair = |name: &str| {
        let written = included.text(name).unwrap_or_default();
        let metadata = Metadata::ALL.into_iter().find(|(known, _)| *known == written);
        let (_, metadata) = metadata.ok_or_else(|| SqlError::invalid_identifier(written))?;
        Ok((places(table, &[name.to_owned()])?[0], metadata))
    };
    included.names().map(pair).collect()
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

/// The FILE_FORMAT of a statement, be it written there or named.
///
/// # Errors
/// `002003` when there is no format of that name.
pub(super) fn format_options(run: &Run, options: &Options) -> Result<Options, SqlError> {
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
