//! `CREATE TABLE … USING TEMPLATE (query)`: columns that a query describes.

use std::sync::Arc;

use datafusion::sql::sqlparser::tokenizer::Token;
use futures::TryStreamExt;
use serde_json::Value as Json;
use snowflake_proto::StatementType;

use super::super::answer::status;
use super::super::catalog::{Table, TableColumn, TableOptions};
use super::super::rewrite::{Tables, name_items};
use super::super::run::Run;
use super::super::select::plan_query;
use super::super::syntax::{Cursor, Options, Tokens, parse_query, select_titles};
use super::super::types::parse_type;
use super::super::value::{Reader, to_text};
use super::super::{Outcome, SqlError};
use super::{Head, table, taken};

/// Whether a statement has a template.
pub(super) fn has_template(tokens: &Tokens) -> bool {
    tokens.tokens.windows(2).any(|pair| {
        let is = |at: usize, name: &str| matches!(&pair[at].token, Token::Word(word) if word.quote_style.is_none() && word.value == name);
        is(0, "USING") && is(1, "TEMPLATE")
    })
}

/// Runs the statement from TABLE on.
///
/// # Errors
/// `001044` when the query describes no columns, and whatever is wrong with it.
pub(super) async fn create(run: &Run, cursor: &mut Cursor<'_>, mut head: Head) -> Result<Outcome, SqlError> {
    cursor.expect_word("TABLE")?;
    head.if_not_exists = cursor.words(&["IF", "NOT", "EXISTS"]);
    let name = cursor.name()?;
    cursor.expect_word("USING")?;
    cursor.expect_word("TEMPLATE")?;
    let query = cursor.parenthesised()?;
    let options = Options::read(cursor)?;
    cursor.end()?;
    if let Some(other) = options.names().find(|name| !["ENABLE_SCHEMA_EVOLUTION", "COMMENT"].contains(name)) {
        return Err(SqlError::not_simulated(format!("tables with {other}")));
    }
    let path = run.path(&name)?;
    let done = || status(format!("Table {} successfully created.", path.name), StatementType::DDL);
    if run.describes() {
        return done();
    }
    if let Some(outcome) = taken(table::is_there(run, &path, head.kind)?, head, &path)? {
        return Ok(outcome);
    }
    let columns = columns(&described(run, &query).await?)?;
    table::refuse_duplicates(&columns)?;
    let comment = options.text("COMMENT").unwrap_or_default().to_owned();
    let evolves = options.boolean("ENABLE_SCHEMA_EVOLUTION")? == Some(true);
    let made =
        Table::new(TableOptions { kind: head.kind, comment, ..TableOptions::new(columns, run.env.now) });
    made.set_evolves(evolves);
    run.commit().await?;
    run.check()?;
    table::put(run, &path, head.kind, Arc::new(made))?;
    done()
}

/// The one value of the query.
async fn described(run: &Run, tokens: &Tokens) -> Result<String, SqlError> {
    let mut query = parse_query(tokens)?;
    name_items(&mut query, select_titles(tokens).as_deref());
    let planned = plan_query(run, query, Tables::new())?;
    let batches: Vec<_> = planned.run().await?.try_collect().await?;
    let batch = batches.iter().find(|batch| batch.num_rows() > 0 && batch.num_columns() > 0);
    let batch = batch.ok_or_else(nothing)?;
    let reader = Reader::new(batch.column(0))?;
    to_text(reader.value(0), &run.env).map(std::borrow::Cow::into_owned).ok_or_else(nothing)
}

fn nothing() -> SqlError {
    SqlError::invalid_argument("The query of a template has to answer an array of column descriptions")
}

fn columns(described: &str) -> Result<Vec<TableColumn>, SqlError> {
    // The cause says no more than that the text is no such array.
    let described: Vec<Json> = serde_json::from_str(described).map_err(|_| nothing())?;
    let columns = described.iter().map(|column| {
        let text = |name: &str| column.get(name).and_then(Json::as_str).ok_or_else(nothing);
        let nullable = column.get("NULLABLE").and_then(Json::as_bool).unwrap_or(true);
        Ok(TableColumn { nullable, ..TableColumn::new(text("COLUMN_NAME")?, parse_type(text("TYPE")?)?) })
    });
    let columns = columns.collect::<Result<Vec<_>, SqlError>>()?;
    if columns.is_empty() { Err(nothing()) } else { Ok(columns) }
}
