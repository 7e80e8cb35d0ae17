//! Reads what a statement names in FROM without a name, before it is planned.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use datafusion::catalog::default_table_source::provider_as_source;
use datafusion::datasource::MemTable;
use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::super::SqlError;
use super::super::super::run::Run;
use super::super::super::syntax::{Source, Tokens, replace_sources};
use super::super::super::usage;
use super::super::bound::bound;
use super::{history, inferred, rejected, rows};

/// Rows under a schema.
pub(super) type Rows = (SchemaRef, Vec<RecordBatch>);

/// The statement with names in place of files and functions over files, which the statement then knows.
///
/// # Errors
/// `002003` for a stage or table that is missing, and whatever is wrong with a file.
pub(in super::super::super) async fn provide(run: &mut Run, tokens: Tokens) -> Result<Tokens, SqlError> {
    if !mentions(&tokens) || loads(&tokens) {
        return Ok(tokens);
    }
    // What cannot be read yet may have placeholders among its arguments.
    if matches!(replace_sources(tokens.clone()), Ok((_, found)) if found.is_empty()) {
        return Ok(tokens);
    }
    let (tokens, sources) = replace_sources(bound(run, tokens)?)?;
    let fields = widest(&tokens);
    for (name, source) in sources {
        let (schema, batches) = match source {
            Source::Stage { address, options } => rows::read(run, &address, &options, fields).await?,
            Source::Inferred(options) => inferred::read(run, &options).await?,
            Source::Rejected { table, options } => rejected::read(run, &table, &options)?,
            Source::Loads(options) => history::read(run, &options)?,
            Source::History { function, arguments } => usage::call(run, &function, &arguments).await?,
        };
        let table = MemTable::try_new(schema, vec![batches])?;
        run.provided.insert(name, provider_as_source(Arc::new(table)));
    }
    Ok(tokens)
}

/// Whether a statement may have a source at all.
fn mentions(tokens: &Tokens) -> bool {
    tokens.tokens.iter().any(|each| match &each.token {
        Token::AtSign => true,
        Token::SingleQuotedString(text) => text.starts_with('@'),
        Token::Word(word) => {
            let name = word.value.as_str();
            ["INFER_SCHEMA", "VALIDATE", "COPY_HISTORY"].contains(&name) || usage::is_function(name)
        }
        _ => false,
    })
}

/// Whether a statement is COPY INTO a table, which reads its files itself.
fn loads(tokens: &Tokens) -> bool {
    let is_copy = matches!(tokens.tokens.first().map(|each| &each.token), Some(Token::Word(word)) if word.value == "COPY");
    let target = tokens.tokens.get(2).map(|each| &each.token);
    is_copy && !matches!(target, Some(Token::AtSign | Token::SingleQuotedString(_)))
}

/// The greatest number among `$1`, `$2` and so on.
fn widest(tokens: &Tokens) -> usize {
    let number = |token: &Token| match token {
        Token::Placeholder(name) => name.strip_prefix('$')?.parse::<usize>().ok(),
        Token::Word(word) if word.quote_style.is_none() => word.value.strip_prefix('$')?.parse().ok(),
        _ => None,
    };
    tokens.tokens.iter().filter_map(|each| number(&each.token)).max().unwrap_or(1).clamp(1, 10_000)
}
