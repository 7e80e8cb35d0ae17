//! Views.

use std::sync::Arc;

use datafusion::sql::sqlparser::tokenizer::Token;
use snowflake_proto::StatementType;

use super::super::answer::status;
use super::super::catalog::{Relation, TableColumn, View};
use super::super::rewrite::{Tables, name_items};
use super::super::run::Run;
use super::super::select::plan_query;
use super::super::syntax::{Cursor, Name, Options, Tokens, parse_query, select_titles};
use super::super::{Outcome, SqlError};
use super::{Head, taken};

/// `CREATE … VIEW`, from the name on.
pub(super) fn create(
    run: &Run,
    tokens: &Tokens,
    cursor: &mut Cursor<'_>,
    mut head: Head,
    secure: bool,
) -> Result<Outcome, SqlError> {
    head.if_not_exists = cursor.words(&["IF", "NOT", "EXISTS"]);
    let name = cursor.name()?;
    let path = run.path(&name)?;
    let aliases =
        if cursor.peek() == Some(&Token::LParen) { aliases(&cursor.parenthesised()?)? } else { Vec::new() };
    cursor.words(&["COPY", "GRANTS"]);
    let options = Options::read(cursor)?;
    cursor.expect_word("AS")?;
    let query_tokens = cursor.rest();
    let mut query = parse_query(&query_tokens)?;
    name_items(&mut query, select_titles(&query_tokens).as_deref());
    let planned = plan_query(run, query, Tables::new())?;
    if !aliases.is_empty() && aliases.len() != planned.columns.len() {
        return Err(SqlError::new(
            "002018",
            "21S02",
            format!(
                "SQL compilation error:\nInvalid column definition list: {} names for {} columns",
                aliases.len(),
                planned.columns.len()
            ),
        ));
    }
    let columns = planned.columns.into_iter().enumerate().map(|(at, column)| {
        let name = aliases.get(at).cloned().unwrap_or(column.name);
        TableColumn { nullable: column.nullable, ..TableColumn::new(name, column.data_type) }
    });
    let view = View {
        created: run.env.now,
        comment: options.text("COMMENT").unwrap_or_default().to_owned(),
        text: tokens.all().to_owned(),
        query: query_tokens.all().to_owned(),
        columns: columns.collect(),
        secure,
        home: (path.database.clone(), path.schema.clone()),
    };
    let exists = run.relation(&path)?.is_some();
    if let Some(outcome) = taken(exists, head, &path)? {
        return Ok(outcome);
    }
    if !run.describes() {
        let relation = Relation::View(Arc::new(view));
        run.engine()
            .catalog_mut()
            .schema_mut(&path.database, &path.schema)?
            .relations
            .insert(path.name.clone(), relation);
    }
    status(format!("View {} successfully created.", path.name), StatementType::DDL)
}

/// The names in `(a, b COMMENT 'x')`.
fn aliases(tokens: &Tokens) -> Result<Vec<String>, SqlError> {
    let mut cursor = Cursor::new(tokens);
    let mut names = Vec::new();
    while !cursor.is_done() {
        names.push(cursor.identifier()?);
        if cursor.word("COMMENT") {
            cursor.expect_string()?;
        }
        if !cursor.is_done() {
            cursor.expect(&Token::Comma)?;
        }
    }
    Ok(names)
}

pub(super) fn drop(run: &Run, name: &Name) -> Result<bool, SqlError> {
    let path = run.path(name)?;
    let mut catalog = run.engine().catalog_mut();
    let schema = catalog.schema_mut(&path.database, &path.schema)?;
    if matches!(schema.relations.get(&path.name), Some(Relation::View(_))) {
        schema.relations.remove(&path.name);
        return Ok(true);
    }
    Ok(false)
}
