//! What ran before, measured by what its plan assigned to it.
//!
//! A history tells what a statement has read, a plan what it may read at most: all columns of the partitions that are
//! left after pruning. The model has to learn from figures of the kind that it is asked with. So the statements that
//! ran most are explained once more, and the others take what those needed in the middle.

use std::collections::{BTreeMap, HashMap};

use futures::StreamExt;
use snowflake_query::{Pool, Query, QueryBuilder};

use super::history::Ran;
use super::line::Sample;
use super::plan::{Plan, explain};
use super::statement::{COMPARED_CHARS, Explainable};
use crate::account_usage::spelled;

/// Statements that are explained for a calibration.
const EXPLAINED: usize = 48;
/// How many of them at the same time.
const AT_ONCE: usize = 4;

/// Explains what ran most, and makes samples of everything.
pub(super) async fn measure(pool: &Pool, history: Vec<Ran>) -> Vec<Sample> {
    let asked = futures::stream::iter(most_run(&history))
        .map(|(statement, query)| async move { (statement, explain(pool, query).await.ok()) });
    let plans: HashMap<u64, Plan> = asked
        .buffer_unordered(AT_ONCE)
        .filter_map(|(statement, plan)| async move { plan.map(|plan| (statement, plan)) })
        .collect()
        .await;
    samples(&history, &plans)
}

/// The statements that ran most and can be explained, each as it ran last.
fn most_run(history: &[Ran]) -> Vec<(u64, Query)> {
    let mut runs = BTreeMap::<u64, (usize, &Ran)>::new();
    for ran in history {
        runs.entry(ran.statement).or_insert((0, ran)).0 += 1;
    }
    let is_whole = |ran: &Ran| ran.text.chars().nth(COMPARED_CHARS - 1).is_none();
    let mut runs: Vec<_> = runs
        .into_values()
        .filter(|(_, ran)| is_whole(ran) && Explainable::of(&ran.text) == Explainable::Yes)
        .collect();
    runs.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    runs.into_iter().take(EXPLAINED).map(|(_, ran)| (ran.statement, query(ran))).collect()
}

fn query(ran: &Ran) -> Query {
    let mut query = QueryBuilder::new(ran.text.clone());
    if let Some(database) = &ran.database {
        query = query.database(spelled(database));
        if let Some(schema) = &ran.schema {
            query = query.schema(spelled(schema));
        }
    }
    query.build()
}

fn samples(history: &[Ran], plans: &HashMap<u64, Plan>) -> Vec<Sample> {
    let planned = |ran: &Ran| plans.get(&ran.statement).map(|plan| assigned(ran, plan));
    let mut ratios: Vec<f64> = history
        .iter()
        .filter(|ran| ran.bytes > 0.0)
        .filter_map(|ran| planned(ran).map(|bytes| bytes / ran.bytes))
        .filter(|ratio| *ratio > 0.0)
        .collect();
    ratios.sort_by(f64::total_cmp);
    let usual = ratios.get(ratios.len() / 2).copied().unwrap_or(1.0);
    let sample = |ran: &Ran| Sample {
        seconds: ran.seconds,
        bytes: planned(ran).unwrap_or(ran.bytes * usual),
        nodes: ran.nodes,
        statement: ran.statement,
    };
    history.iter().map(sample).collect()
}

/// What the plan would have assigned to a run with its own literals, which left it other partitions.
fn assigned(ran: &Ran, plan: &Plan) -> f64 {
    let bytes = plan.bytes_as_float();
    match (ran.partitions, plan.partitions_as_float()) {
        (Some(partitions), planned) if planned > 0.0 => bytes / planned * partitions,
        _ => bytes,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{Plan, Ran, most_run, samples};

    fn ran(statement: u64, bytes: f64, partitions: Option<f64>) -> Ran {
        Ran {
            text: format!("select {statement}"),
            statement,
            database: Some("my \"db\"".to_owned()),
            schema: Some("PUBLIC".to_owned()),
            seconds: 1.0,
            nodes: 1.0,
            bytes,
            partitions,
        }
    }

    #[test]
    fn runs_are_measured_by_the_plan_with_their_own_partitions() {
        let plan = Plan { partitions: 10, partitions_total: 20, bytes: 1_000 };
        let history =
            [ran(1, 50.0, Some(5.0)), ran(1, 100.0, Some(10.0)), ran(1, 30.0, None), ran(2, 7.0, Some(1.0))];
        let samples = samples(&history, &HashMap::from([(1, plan)]));
        let bytes: Vec<f64> = samples.iter().map(|sample| sample.bytes).collect();
        // What has no plan reads the tenth part of it, as the others do.
        assert_eq!(bytes, [500.0, 1_000.0, 1_000.0, 70.0]);
    }

    #[test]
    fn q01_what_ran_most_is_explained_where_it_ran() {
        let mut history = vec![ran(1, 1.0, None), ran(2, 1.0, None), ran(2, 1.0, None)];
        history.push(Ran { text: "call p()".to_owned(), ..ran(3, 1.0, None) });
        history.push(Ran { text: format!("select {}", "x".repeat(20_000)), ..ran(4, 1.0, None) });
        let asked = most_run(&history);
        assert_eq!(asked.iter().map(|(statement, _)| *statement).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(asked[0].1.wanted().database.as_deref(), Some("\"my \"\"db\"\"\""));
        assert_eq!(asked[0].1.wanted().schema.as_deref(), Some("PUBLIC"));
    }
}
