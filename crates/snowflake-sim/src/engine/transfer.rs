//! PUT and GET: the engine answers where the files are, the client moves them.
//!
//! Local paths may hold what reads like a comment, so these two are not cut into tokens.

use snowflake_proto::StatementType;
use snowflake_proto::wire::stage::Transfer;

use super::run::Run;
use super::stage::{Location, whole_match};
use super::syntax::{Cursor, Options, lex};
use super::value::{Value, to_text};
use super::{Outcome, SqlError};

/// Endings of files that clients do not compress again.
const COMPRESSED: [&str; 8] = ["gz", "bz2", "br", "zst", "deflate", "raw_deflate", "parquet", "orc"];

/// Runs PUT or GET; none when the statement is another.
///
/// # Errors
/// `002003` when the stage is missing, `001003` when a part of the statement is.
pub(super) async fn execute(run: &Run) -> Result<Option<Outcome>, SqlError> {
    let text = without_comments(&run.statement.sql).trim_end().trim_end_matches(';');
    let head = text.get(..3).unwrap_or_default().to_ascii_uppercase();
    let rest = text.get(3..).unwrap_or_default();
    let is_transfer = matches!(head.as_str(), "PUT" | "GET")
        && rest.starts_with(|next: char| next.is_whitespace() || matches!(next, '\'' | '@'));
    if !is_transfer {
        return Ok(None);
    }
    run.statement.work.is(if head == "PUT" { "PUT_FILES" } else { "GET_FILES" });
    let mut questions = 0;
    let (first, rest) = operand(run, rest, &mut questions)?;
    let (second, rest) = operand(run, rest, &mut questions)?;
    let tokens = lex(rest)?;
    let mut cursor = Cursor::new(&tokens);
    let options = Options::read(&mut cursor)?;
    cursor.end()?;
    let transfer = if head == "PUT" {
        put(run, &first, &second, &options).await?
    } else {
        get(run, &first, &second, &options).await?
    };
    let statement_type = if head == "PUT" { StatementType::PUT } else { StatementType::GET };
    Ok(Some(Outcome::Transfer(Box::new(transfer), statement_type)))
}

async fn put(run: &Run, local: &str, stage: &str, options: &Options) -> Result<Transfer, SqlError> {
    let location = Location::resolve(run, address(stage)?)?;
    let local = local_path(local)?;
    let auto_compress = options.boolean("AUTO_COMPRESS")?.unwrap_or(true);
    let source_compression = options.text("SOURCE_COMPRESSION").unwrap_or("auto_detect").to_ascii_lowercase();
    let first = staged_name(local, auto_compress, &source_compression);
    Ok(Transfer {
        command: Some("UPLOAD".to_owned()),
        src_locations: Some(vec![local.to_owned()]),
        auto_compress: Some(auto_compress),
        overwrite: Some(options.boolean("OVERWRITE")?.unwrap_or(false)),
        source_compression: Some(source_compression),
        parallel: Some(parallel(options, 4)?),
        ..location.upload(run.client, &run.statement.query_id, &first).await?
    })
}

async fn get(run: &Run, stage: &str, local: &str, options: &Options) -> Result<Transfer, SqlError> {
    let location = Location::resolve(run, address(stage)?)?;
    let local = local_path(local)?;
    let mut files = location.files().await?;
    if let Some(pattern) = options.text("PATTERN") {
        let pattern = whole_match(pattern)?;
        files.retain(|file| pattern.is_match(&file.name));
    }
    Ok(Transfer {
        command: Some("DOWNLOAD".to_owned()),
        local_location: Some(local.to_owned()),
        parallel: Some(parallel(options, 10)?),
        ..location.download(run.client, &run.statement.query_id, &files).await?
    })
}

/// The name that the first file gets, as far as the statement tells: a signed address is for one name.
fn staged_name(local: &str, auto_compress: bool, source_compression: &str) -> String {
    let base = local.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_known = |ending: &str| COMPRESSED.contains(&ending.to_ascii_lowercase().as_str());
    let is_compressed = match source_compression {
        "auto_detect" => base.rsplit_once('.').is_some_and(|(_, ending)| is_known(ending)),
        other => other != "none",
    };
    if auto_compress && !is_compressed { format!("{base}.gz") } else { base.to_owned() }
}

fn parallel(options: &Options, default: i64) -> Result<i64, SqlError> {
    Ok(options
        .number("PARALLEL")?
        .and_then(|count| i64::try_from(count).ok())
        .unwrap_or(default)
        .clamp(1, 99))
}

fn address(stage: &str) -> Result<&str, SqlError> {
    stage.strip_prefix('@').ok_or_else(|| SqlError::syntax(1, 0, stage))
}

fn local_path(local: &str) -> Result<&str, SqlError> {
    local.strip_prefix("file://").ok_or_else(|| SqlError::syntax(1, 0, local))
}

/// One operand, quoted or not, or the text bound to a placeholder; and what follows it.
fn operand<'a>(run: &Run, text: &'a str, questions: &mut usize) -> Result<(String, &'a str), SqlError> {
    let text = text.trim_start();
    if let Some(inner) = text.strip_prefix('\'') {
        let mut value = String::new();
        let mut rest = inner;
        loop {
            let end = rest.find('\'').ok_or_else(|| SqlError::syntax(1, 0, "<EOF>"))?;
            value.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            match rest.strip_prefix('\'') {
                Some(more) => {
                    value.push('\'');
                    rest = more;
                }
                None => return Ok((value, rest)),
            }
        }
    }
    let mut quoted = false;
    let end = text.find(|each: char| {
        quoted ^= each == '"';
        !quoted && (each.is_whitespace() || each == '\'')
    });
    let (word, rest) = text.split_at(end.unwrap_or(text.len()));
    if word.is_empty() {
        return Err(SqlError::syntax(1, 0, "<EOF>"));
    }
    let name = match word {
        "?" => {
            *questions += 1;
            Some(format!(":{questions}"))
        }
        _ => word.starts_with(':').then(|| word.to_owned()),
    };
    match name {
        Some(name) => {
            let value: Value<'static> = run.bound(&name)?.value;
            Ok((to_text(value, &run.env).unwrap_or_default().into_owned(), rest))
        }
        None => Ok((word.to_owned(), rest)),
    }
}

/// The text without blanks and comments before its first word.
fn without_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let next = if rest.starts_with("--") || rest.starts_with("//") {
            rest.find('\n').map_or("", |end| &rest[end + 1..])
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or("", |end| &rest[end + 2..])
        } else {
            return rest;
        };
        rest = next.trim_start();
    }
}
