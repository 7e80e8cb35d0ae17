//! What becomes of rejected records.

use std::path::PathBuf;

use serde::Serialize;
use snafu::ResultExt;
use snowflake_query::Pool;
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};

use super::fault::DeadLettersSnafu;
use super::feed::Slice;
use super::insert;
use super::options::{BulkInsertOptions, CreateTable, DeadLetters};
use super::outcome::{MAX_REJECTED, RejectedRow};
use crate::error::Result;
use crate::machine::Machine;

/// Records that were left out of a load.
#[derive(Debug)]
pub(super) struct Letters {
    /// The first of them.
    kept: Vec<RejectedRow>,
    count: u64,
    file: Option<(PathBuf, BufWriter<File>)>,
    /// Those that wait to be written to their table.
    waiting: Option<Waiting>,
}

/// Records for a table.
#[derive(Debug)]
struct Waiting {
    pool: Pool,
    machine: Machine,
    options: BulkInsertOptions,
    into: String,
    table: String,
    batch_id: String,
    rows: Vec<RejectedRow>,
}

/// A rejected record as a row of a table.
#[derive(Serialize)]
struct Letter<'a> {
    table_name: &'a str,
    batch_id: &'a str,
    #[serde(flatten)]
    rejected: &'a RejectedRow,
}

impl Letters {
    /// Opens the place that rejected records go to; a file is created or emptied.
    pub(super) async fn open(
        options: &BulkInsertOptions,
        pool: &Pool,
        machine: &Machine,
        table: &str,
        batch_id: &str,
    ) -> Result<Self> {
        let mut letters = Self { kept: Vec::new(), count: 0, file: None, waiting: None };
        match &options.dead_letters {
            DeadLetters::Result => {}
            DeadLetters::File(path) => {
                let file = File::create(path).await.map_err(Into::into);
                let place = path.display().to_string();
                letters.file =
                    Some((path.clone(), BufWriter::new(file.context(DeadLettersSnafu { place })?)));
            }
            DeadLetters::Table(into) => {
                let options = BulkInsertOptions {
                    create_table: CreateTable::IfNotExists,
                    stage: options.stage.clone(),
                    warehouse: options.warehouse.clone(),
                    timeout: options.timeout,
                    tag: options.tag.clone(),
                    column_types: vec![(
                        "row".to_owned(),
                        snowflake_proto::DataType::Number { precision: 38, scale: 0 },
                    )],
                    ..BulkInsertOptions::default()
                };
                let (pool, machine) = (pool.clone(), machine.clone());
                let (into, table, batch_id) = (into.clone(), table.to_owned(), batch_id.to_owned());
                letters.waiting =
                    Some(Waiting { pool, machine, options, into, table, batch_id, rows: Vec::new() });
            }
        }
        Ok(letters)
    }

    pub(super) async fn add(&mut self, rejected: Vec<RejectedRow>) -> Result<()> {
        for row in rejected {
            self.count += 1;
            if let Some((path, file)) = &mut self.file {
                let line = serde_json::to_string(&row).unwrap_or_default();
                let written = file.write_all(format!("{line}\n").as_bytes()).await.map_err(Into::into);
                written.with_context(|_| DeadLettersSnafu { place: path.display().to_string() })?;
            }
            if let Some(waiting) = &mut self.waiting {
                waiting.rows.push(row.clone());
                if waiting.rows.len() >= MAX_REJECTED {
                    waiting.write().await?;
                }
            }
            if self.kept.len() < MAX_REJECTED {
                self.kept.push(row);
            }
        }
        Ok(())
    }

    /// Writes what waits; gives back how many there were, and the first of them.
    pub(super) async fn close(mut self) -> Result<(u64, Vec<RejectedRow>)> {
        if let Some((path, mut file)) = self.file.take() {
            let written = file.flush().await.map_err(Into::into);
            written.with_context(|_| DeadLettersSnafu { place: path.display().to_string() })?;
        }
        if let Some(waiting) = &mut self.waiting {
            waiting.write().await?;
        }
        Ok((self.count, self.kept))
    }
}

impl Waiting {
    async fn write(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.rows);
        if rows.is_empty() {
            return Ok(());
        }
        let (table_name, batch_id) = (self.table.as_str(), self.batch_id.as_str());
        let letters: Vec<_> = rows.iter().map(|rejected| Letter { table_name, batch_id, rejected }).collect();
        let feed = Slice::new(&letters);
        // A load of its own, which rejects nothing.
        let load = insert::run(&self.pool, &self.machine, &self.into, feed, self.options.clone());
        let loaded = Box::pin(load).await.map_err(Into::into);
        loaded.with_context(|_| DeadLettersSnafu { place: self.into.clone() })?;
        Ok(())
    }
}
