//! The pairs of a source row and the row of the table that it matches, and what MERGE does to each.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use arrow_array::RecordBatch;
use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr};

use super::super::SqlError;
use super::super::rewrite::make;
use super::super::value::{Reader, Value};
use super::clauses::{Action, Clause};
use super::target::{Target, row_numbers};

/// The place of the number of the clause that takes a pair: 1 is the first, 0 none.
const CLAUSE: usize = 1;

/// What is asked of each pair.
pub(super) struct Items {
    pub(super) expressions: Vec<Expr>,
    /// The columns that any clause updates; their values stand after the clause's number.
    pub(super) updated: Vec<usize>,
    /// For each clause, where the values stand that it inserts.
    pub(super) inserted: Vec<Range<usize>>,
}

impl Items {
    pub(super) fn new(target: &Target, clauses: &[Clause]) -> Self {
        let conditions: Vec<Expr> = clauses.iter().map(|clause| condition(target, clause)).collect();
        let numbers =
            conditions.iter().zip(1..).map(|(condition, number)| (condition.clone(), make::integer(number)));
        let number = make::case(None, numbers.collect(), Some(make::integer(0)));
        let mut expressions = vec![target.row(), make::cast(number, "NUMBER(38,0)")];
        let sets = clauses.iter().filter_map(|clause| match &clause.action {
            Action::Update(columns) => Some(columns.iter().map(|(at, _)| *at)),
            _ => None,
        });
        let updated: Vec<usize> = sets.flatten().collect::<BTreeSet<_>>().into_iter().collect();
        expressions.extend(updated.iter().map(|at| new_value(target, *at, clauses, &conditions)));
        let mut inserted = Vec::with_capacity(clauses.len());
        for (number, clause) in clauses.iter().enumerate() {
            let start = expressions.len();
            if let Action::Insert(values) = &clause.action {
                let taken = earlier(clauses, &conditions, number);
                for (at, value) in values {
                    let mut branches = taken.clone();
                    branches.push((conditions[number].clone(), value.clone()));
                    expressions.push(typed(target, *at, make::case(None, branches, None)));
                }
            }
            inserted.push(start..expressions.len());
        }
        Self { expressions, updated, inserted }
    }

    /// Where the updated values stand.
    pub(super) fn updates(&self) -> Range<usize> {
        CLAUSE + 1..CLAUSE + 1 + self.updated.len()
    }
}

/// When a clause takes a pair that no clause before it has taken.
fn condition(target: &Target, clause: &Clause) -> Expr {
    let row = Box::new(target.row());
    let kind = if clause.matched { Expr::IsNotNull(row) } else { Expr::IsNull(row) };
    match &clause.condition {
        Some(condition) => make::binary(kind, BinaryOperator::And, condition.clone()),
        None => kind,
    }
}

/// The pairs that clauses for unmatched rows take before the one of that number: nothing is computed there.
fn earlier(clauses: &[Clause], conditions: &[Expr], number: usize) -> Vec<(Expr, Expr)> {
    let before = clauses.iter().zip(conditions).take(number).filter(|(clause, _)| !clause.matched);
    before.map(|(_, condition)| (condition.clone(), make::null())).collect()
}

/// The value of a column after the clause that takes the pair.
fn new_value(target: &Target, at: usize, clauses: &[Clause], conditions: &[Expr]) -> Expr {
    let old = target.column(&target.table.columns()[at].name);
    let matched = clauses.iter().zip(conditions).filter(|(clause, _)| clause.matched);
    let branches = matched.map(|(clause, condition)| {
        let set = match &clause.action {
            Action::Update(columns) => columns.iter().find(|(column, _)| *column == at),
            _ => None,
        };
        (condition.clone(), set.map_or_else(|| old.clone(), |(_, value)| value.clone()))
    });
    typed(target, at, make::case(None, branches.collect(), Some(old.clone())))
}

fn typed(target: &Target, at: usize, value: Expr) -> Expr {
    make::cast(value, &target.table.columns()[at].data_type.to_string())
}

/// What becomes of the rows of the table and of the source.
#[derive(Debug, Default)]
pub(super) struct Fates {
    /// The table's rows that take new values, and the pair that has these.
    pub(super) updated: HashMap<usize, usize>,
    pub(super) gone: HashSet<usize>,
    /// By clause, the pairs whose source row is inserted.
    pub(super) inserted: BTreeMap<usize, Vec<u64>>,
    /// The table's rows that several source rows would change; the first of these has done it.
    pub(super) repeated: BTreeSet<usize>,
}

/// Reads what the clauses decided for each pair.
///
/// # Errors
/// `300010` when the pairs are not those that [`Items`] asks for.
pub(super) fn fates(clauses: &[Clause], pairs: &RecordBatch) -> Result<Fates, SqlError> {
    let mut fates = Fates::default();
    let taken = Reader::new(pairs.column(CLAUSE))?;
    for (pair, row) in row_numbers(pairs)?.into_iter().enumerate() {
        let Value::Number(number) = taken.value(pair) else { continue };
        let number = usize::try_from(number.unscaled).ok().and_then(|number| number.checked_sub(1));
        let Some((number, clause)) = number.and_then(|at| Some((at, clauses.get(at)?))) else { continue };
        match (&clause.action, row) {
            (Action::Insert(_), _) => {
                let pair = u64::try_from(pair).map_err(SqlError::internal)?;
                fates.inserted.entry(number).or_default().push(pair);
            }
            // Several source rows may agree that a row goes.
            (Action::Delete, Some(row)) if fates.gone.contains(&row) => {}
            (_, Some(row)) if fates.gone.contains(&row) || fates.updated.contains_key(&row) => {
                fates.repeated.insert(row);
            }
            (Action::Delete, Some(row)) => {
                fates.gone.insert(row);
            }
            (Action::Update(_), Some(row)) => {
                fates.updated.insert(row, pair);
            }
            (_, None) => {}
        }
    }
    Ok(fates)
}
