//! The WHEN clauses of MERGE.

use datafusion::sql::sqlparser::ast::{
    Assignment, Expr, MergeAction, MergeClause, MergeClauseKind, MergeInsertExpr, MergeInsertKind,
    MergeUpdateExpr,
};
use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::SqlError;
use super::super::catalog::Table;
use super::super::syntax::{Tokens, lex};
use super::insert::places;
use super::source::Source;
use super::update::{assigned, place};
use super::values::mismatch;

/// Stands for the list of all columns, which the parser does not know.
const BY_NAME: &str = "$BY_NAME";

/// One WHEN clause.
pub(super) struct Clause {
    /// Whether it is for source rows that match a row of the table, or for those that match none.
    pub(super) matched: bool,
    pub(super) condition: Option<Expr>,
    pub(super) action: Action,
}

/// What a clause does. Columns are places in the table, values are of the columns' own types.
pub(super) enum Action {
    Update(Vec<(usize, Expr)>),
    Delete,
    Insert(Vec<(usize, Expr)>),
}

/// Spells `ALL BY NAME` so that the parser reads it.
///
/// # Errors
/// `001003` never: the words that take its place are sound.
pub(super) fn spelled_out(tokens: &Tokens) -> Result<Tokens, SqlError> {
    let word = |at: usize, word: &str| {
        matches!(tokens.tokens.get(at).map(|each| &each.token),
            Some(Token::Word(found)) if found.quote_style.is_none() && found.value == word)
    };
    let mut spelled = Vec::with_capacity(tokens.tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.tokens.get(at) {
        let all = at > 0 && word(at, "ALL") && word(at + 1, "BY") && word(at + 2, "NAME");
        let instead = match all {
            true if word(at - 1, "UPDATE") => format!("SET \"{BY_NAME}\" = NULL"),
            true if word(at - 1, "INSERT") => format!("(\"{BY_NAME}\") VALUES (NULL)"),
            _ => {
                spelled.push(token.clone());
                at += 1;
                continue;
            }
        };
        for mut each in lex(&instead)?.tokens {
            each.span = token.span;
            spelled.push(each);
        }
        at += 3;
    }
    Ok(Tokens { text: tokens.text.clone(), tokens: spelled })
}

/// Reads the clauses of a statement for a table.
///
/// # Errors
/// `000904` for a column that the table does not have, `002020` for a list of another length, `001003` for
/// clauses that the service does not know, and for one that can never be reached.
pub(super) fn read(
    table: &Table,
    source: &Source,
    clauses: Vec<MergeClause>,
) -> Result<Vec<Clause>, SqlError> {
    let mut read: Vec<Clause> = Vec::with_capacity(clauses.len());
    for clause in clauses {
        let matched = match clause.clause_kind {
            MergeClauseKind::Matched => true,
            MergeClauseKind::NotMatched => false,
            // The service has neither BY SOURCE nor BY TARGET.
            MergeClauseKind::NotMatchedByTarget | MergeClauseKind::NotMatchedBySource => {
                let start = clause.when_token.0.span.start;
                let line = i64::try_from(start.line).unwrap_or(1);
                return Err(SqlError::syntax(line, i64::try_from(start.column).unwrap_or(1) - 1, "BY"));
            }
        };
        if read.iter().any(|before| before.matched == matched && before.condition.is_none()) {
            return Err(unreachable());
        }
        let action = match clause.action {
            MergeAction::Delete { .. } => Action::Delete,
            MergeAction::Update(update) => Action::Update(updates(table, source, update)?),
            MergeAction::Insert(insert) => Action::Insert(inserts(table, source, insert)?),
        };
        read.push(Clause { matched, condition: clause.predicate, action });
    }
    if read.is_empty() { Err(SqlError::syntax(1, 0, "<EOF>")) } else { Ok(read) }
}

fn unreachable() -> SqlError {
    SqlError::new(
        "001003",
        "42000",
        "SQL compilation error:\nA WHEN clause after one of its kind without a condition is never reached.",
    )
}

fn updates(table: &Table, source: &Source, update: MergeUpdateExpr) -> Result<Vec<(usize, Expr)>, SqlError> {
    if update.update_predicate.is_some() || update.delete_predicate.is_some() {
        return Err(SqlError::syntax(1, 0, "WHERE"));
    }
    if let [only] = update.assignments.as_slice()
        && only.target.to_string().contains(BY_NAME)
    {
        return source.by_name(table);
    }
    let mut columns: Vec<(usize, Expr)> = Vec::with_capacity(update.assignments.len());
    for Assignment { target, value } in update.assignments {
        let at = place(table, &target)?;
        let column = &table.columns()[at];
        if columns.iter().any(|(other, _)| *other == at) {
            return Err(SqlError::duplicate_column(&column.name));
        }
        columns.push((at, assigned(column, value)?));
    }
    Ok(columns)
}

fn inserts(table: &Table, source: &Source, insert: MergeInsertExpr) -> Result<Vec<(usize, Expr)>, SqlError> {
    if insert.insert_predicate.is_some() {
        return Err(SqlError::syntax(1, 0, "WHERE"));
    }
    if insert.columns.iter().any(|name| name.to_string().contains(BY_NAME)) {
        return source.by_name(table);
    }
    let places = places(table, &insert.columns)?;
    let mut rows = match insert.kind {
        MergeInsertKind::Values(values) => values.rows,
        MergeInsertKind::Row => return Err(SqlError::syntax(1, 0, "ROW")),
    };
    let (Some(row), true) = (rows.pop(), rows.is_empty()) else {
        return Err(SqlError::syntax(1, 0, ","));
    };
    if row.content.len() != places.len() {
        return Err(mismatch(places.len(), row.content.len()));
    }
    let values = places.iter().zip(row.content);
    values.map(|(at, value)| Ok((*at, assigned(&table.columns()[*at], value)?))).collect()
}
