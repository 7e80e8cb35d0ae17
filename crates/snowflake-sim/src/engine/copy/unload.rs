//! `COPY INTO @stage`: the rows of a table or query into CSV files.

use std::io::Write;

use bytes::Bytes;
use datafusion::sql::sqlparser::tokenizer::Token;
use flate2::write::GzEncoder;
use futures::TryStreamExt;
use snowflake_proto::{Column, StatementType};

use super::super::answer::{Answer, COUNT, count_value};
use super::super::rewrite::{Tables, name_items};
use super::super::run::Run;
use super::super::select::{Planned, plan_query};
use super::super::stage::Location;
use super::super::syntax::{Cursor, Options, lex, parse_query, select_titles};
use super::super::types::{TEXT, type_of};
use super::super::value::{Reader, Value, cast_array};
use super::super::{Outcome, SqlError};
use super::csv::Writer;
use super::format::{Compression, CsvFormat, FileFormat};
use super::statement::format_options;

const KNOWN: [&str; 7] =
    ["FILE_FORMAT", "OVERWRITE", "SINGLE", "MAX_FILE_SIZE", "INCLUDE_QUERY_ID", "DETAILED_OUTPUT", "HEADER"];

/// From how many bytes on rows go into another file, unless the statement says so.
const MAX_FILE_SIZE: u64 = 16_777_216;

/// What the statement asks for.
struct Unload {
    /// The stage and path as written, without the `@`.
    address: String,
    location: Location,
    format: CsvFormat,
    extension: String,
    query_id: Option<String>,
    single: bool,
    overwrite: bool,
    header: bool,
    detailed: bool,
    /// The most bytes of text in a file.
    max_size: usize,
}

/// A file that is to be written.
struct File {
    name: String,
    rows: usize,
    /// The length of its text.
    input: usize,
    content: Bytes,
}

/// Runs the statement from its stage on.
///
/// # Errors
/// `001030` when a file is there already, `100093` for empty text that the format cannot write, and
/// whatever is wrong with the query.
pub(super) async fn execute(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    if matches!(cursor.peek(), Some(Token::SingleQuotedString(text)) if !text.starts_with('@')) {
        return Err(SqlError::not_simulated("unloading to an external location"));
    }
    let address = cursor.stage_address()?;
    cursor.expect_word("FROM")?;
    let planned = source(run, cursor)?;
    if cursor.sees("PARTITION") {
        return Err(SqlError::not_simulated("unloading with PARTITION BY"));
    }
    let options = Options::read(cursor)?;
    cursor.end()?;
    let unload = Unload::new(run, address, &options)?;
    if run.describes() {
        return unload.answer(&[]);
    }
    let files = unload.files(run, planned).await?;
    unload.write(&files).await?;
    unload.answer(&files)
}

/// The query, or all of a table or view.
fn source(run: &Run, cursor: &mut Cursor<'_>) -> Result<Planned, SqlError> {
    let tokens = if cursor.peek() == Some(&Token::LParen) {
        cursor.parenthesised()?
    } else {
        let quoted = |part: &String| format!("\"{}\"", part.replace('"', "\"\""));
        let name: Vec<String> = cursor.name()?.iter().map(quoted).collect();
        lex(&format!("SELECT * FROM {}", name.join(".")))?
    };
    let mut query = parse_query(&tokens)?;
    name_items(&mut query, select_titles(&tokens).as_deref());
    plan_query(run, query, Tables::new())
}

impl Unload {
    fn new(run: &Run, address: String, options: &Options) -> Result<Self, SqlError> {
        if let Some(other) = options.names().find(|name| !KNOWN.contains(name)) {
            return Err(SqlError::not_simulated(format!("unloading with {other}")));
        }
        let is_on = |name: &str| options.boolean(name).map(|value| value == Some(true));
        let location = Location::resolve(run, &address)?;
        let written = format_options(run, options)?.or(&location.format);
        let FileFormat::Csv(format) = FileFormat::new(&written)? else {
            return Err(SqlError::not_simulated("unloading to files that are no CSV"));
        };
        let suffix = if format.compression == Compression::None { "" } else { ".gz" };
        let extension = match written.text("FILE_EXTENSION") {
            Some(extension) => extension.trim_start_matches('.').to_owned(),
            None => format!("csv{suffix}"),
        };
        let (single, overwrite) = (is_on("SINGLE")?, is_on("OVERWRITE")?);
        let with_id = is_on("INCLUDE_QUERY_ID")?;
        if with_id && (single || overwrite) {
            return Err(SqlError::not_simulated("INCLUDE_QUERY_ID with SINGLE or OVERWRITE"));
        }
        let max_size = options.number("MAX_FILE_SIZE")?.unwrap_or(MAX_FILE_SIZE);
        Ok(Self {
            query_id: with_id.then(|| run.statement.query_id.clone()),
            header: is_on("HEADER")?,
            detailed: is_on("DETAILED_OUTPUT")?,
            max_size: usize::try_from(max_size).unwrap_or(usize::MAX),
            address,
            location,
            format,
            extension,
            single,
            overwrite,
        })
    }

