//! One load: its table, its options, its batch, and the rows on their way.

use snafu::OptionExt;
use snowflake_proto::ObjectName;
use snowflake_query::Pool;

use super::convert::{OnMisfit, Rows};
use super::create;
use super::fault::{BatchReusedSnafu, NoFieldSnafu, NoTableSnafu};
use super::feed::{Feed, Intake};
use super::folder::{Folder, Found, complete};
use super::gather::{Gathered, gather};
use super::letters::Letters;
use super::options::{BulkInsertOptions, CreateTable};
use super::parts::{Part, digest_of};
use super::sink::{Nowhere, StageSink};
use super::statement::Statements;
use super::table::{TableColumn, describe};
use crate::ErrorKind;
use crate::copy::OnError;
use crate::error::{Error, Repr, Result};
use crate::machine::Machine;
use crate::names;

/// A load that has begun.
#[derive(Debug)]
pub(super) struct Job<'a> {
    pub(super) pool: &'a Pool,
    pub(super) machine: &'a Machine,
    pub(super) options: BulkInsertOptions,
    pub(super) statements: Statements,
    pub(super) table: ObjectName,
    /// Whether the table is there and stays.
    pub(super) exists: bool,
    pub(super) batch_id: String,
    pub(super) folder: Folder,
    pub(super) found: Found,
    pub(super) intake: Intake,
}

impl<'a> Job<'a> {
    /// Looks at the table, and at what an earlier attempt left.
    pub(super) async fn begin(
        pool: &'a Pool,
        machine: &'a Machine,
        table: &str,
        options: BulkInsertOptions,
    ) -> Result<Self> {
        options.check()?;
        let table = names::object(table)?;
        let statements = Statements::new(&options);
        let table = complete(&table, &pool.get(&statements.wanted()).await?);
        let described = describe(pool, &statements, &table).await?;
        let columns = match options.create_table {
            CreateTable::Never => Some(described.context(NoTableSnafu { table: table.to_string() })?),
            CreateTable::IfNotExists => described,
            CreateTable::OrReplace => None,
        };
        let batch_id = match &options.batch_id {
            Some(id) => id.clone(),
            None => pool.entropy().uuid().to_string(),
        };
        let folder = Folder::new(options.stage.as_deref(), &table, &batch_id)?;
        let found = if options.batch_id.is_some() { folder.look(pool).await? } else { Found::default() };
        let exists = columns.is_some();
        let intake = Intake {
            rows: Rows::new(columns.unwrap_or_default()),
            on_misfit: match options.on_error {
                OnError::Continue => OnMisfit::Reject,
                _ => OnMisfit::Fail,
            },
            grows: options.evolve_schema || !exists,
            told: options.column_types.clone(),
            read: 0,
        };
        Ok(Self { pool, machine, options, statements, table, exists, batch_id, folder, found, intake })
    }

    /// Reads all rows. On a failure files that were uploaded on the way are taken away again.
    pub(super) async fn gather<F: Feed>(&mut self, feed: &mut F, letters: &mut Letters) -> Result<Gathered> {
        let gathered = match &self.found.loaded {
            Some(_) => {
                gather(feed, &mut self.intake, letters, std::sync::Arc::new(Nowhere), &self.options).await
            }
            None => {
                let sink = self.sink();
                gather(feed, &mut self.intake, letters, sink, &self.options).await
            }
        };
        match gathered {
            Ok(gathered) => Ok(gathered),
            Err(error) => Err(self.failed(error).await),
        }
    }

    /// The folder of the batch as the place that files go to.
    pub(super) fn sink(&self) -> std::sync::Arc<StageSink> {
        let present = self.found.files.clone();
        StageSink::new(self.pool, self.machine, &self.folder.location, self.options.parallel, present)
    }

    /// Tells that the batch id stands for other rows, where it does.
    pub(super) fn check_batch(&self, parts: &[Part]) -> Result<()> {
        let reused = || {
            let folder = self.folder.location.clone();
            BatchReusedSnafu { id: self.batch_id.as_str(), folder }.fail()?
        };
        match &self.found.loaded {
            Some(marker) if marker.digest != digest_of(parts) => reused(),
            Some(_) => Ok(()),
            None if self.found.files.iter().any(|name| parts.iter().all(|part| part.name != *name)) => {
                reused()
            }
            None => Ok(()),
        }
    }

    /// Makes the table and its columns fit, and refuses rows that lack what the table needs.
    pub(super) async fn prepare_table(&self) -> Result<()> {
        let needed = |column: &&TableColumn| !column.nullable && !column.has_default;
        if let Some(column) = self.intake.rows.missing().find(needed) {
            return NoFieldSnafu { column: column.name.as_str() }.fail()?;
        }
        let columns = self.intake.rows.table();
        for sql in create::statements(&self.table, columns, self.exists, self.options.create_table)? {
            self.pool.execute(self.statements.query(sql)).await?;
        }
        Ok(())
    }

    /// The columns that there are values for.
    pub(super) fn columns(&self) -> Vec<TableColumn> {
        self.intake.rows.active().cloned().collect()
    }

    /// After a failure: takes files away that nobody will ask for, and tells under which id to go on where the outcome
    /// is open.
    pub(super) async fn failed(&self, error: Error) -> Error {
        let is_open = matches!(
            error.kind(),
            ErrorKind::OutcomeUnknown
                | ErrorKind::DuplicateSuspected
                | ErrorKind::Timeout
                | ErrorKind::Cancelled
                | ErrorKind::Network
                | ErrorKind::Auth
                | ErrorKind::Pool
                | ErrorKind::Incomplete
                | ErrorKind::Protocol
        );
        // Files that were there before may be those of rows that are in the table.
        let is_own = self.found == Found::default();
        if !is_open && is_own && self.intake.read > 0 {
            self.folder.clear(self.pool).await;
        }
        if is_open {
            Repr::Batch { id: self.batch_id.clone(), source: Box::new(error) }.into()
        } else {
            error
        }
    }
}
