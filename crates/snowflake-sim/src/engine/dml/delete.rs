//! DELETE and TRUNCATE.

use std::collections::HashSet;

use datafusion::sql::sqlparser::ast::{FromTable, Statement};
use snowflake_proto::StatementType;
use snowflake_proto::wire::query::Stats;

use super::super::answer::{counters, no_batch, status};
use super::super::catalog::Version;
use super::super::run::Run;
use super::super::syntax::{Cursor, Tokens, parse_statement};
use super::super::{Outcome, SqlError};
use super::rows::without;
use super::target::{Target, named};

/// Runs DELETE.
///
/// # Errors
/// Whatever is wrong with it, by Snowflake's codes.
pub(in super::super) async fn delete(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let Statement::Delete(delete) = parse_statement(tokens)? else {
        return Err(SqlError::internal("DELETE that is another statement"));
    };
    let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
    let [relation] = from.as_slice() else {
        return Err(SqlError::not_simulated("DELETE from several tables"));
    };
    let (name, alias) = named(relation)?;
    let target = Target::find(run, &name, alias)?;
    if run.describes() {
        let mut rows = counters(&[("number of rows deleted", 0)], StatementType::DELETE)?;
        rows.batches = no_batch();
        return Ok(Outcome::Rows(rows));
    }
    let gate = run.gate(&target.table).await?;
    let version = run.version(&target.table)?;
    let others = delete.using.unwrap_or_default();
    let (rows, _) = target.matches(run, &version, Vec::new(), others, delete.selection).await?;
    let gone: HashSet<usize> = rows.into_iter().collect();
    if !gone.is_empty() {
        run.replace(&target.table, without(&version, &gone)?, gate)?;
    }
    let mut rows = counters(&[("number of rows deleted", gone.len())], StatementType::DELETE)?;
    rows.stats = Some(Stats { num_rows_deleted: i64::try_from(gone.len()).ok(), ..Stats::default() });
    Ok(Outcome::Rows(rows))
}

/// Runs `TRUNCATE [TABLE] [IF EXISTS] name`.
///
/// # Errors
/// `002003` when the table is missing.
pub(in super::super) async fn truncate(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    cursor.expect_word("TRUNCATE")?;
    cursor.word("TABLE");
    let if_exists = cursor.words(&["IF", "EXISTS"]);
    let name = cursor.name()?;
    cursor.end()?;
    let path = run.path(&name)?;
    let missing = || status("Statement executed successfully.", StatementType::DDL);
    if if_exists && run.relation(&path)?.is_none() {
        return missing();
    }
    let table = run.table(&path, &name.join("."))?;
    if !run.describes() {
        let gate = run.gate(&table).await?;
        run.replace(&table, Version::new(Vec::new()), gate)?;
        table.loads().forget();
    }
    missing()
}
