//! A statement whose rows are figures.

use std::time::Duration;

use futures::future::BoxFuture;

use super::Account;
use crate::answer::AnswerRow;
use crate::error::Result;
use crate::metric::Figures;

/// What a collector works with.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) account: &'a Account,
    pub(super) figures: &'a Figures,
    /// How long each statement may take.
    pub(super) limit: Duration,
}

/// Asks the account, and sets figures from what it answers.
pub(super) trait Collector: Send {
    /// Looks once. Figures are set when everything was read: a look that fails changes none of its statement's.
    fn collect<'a>(&'a mut self, look: Look<'a>) -> BoxFuture<'a, Result<()>>;
}

/// A statement over `ACCOUNT_USAGE`, whose rows have the values of labels in some columns and figures in others.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// What errors call it.
    pub(super) view: &'static str,
    pub(super) sql: String,
    /// The columns with the values of the labels, in the catalogue's order.
    pub(super) labels: &'static [&'static str],
    pub(super) shown: Vec<Shown>,
}

/// A column that is a figure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub(super) metric: &'static str,
    pub(super) column: &'static str,
    /// The value of a last label that is the same in all rows.
    pub(super) last: Option<&'static str>,
}

impl Shown {
    pub(super) fn new(metric: &'static str, column: &'static str) -> Self {
        Self { metric, column, last: None }
    }

    pub(super) fn of(metric: &'static str, column: &'static str, last: &'static str) -> Self {
        Self { metric, column, last: Some(last) }
    }
}

/// The values of labels, and a figure.
pub(super) type Row = (Vec<String>, f64);

impl Question {
    async fn ask(&self, look: Look<'_>) -> Result<()> {
        let read = |row: &AnswerRow<'_>| Ok(self.read(row));
        let rows = look.account.read_usage(self.sql.clone(), look.limit, self.view, read).await?;
        for (metric, rows) in self.by_metric(&rows) {
            look.figures.set(metric, rows);
        }
        Ok(())
    }

    /// The values of the labels, and each figure that the row has.
    fn read(&self, row: &AnswerRow<'_>) -> (Vec<String>, Vec<Option<f64>>) {
        let label = |column: &&str| row.optional_text(column).unwrap_or_else(|| "none".to_owned());
        let labels = self.labels.iter().map(label).collect();
        (labels, self.shown.iter().map(|shown| row.number(shown.column)).collect())
    }

    /// The rows of each metric; several columns may belong to one.
    fn by_metric(&self, rows: &[(Vec<String>, Vec<Option<f64>>)]) -> Vec<(&'static str, Vec<Row>)> {
        let mut found: Vec<(&'static str, Vec<Row>)> = Vec::new();
        for (place, shown) in self.shown.iter().enumerate() {
            let rows = rows.iter().filter_map(|(labels, figures)| {
                let figure = figures.get(place).copied().flatten()?;
                let last = shown.last.map(str::to_owned);
                Some((labels.iter().cloned().chain(last).collect(), figure))
            });
            match found.iter_mut().find(|(metric, _)| *metric == shown.metric) {
                Some((_, all)) => all.extend(rows),
                None => found.push((shown.metric, rows.collect())),
            }
        }
        found
    }
}

/// A collector that asks one question after the other.
#[derive(Debug)]
pub(super) struct Questions(pub(super) Vec<Question>);

impl Collector for Questions {
    fn collect<'a>(&'a mut self, look: Look<'a>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            for question in &self.0 {
                question.ask(look).await?;
            }
            Ok(())
        })
    }
}
