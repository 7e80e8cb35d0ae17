//! Gathers the columns of one file after the other.

use arrow_array::cast::AsArray;

use super::super::super::SqlError;
use super::super::super::env::Env;
use super::super::super::types::{SqlType, TEXT};
use super::super::chunk::{Item, ROWS};
use super::super::format::FileFormat;
use super::super::read::Content;
use super::super::source::{Source, text_of};
use super::guess::{joined, of_json, of_text};

/// A column that one file or more have.
#[derive(Clone, Debug)]
pub(in super::super) struct Column {
    pub(in super::super) name: String,
    pub(in super::super) data_type: SqlType,
    /// Whether a value or a note in a file says so.
    is_known: bool,
    pub(in super::super) nullable: bool,
    /// The paths of the files that have it.
    pub(in super::super) files: Vec<String>,
    /// Its place in the file that had it first.
    pub(in super::super) field: usize,
}

/// The columns of some files.
#[derive(Debug)]
pub(in super::super) struct Columns {
    any_case: bool,
    files: usize,
    columns: Vec<Column>,
}

/// What one file says of a column: its name, its type if it has a value, and whether it may be NULL.
type Told = (String, Option<SqlType>, bool);

impl Columns {
    /// With `any_case`, names that differ in case alone are one, in upper case.
    pub(in super::super) fn new(any_case: bool) -> Self {
        Self { any_case, files: 0, columns: Vec::new() }
    }

    /// The columns in the order in which they appeared first.
    pub(in super::super) fn found(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter()
    }

    /// How many files have been read.
    pub(in super::super) fn files(&self) -> usize {
        self.files
    }

    /// Adds the columns of a file, of which up to `limit` records are looked at.
    ///
    /// # Errors
    /// Whatever is wrong with the file as a whole, and its first record that is none.
    pub(in super::super) fn read(
        &mut self,
        content: &Content,
        format: &FileFormat,
        env: &Env,
        limit: usize,
    ) -> Result<(), SqlError> {
        let text = text_of(content, format)?;
        let mut source = Source::open(content, &text, format, env)?;
        let told = match format {
            FileFormat::Parquet(_) => source.stored_columns(),
            FileFormat::Csv(_) => of_csv(&mut source, &content.name, limit)?,
            FileFormat::Json(_) => of_json_text(&mut source, &content.name, limit)?,
        };
        let mut missing: Vec<bool> = vec![true; self.columns.len()];
        for (field, (name, data_type, nullable)) in told.into_iter().enumerate() {
            let name = if self.any_case { name.to_uppercase() } else { name };
            match self.columns.iter().position(|column| column.name == name) {
                Some(at) => {
                    let column = &mut self.columns[at];
                    column.hear(data_type);
                    column.nullable |= nullable;
                    column.files.push(content.name.clone());
                    if let Some(missing) = missing.get_mut(at) {
                        *missing = false;
                    }
                }
                None => {
                    let nullable = nullable || self.files > 0;
                    let files = vec![content.name.clone()];
                    let is_known = data_type.is_some();
                    let data_type = data_type.unwrap_or(TEXT);
                    self.columns.push(Column { name, data_type, is_known, nullable, files, field });
                }
            }
        }
        let absent = self.columns.iter_mut().zip(missing).filter(|(_, missing)| *missing);
        absent.for_each(|(column, _)| column.nullable = true);
        self.files += 1;
        Ok(())
    }
}

impl Column {
    /// One more file says what the column holds, or nothing.
    fn hear(&mut self, data_type: Option<SqlType>) {
        let Some(data_type) = data_type else { return };
        self.data_type = if self.is_known { joined(&self.data_type, &data_type) } else { data_type };
        self.is_known = true;
    }
}

fn join(known: &mut Option<SqlType>, next: SqlType) {
    *known = Some(match known.take() {
        Some(known) => joined(&known, &next),
        None => next,
    });
}

/// The fields of CSV text, under the names of its header or numbered.
fn of_csv(source: &mut Source<'_>, file: &str, limit: usize) -> Result<Vec<Told>, SqlError> {
    let mut names = source.names();
    if names.is_empty() {
        names = (1..=source.widest()).map(|number| format!("c{number}")).collect();
    }
    let items: Vec<Item> = (0..names.len()).map(Item::Field).collect();
    let mut types: Vec<Option<SqlType>> = vec![None; names.len()];
    let mut left = limit;
    while left > 0
        && let Some(chunk) = source.next(&items, ROWS.min(limit))?
    {
        if let Some(rejected) = chunk.rejected.first() {
            return Err(rejected.aborting(file));
        }
        for (known, column) in types.iter_mut().zip(&chunk.columns) {
            column.as_string::<i32>().iter().flatten().for_each(|text| join(known, of_text(text)));
        }
        left = left.saturating_sub(chunk.places.len());
    }
    Ok(names.into_iter().zip(types).map(|(name, data_type)| (name, data_type, true)).collect())
}

/// The members of JSON objects.
fn of_json_text(source: &mut Source<'_>, file: &str, limit: usize) -> Result<Vec<Told>, SqlError> {
    let mut told: Vec<Told> = source.names().into_iter().map(|name| (name, None, true)).collect();
    let items: Vec<Item> = told.iter().map(|(name, ..)| Item::Member(name.clone())).collect();
    let mut left = limit;
    while left > 0
        && let Some(chunk) = source.next(&items, ROWS.min(limit))?
    {
        if let Some(rejected) = chunk.rejected.first() {
            return Err(rejected.aborting(file));
        }
        for ((_, known, _), column) in told.iter_mut().zip(&chunk.columns) {
            for text in column.as_string::<i64>().iter().flatten() {
                let value = serde_json::from_str(text).unwrap_or_default();
                if let Some(next) = of_json(&value) {
                    join(known, next);
                }
            }
        }
        left = left.saturating_sub(chunk.places.len());
    }
    Ok(told)
}
