//! MERGE.

use std::sync::Arc;

use arrow_array::{RecordBatch, UInt64Array};
use datafusion::sql::sqlparser::ast::{Join, JoinConstraint, JoinOperator, Statement, TableWithJoins};
use snowflake_proto::StatementType;
use snowflake_proto::wire::query::Stats;

use super::super::answer::{counters, no_batch};
use super::super::catalog::{Table, Version};
use super::super::run::{Gate, Run};
use super::super::syntax::{Tokens, parse_statement};
use super::super::value::{Reader, to_json};
use super::super::{Outcome, Rows, SqlError};
use super::clauses::{Action, Clause, read, spelled_out};
use super::insert::complete;
use super::pairs::{Items, fates};
use super::rows::{updated, without};
use super::source::Source;
use super::target::{Target, named_factor};

/// The parameter that refuses source rows of which any might be the one that changes a row.
const STRICT: &str = "ERROR_ON_NONDETERMINISTIC_MERGE";

/// Runs MERGE.
///
/// # Errors
/// Whatever is wrong with it, by Snowflake's codes; `100090` when several source rows would change one row
/// of the table and the session does not want one of them to be picked.
pub(in super::super) async fn merge(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let Statement::Merge(merge) = merge_statement(tokens)? else {
        return Err(SqlError::internal("MERGE that is another statement"));
    };
    if merge.output.is_some() {
        return Err(SqlError::not_simulated("MERGE with OUTPUT"));
    }
    let (name, alias) = named_factor(&merge.table)?;
    let target = Target::find(run, &name, alias)?;
    let source = Source::new(run, merge.source)?;
    let clauses = read(&target.table, &source, merge.clauses)?;
    if run.describes() {
        let mut rows = answer(&clauses, &Counts::default())?;
        rows.batches = no_batch();
        return Ok(Outcome::Rows(rows));
    }
    let gate = run.gate(&target.table).await?;
    let version = run.version(&target.table)?;
    let items = Items::new(&target, &clauses);
    let join = Join {
        relation: target.relation(),
        global: false,
        join_operator: JoinOperator::Left(JoinConstraint::On(*merge.on)),
    };
    let from = vec![TableWithJoins { relation: source.factor, joins: vec![join] }];
    let pairs = target.query(run, &version, items.expressions.clone(), from, None).await?;
    let counts = match pairs {
        None => Counts::default(),
        Some(pairs) => {
            let change = Change { table: &target.table, version: &version, clauses: &clauses, items: &items };
            change.apply(run, gate, &pairs).await?
        }
    };
    answer(&clauses, &counts).map(Outcome::Rows)
}

/// The tree of a MERGE.
///
/// # Errors
/// `001003` for what is none.
pub(in super::super) fn merge_statement(tokens: &Tokens) -> Result<Statement, SqlError> {
    parse_statement(&spelled_out(tokens)?)
}

/// How many rows a MERGE inserted, updated and deleted.
#[derive(Debug, Default)]
struct Counts {
    inserted: usize,
    updated: usize,
    deleted: usize,
    repeated: usize,
}

/// The change of a table by its clauses.
struct Change<'a> {
    table: &'a Arc<Table>,
    version: &'a Version,
    clauses: &'a [Clause],
    items: &'a Items,
}

impl Change<'_> {
    /// Replaces the table's rows by what the clauses made of them.
    async fn apply(&self, run: &Run, gate: Gate, pairs: &RecordBatch) -> Result<Counts, SqlError> {
        let fates = fates(self.clauses, pairs)?;
        let strict = run.parameters.get(STRICT).and_then(serde_json::Value::as_bool).unwrap_or(true);
        if let (true, Some(row)) = (strict, fates.repeated.first()) {
            return Err(duplicate(run, self.version, *row));
        }
        let values = &pairs.columns()[self.items.updates()];
        let rows = updated(self.table, self.version, &self.items.updated, values, &fates.updated)?;
        let rows = without(&rows, &fates.gone)?;
        let mut added = Vec::with_capacity(fates.inserted.len());
        for (number, taken) in &fates.inserted {
            added.push(self.inserted(run, *number, taken, pairs).await?);
        }
        let counts = Counts {
            inserted: added.iter().map(RecordBatch::num_rows).sum(),
            updated: fates.updated.len(),
            deleted: fates.gone.len(),
            repeated: fates.repeated.len(),
        };
        if counts.inserted + counts.updated + counts.deleted > 0 {
            run.replace(self.table, rows.with(self.table.schema(), &added)?, gate)?;
        }
        Ok(counts)
    }

    /// The rows that one clause inserts.
    async fn inserted(
        &self,
        run: &Run,
        number: usize,
        taken: &[u64],
        pairs: &RecordBatch,
    ) -> Result<RecordBatch, SqlError> {
        let Action::Insert(columns) = &self.clauses[number].action else {
            return Err(SqlError::internal("rows inserted by another clause"));
        };
        let places: Vec<usize> = columns.iter().map(|(at, _)| *at).collect();
        let taken = UInt64Array::from(taken.to_vec());
        let arrays = pairs.columns()[self.items.inserted[number].clone()]
            .iter()
            .map(|array| arrow_select::take::take(array, &taken, None).map_err(SqlError::internal))
            .collect::<Result<Vec<_>, _>>()?;
        complete(run, self.table, &places, arrays).await
    }
}

/// Several source rows would change the table's row of that number.
fn duplicate(run: &Run, version: &Version, row: usize) -> SqlError {
    let mut start = 0;
    let batch = version.batches.iter().find_map(|batch| {
        let at = row.checked_sub(start)?;
        start += batch.num_rows();
        (at < batch.num_rows()).then_some((batch, at))
    });
    let values: Vec<String> = batch.map_or_else(Vec::new, |(batch, at)| {
        let readers = batch.columns().iter().filter_map(|array| Reader::new(array).ok());
        let text = |reader: Reader| to_json(reader.value(at), &run.env).unwrap_or_else(|| "NULL".to_owned());
        readers.map(text).collect()
    });
    SqlError::new(
        "100090",
        "42P18",
        format!("Duplicate row detected during DML action\nRow Values: [{}]", values.join(", ")),
    )
}

/// The counters of the kinds of clauses that the statement has.
fn answer(clauses: &[Clause], counts: &Counts) -> Result<Rows, SqlError> {
    let has = |kind: fn(&Action) -> bool| clauses.iter().any(|clause| kind(&clause.action));
    let all = [
        (has(|action| matches!(action, Action::Insert(_))), "number of rows inserted", counts.inserted),
        (has(|action| matches!(action, Action::Update(_))), "number of rows updated", counts.updated),
        (has(|action| matches!(action, Action::Delete)), "number of rows deleted", counts.deleted),
    ];
    let named: Vec<(&str, usize)> =
        all.into_iter().filter(|(is_there, ..)| *is_there).map(|(_, name, count)| (name, count)).collect();
    let mut rows = counters(&named, StatementType::MERGE)?;
    rows.stats = Some(Stats {
        num_rows_inserted: i64::try_from(counts.inserted).ok(),
        num_rows_updated: i64::try_from(counts.updated).ok(),
        num_rows_deleted: i64::try_from(counts.deleted).ok(),
        num_dml_duplicates: i64::try_from(counts.repeated).ok(),
        ..Stats::default()
    });
    Ok(rows)
}
