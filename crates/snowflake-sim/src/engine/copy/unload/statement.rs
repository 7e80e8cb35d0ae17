//! The statement as it is written, and what it answers.

use bytes::Bytes;
use datafusion::sql::sqlparser::tokenizer::Token;
use snowflake_proto::{Column, StatementType};

use super::super::super::answer::{Answer, COUNT, count_value};
use super::super::super::run::Run;
use super::super::super::stage::Location;
use super::super::super::syntax::{Cursor, Options};
use super::super::super::types::TEXT;
use super::super::super::value::Value;
use super::super::super::{Outcome, SqlError};
use super::super::format::{Codec, Compression, FileFormat};
use super::super::statement::format_options;
use super::files::{Shape, Written, files};
use super::source::rows;

const KNOWN: [&str; 7] =
    ["FILE_FORMAT", "OVERWRITE", "SINGLE", "MAX_FILE_SIZE", "INCLUDE_QUERY_ID", "DETAILED_OUTPUT", "HEADER"];

/// From how many bytes on rows go into another file, unless the statement says so.
const MAX_FILE_SIZE: u64 = 16_777_216;

/// What the statement asks for.
struct Unload {
    /// The stage and path as written, without the `@`.
    address: String,
    location: Location,
    format: FileFormat,
    extension: String,
    query_id: Option<String>,
    single: bool,
    overwrite: bool,
    header: bool,
    detailed: bool,
    /// The most bytes in a file before compression.
    max_size: usize,
}

/// A file that is to be written.
struct File {
    name: String,
    rows: usize,
    /// Its size before compression.
    input: usize,
    content: Bytes,
}

/// Runs the statement from its stage on.
///
/// # Errors
/// `001030` when a file is there already, `100093` for empty text that the format cannot write, `002019`
/// for columns that it cannot hold, and whatever is wrong with the query.
pub(in super::super) async fn execute(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    if matches!(cursor.peek(), Some(Token::SingleQuotedString(text)) if !text.starts_with('@')) {
        return Err(SqlError::not_simulated("unloading to an external location"));
    }
    let address = cursor.stage_address()?;
    cursor.expect_word("FROM")?;
    let rows = rows(run, cursor)?;
    let options = Options::read(cursor)?;
    cursor.end()?;
    let unload = Unload::new(run, address, &options, rows.partitioned)?;
    if run.describes() {
        return unload.answer(&[]);
    }
    let shape = Shape { format: &unload.format, header: unload.header, max_size: unload.max_size };
    let written = files(run, &shape, rows).await?;
    let files = unload.named(written)?;
    unload.write(&files).await?;
    unload.answer(&files)
}

impl Unload {
    fn new(run: &Run, address: String, options: &Options, partitioned: bool) -> Result<Self, SqlError> {
        if let Some(other) = options.names().find(|name| !KNOWN.contains(name)) {
            return Err(SqlError::not_simulated(format!("unloading with {other}")));
        }
        let is_on = |name: &str| options.boolean(name).map(|value| value == Some(true));
        let location = Location::resolve(run, &address)?;
        let written = format_options(run, options)?.or(&location.format);
        let format = FileFormat::new(&written)?;
        let extension = match written.text("FILE_EXTENSION") {
            Some(extension) => extension.trim_start_matches('.').to_owned(),
            None => extension(&format),
        };
        let (single, overwrite) = (is_on("SINGLE")?, is_on("OVERWRITE")?);
        if partitioned && (single || overwrite) {
            return Err(SqlError::invalid_argument(
                "PARTITION BY cannot be used together with SINGLE or OVERWRITE",
            ));
        }
        let with_id = is_on("INCLUDE_QUERY_ID")?;
        if with_id && (single || overwrite) {
            return Err(SqlError::not_simulated("INCLUDE_QUERY_ID with SINGLE or OVERWRITE"));
        }
        let max_size = options.number("MAX_FILE_SIZE")?.unwrap_or(MAX_FILE_SIZE);
        Ok(Self {
            query_id: (with_id || partitioned).then(|| run.statement.query_id.clone()),
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
    fn name(&self, part: Option<&str>, number: usize) -> String {
        let prefix = &self.location.prefix;
        let base = match part {
            Some(part) if prefix.is_empty() => format!("{part}/data"),
            Some(part) => format!("{}/{part}/data", prefix.trim_end_matches('/')),
            None if prefix.is_empty() || prefix.ends_with('/') => format!("{prefix}data"),
            None => prefix.clone(),
        };
        if self.single {
            return base;
        }
        let id = self.query_id.as_ref().map(|id| format!("_{id}")).unwrap_or_default();
        format!("{base}{id}_0_0_{number}.{}", self.extension)
    }

    /// The files under their names.
    fn named(&self, parts: Vec<(Option<String>, Vec<Written>)>) -> Result<Vec<File>, SqlError> {
        let mut files = Vec::new();
        for (part, written) in parts {
            if part.as_deref().is_some_and(|part| part.split('/').any(|step| step == "..")) {
                return Err(SqlError::invalid_argument("Invalid path in a stage"));
            }
            for (number, file) in written.into_iter().enumerate() {
                let name = self.name(part.as_deref(), number);
                files.push(File { name, rows: file.rows, input: file.input, content: file.content });
            }
        }
        if self.single && files.len() > 1 {
            return Err(SqlError::not_simulated("a single file of more than MAX_FILE_SIZE bytes"));
        }
        Ok(files)
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

/// The end of a file's name.
fn extension(format: &FileFormat) -> String {
    let zipped = |name: &str, compression: Compression| {
        if compression == Compression::None { name.to_owned() } else { format!("{name}.gz") }
    };
    match format {
        FileFormat::Csv(format) => zipped("csv", format.compression),
        FileFormat::Json(format) => zipped("json", format.compression),
        FileFormat::Parquet(format) => match format.codec {
            Codec::Snappy => "snappy.parquet".to_owned(),
            Codec::Gzip => "gz.parquet".to_owned(),
            Codec::None => "parquet".to_owned(),
        },
    }
}
