//! Reading and changing tables, within a transaction or without.

use std::sync::Arc;

use arrow_array::RecordBatch;
use tokio::sync::OwnedMutexGuard;

use super::super::SqlError;
use super::super::catalog::{ObjectPath, Relation, Table, Version, partition_bytes};
use super::super::transaction::Transaction;
use super::Run;

/// The right to replace a table's rows.
#[derive(Debug)]
pub(in super::super) enum Gate {
    /// Taken for this statement.
    Taken(OwnedMutexGuard<()>),
    /// The session's transaction has it already.
    Held,
}

impl Run {
    /// The table or view of that name; temporary ones of the session come first.
    ///
    /// # Errors
    /// `002003` when the database or schema is missing.
    pub(in super::super) fn relation(&self, path: &ObjectPath) -> Result<Option<Relation>, SqlError> {
        if let Some(found) = self.session.state().relations.get(path) {
            return Ok(Some(found.clone()));
        }
        let catalog = self.engine().catalog();
        Ok(catalog.schema(&path.database, &path.schema)?.relations.get(&path.name).cloned())
    }

    /// The table of that name.
    ///
    /// # Errors
    /// `002003` when it is missing or a view.
    pub(in super::super) fn table(&self, path: &ObjectPath, spelled: &str) -> Result<Arc<Table>, SqlError> {
        match self.visible(path)? {
            Some(Relation::Table(table)) => Ok(table),
            Some(Relation::View(_)) => Err(SqlError::new(
                "002203",
                "0A000",
                format!("SQL compilation error:\nView '{spelled}' cannot be changed: it is no table."),
            )),
            None => Err(SqlError::missing("Object", spelled)),
        }
    }

    /// The rows of a table as this session sees them.
    ///
    /// # Errors
    /// `300010` when the session's transaction has added rows of another schema.
    pub(in super::super) fn version(&self, table: &Arc<Table>) -> Result<Arc<Version>, SqlError> {
        match &self.session.state().transaction {
            Some(transaction) => transaction.version(table),
            None => Ok(table.version()),
        }
    }

    /// Waits for the right to replace a table's rows.
    ///
    /// # Errors
    /// [`SqlError::table_changed`] when another table has taken its place, `000604` when the statement is
    /// told to stop meanwhile.
    pub(in super::super) async fn gate(&self, table: &Arc<Table>) -> Result<Gate, SqlError> {
        self.begin_if_needed();
        if self.session.state().transaction.as_ref().is_some_and(|transaction| transaction.holds(table)) {
            return Ok(Gate::Held);
        }
        tokio::select! {
            biased;
            () = self.statement.cancel.cancelled() => Err(SqlError::cancelled()),
            guard = Arc::clone(&table.gate).lock_owned() => table.check_current().map(|()| Gate::Taken(guard)),
        }
    }

    /// Adds rows to a table.
    ///
    /// # Errors
    /// `000604` when the statement is told to stop meanwhile.
    pub(in super::super) async fn append(
        &self,
        table: &Arc<Table>,
        batches: Vec<RecordBatch>,
    ) -> Result<(), SqlError> {
        self.begin_if_needed();
        self.statement.work.wrote(batches.iter().map(|batch| partition_bytes(batch, |_| true)).sum());
        if let Some(transaction) = &mut self.session.state().transaction {
            return transaction.append(table, batches);
        }
        let _gate = self.gate(table).await?;
        self.check()?;
        table.set_version(table.version().with(table.schema(), &batches)?);
        table.touch(self.env.now);
        Ok(())
    }

    /// Replaces a table's rows.
    ///
    /// # Errors
    /// `000604` when the statement has been told to stop.
    pub(in super::super) fn replace(
        &self,
        table: &Arc<Table>,
        version: Version,
        gate: Gate,
    ) -> Result<(), SqlError> {
        self.check()?;
        self.statement.work.wrote(version.bytes());
        let mut state = self.session.state();
        match (&mut state.transaction, gate) {
            (Some(transaction), Gate::Taken(guard)) => transaction.replace(table, version, Some(guard)),
            (Some(transaction), Gate::Held) => transaction.replace(table, version, None),
            (None, _) => {
                table.set_version(version);
                table.touch(self.env.now);
            }
        }
        Ok(())
    }

    /// Without autocommit, the first change of a session begins a transaction.
    fn begin_if_needed(&self) {
        let autocommit =
            self.parameters.get("AUTOCOMMIT").and_then(serde_json::Value::as_bool).unwrap_or(true);
        if autocommit {
            return;
        }
        let mut state = self.session.state();
        if state.transaction.is_none() {
            state.transaction = Some(Transaction::new(self.env.now));
        }
    }

    /// Commits the session's transaction, if there is one. DDL does so before it runs.
    ///
    /// # Errors
    /// `300010` when a change does not fit its table any more.
    pub(in super::super) async fn commit(&self) -> Result<bool, SqlError> {
        let transaction = self.session.state().transaction.take();
        match transaction {
            Some(transaction) => transaction.commit(self.env.now).await.map(|()| true),
            None => Ok(false),
        }
    }
}
