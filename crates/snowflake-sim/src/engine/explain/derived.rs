//! The query that a statement comes down to, and what it does with the rows.

use datafusion::sql::sqlparser::ast::{
    Delete, Expr, FromTable, Join, JoinConstraint, JoinOperator, Query, SelectItem, SetExpr, Statement,
    TableFactor, TableObject, TableWithJoins, Update, UpdateTableFromKind,
};
use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::SqlError;
use super::super::dml::{merge_statement, plain_query};
use super::super::rewrite::{make, name_items};
use super::super::run::Run;
use super::super::syntax::{Cursor, Name, Tokens, parse_query, parse_statement, select_titles};

/// What a statement comes down to.
pub(super) struct Derived {
    /// The query that it runs; none for VALUES.
    pub(super) query: Option<Box<Query>>,
    /// What it does with the rows, and to which table.
    pub(super) change: Option<(&'static str, String)>,
    /// What a change answers.
    pub(super) answer: &'static str,
}

/// The query that a statement comes down to.
///
/// # Errors
/// `001003` for what is no statement, `002003` when the table is missing, `0A000` for kinds of statements
/// that are not explained.
pub(super) fn of(run: &Run, tokens: &Tokens) -> Result<Derived, SqlError> {
    let cursor = Cursor::new(tokens);
    let first = match cursor.peek() {
        Some(Token::Word(word)) if word.quote_style.is_none() => word.value.as_str(),
        Some(Token::LParen) => "SELECT",
        _ => return Err(cursor.unexpected()),
    };
    match first {
        "SELECT" | "WITH" | "VALUES" => {
            let mut query = parse_query(tokens)?;
            name_items(&mut query, select_titles(tokens).as_deref());
            Ok(Derived { query: Some(query), change: None, answer: "" })
        }
        "MERGE" => changing(run, merge_statement(tokens)?),
        "INSERT" | "UPDATE" | "DELETE" | "CREATE" => changing(run, parse_statement(tokens)?),
        other => Err(SqlError::not_simulated(format!("EXPLAIN {other}"))),
    }
}

fn changing(run: &Run, statement: Statement) -> Result<Derived, SqlError> {
    match statement {
        Statement::Insert(insert) => {
            let TableObject::TableName(name) = &insert.table else { return Err(unexplained("INSERT")) };
            let object = table(run, &parts(name)?)?;
            let query = insert.source.filter(|query| !matches!(*query.body, SetExpr::Values(_)));
            Ok(Derived { query, change: Some(("Insert", object)), answer: "number of rows inserted" })
        }
        Statement::CreateTable(create) => {
            let query = create.query.ok_or_else(|| unexplained("CREATE TABLE"))?;
            let object = run.path(&parts(&create.name)?)?.to_string();
            let answer = "status";
            Ok(Derived { query: Some(query), change: Some(("CreateTableAsSelect", object)), answer })
        }
        Statement::Update(update) => of_update(run, update),
        Statement::Delete(delete) => of_delete(run, delete),
        Statement::Merge(merge) => {
            let object = named(run, &merge.table)?;
            let on = JoinOperator::Left(JoinConstraint::On(*merge.on));
            let join = Join { relation: merge.table, global: false, join_operator: on };
            let from = vec![TableWithJoins { relation: merge.source, joins: vec![join] }];
            let query = Some(plain_query(items(Vec::new()), from, None));
            Ok(Derived { query, change: Some(("Merge", object)), answer: "number of rows merged" })
        }
        _ => Err(unexplained("that statement")),
    }
}

fn of_update(run: &Run, update: Update) -> Result<Derived, SqlError> {
    let object = named(run, &update.table.relation)?;
    let others = match update.from {
        None => Vec::new(),
        Some(UpdateTableFromKind::AfterSet(others) | UpdateTableFromKind::BeforeSet(others)) => others,
    };
    let from = std::iter::once(update.table).chain(others).collect();
    let values = update.assignments.into_iter().map(|assignment| assignment.value);
    let values = values.filter(|value| !matches!(value, Expr::Identifier(name) if name.value == "DEFAULT"));
    let query = Some(plain_query(items(values.collect()), from, update.selection));
    Ok(Derived { query, change: Some(("Update", object)), answer: "number of rows updated" })
}

fn of_delete(run: &Run, delete: Delete) -> Result<Derived, SqlError> {
    let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = delete.from;
    let object = match from.as_slice() {
        [only] => named(run, &only.relation)?,
        _ => return Err(SqlError::not_simulated("DELETE from several tables")),
    };
    let from = from.into_iter().chain(delete.using.unwrap_or_default()).collect();
    let query = Some(plain_query(items(Vec::new()), from, delete.selection));
    Ok(Derived { query, change: Some(("Delete", object)), answer: "number of rows deleted" })
}

/// A select list of these values, and of one that reads nothing.
fn items(values: Vec<Expr>) -> Vec<SelectItem> {
    let all = values.into_iter().chain([make::integer(1)]).enumerate();
    all.map(|(at, expr)| SelectItem::ExprWithAlias { expr, alias: make::ident(&format!("${at}")) }).collect()
}

/// The full name of a table that is there.
fn table(run: &Run, name: &Name) -> Result<String, SqlError> {
    let path = run.path(name)?;
    run.table(&path, &name.join("."))?;
    Ok(path.to_string())
}

fn named(run: &Run, factor: &TableFactor) -> Result<String, SqlError> {
    let TableFactor::Table { name, .. } = factor else {
        return Err(unexplained("changing anything but a table"));
    };
    table(run, &parts(name)?)
}

fn parts(name: &datafusion::sql::sqlparser::ast::ObjectName) -> Result<Name, SqlError> {
    let parts: Option<Name> =
        name.0.iter().map(|part| part.as_ident().map(|ident| ident.value.clone())).collect();
    parts.ok_or_else(|| unexplained(&name.to_string()))
}

fn unexplained(what: &str) -> SqlError {
    SqlError::not_simulated(format!("EXPLAIN {what}"))
}