    /// The path of a file within the stage. A single file is named as the statement says.
    fn name(&self, number: usize) -> String {
        let prefix = &self.location.prefix;
        let is_folder = prefix.is_empty() || prefix.ends_with('/');
        let base = format!("{prefix}{}", if is_folder { "data" } else { "" });
        if self.single {
            return base;
        }
        let id = self.query_id.as_ref().map(|id| format!("_{id}")).unwrap_or_default();
        format!("{base}{id}_0_0_{number}.{}", self.extension)
    }

    /// All rows as files that are not written yet; no file for no row.
    async fn files(&self, run: &Run, planned: Planned) -> Result<Vec<File>, SqlError> {
        let writer = Writer::new(&self.format, &run.env);
        let columns = planned.columns.clone();
        let header = if self.header {
            writer.record(columns.iter().map(|column| Value::text(column.name.clone())))?
        } else {
            String::new()
        };
        let (mut files, mut text, mut rows) = (Vec::new(), header.clone(), 0);
        let mut batches = planned.run().await?;
        while let Some(batch) = batches.try_next().await? {
            run.check()?;
            let readers = batch.columns().iter().zip(batch.schema_ref().fields()).zip(&columns).map(
                |((array, field), column)| {
                    Reader::new(&cast_array(array, &type_of(field), &column.data_type, &run.env)?)
                },
            );
            let readers = readers.collect::<Result<Vec<_>, SqlError>>()?;
            for row in 0..batch.num_rows() {
                let record = writer.record(readers.iter().map(|reader| reader.value(row)))?;
                if rows > 0 && text.len() + record.len() > self.max_size {
                    files.push(self.file(files.len(), &text, rows)?);
                    (text, rows) = (header.clone(), 0);
                }
                text.push_str(&record);
                rows += 1;
            }
        }
        if rows > 0 {
            files.push(self.file(files.len(), &text, rows)?);
        }
        if self.single && files.len() > 1 {
            return Err(SqlError::not_simulated("a single file of more than MAX_FILE_SIZE bytes"));
        }
        Ok(files)
    }

    fn file(&self, number: usize, text: &str, rows: usize) -> Result<File, SqlError> {
        let name = self.name(number);
        let content = match self.format.compression {
            Compression::None => text.as_bytes().to_vec(),
            Compression::Auto | Compression::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
                encoder.write_all(text.as_bytes()).map_err(SqlError::internal)?;
                encoder.finish().map_err(SqlError::internal)?
            }
        };
        Ok(File { name, rows, input: text.len(), content: content.into() })
    }

    /// Writes all files, or none when one of them is there already.
    async fn write(&self, files: &[File]) -> Result<(), SqlError> {
        let there = if self.overwrite { Vec::new() } else { self.location.files().await? };
        if files.iter().any(|file| there.iter().any(|other| other.name == file.name)) {
            return Err(SqlError::new(
                "001030",
                "22000",
                format!(
                    "Files already existing at the unload destination: @{}. Use overwrite option to force unloading.",
                    self.address
                ),
            ));
        }
        for file in files {
            self.location.write(&file.name, file.content.clone()).await?;
        }
        Ok(())
    }

    fn answer(&self, files: &[File]) -> Result<Outcome, SqlError> {
        let count = |name: &str| Column::new(name, COUNT, false);
        let mut answer;
        if self.detailed {
            let name = Column::new("FILE_NAME", TEXT, false);
            answer = Answer::new(vec![name, count("FILE_SIZE"), count("ROW_COUNT")]);
            for file in files {
                let size = count_value(file.content.len());
                answer.row(vec![Value::text(file.name.clone()), size, count_value(file.rows)]);
            }
        } else {
            answer = Answer::new(["rows_unloaded", "input_bytes", "output_bytes"].map(count).into());
            let total = |of: fn(&File) -> usize| count_value(files.iter().map(of).sum());
            answer.row(vec![
                total(|file| file.rows),
                total(|file| file.input),
                total(|file| file.content.len()),
            ]);
        }
        answer.finish(StatementType::UNLOAD)
    }
}
