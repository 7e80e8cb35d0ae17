//! SELECT as a statement.

use std::sync::Arc;

use futures::StreamExt;
use snowflake_proto::StatementType;

use super::super::answer::no_batch;
use super::super::deep::Deep;
use super::super::edge::{canonical_schema, to_canonical};
use super::super::rewrite::{Tables, name_items};
use super::super::run::Run;
use super::super::syntax::{Tokens, parse_query, select_titles};
use super::super::{Outcome, Rows, SqlError};
use super::plan_query;

/// Runs a query.
///
/// # Errors
/// Whatever is wrong with it, by Snowflake's codes.
pub(in super::super) async fn execute(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut query = parse_query(tokens)?;
    name_items(&mut query, select_titles(tokens).as_deref());
    let planned = plan_query(run, query, Tables::new())?;
    let columns = planned.columns.clone();
    if run.describes() {
        return Ok(Outcome::Rows(Rows::new(columns, no_batch(), StatementType::SELECT)));
    }
    if !planned.effects.wait.is_zero() {
        tokio::select! {
            biased;
            () = run.statement.cancel.cancelled() => return Err(SqlError::cancelled()),
            () = tokio::time::sleep(planned.effects.wait) => {}
        }
    }
    let schema = canonical_schema(&columns)?;
    let (env, cancel) = (Arc::clone(&run.env), run.statement.cancel.clone());
    let described = columns.clone();
    let batches = planned.run().await?.map(move |batch| {
        if cancel.is_cancelled() {
            return Err(SqlError::cancelled());
        }
        to_canonical(&batch?, &described, &schema, &env)
    });
    Ok(Outcome::Rows(Rows::new(columns, Box::pin(Deep::new(Box::pin(batches))), StatementType::SELECT)))
}
