//! Transactions: changes that only their session sees until they are committed.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use tokio::sync::OwnedMutexGuard;

use super::SqlError;
use super::catalog::{Load, Table, Version};
use super::time::Stamp;

/// A transaction in progress.
#[derive(Debug)]
pub(super) struct Transaction {
    /// Its id, as `CURRENT_TRANSACTION` answers it: the time of its start in nanoseconds.
    pub(super) id: i64,
    changes: BTreeMap<usize, Change>,
    /// What it has loaded from staged files, which is remembered with its changes.
    loads: Vec<Loaded>,
}

/// One file that a transaction has loaded.
#[derive(Debug)]
struct Loaded {
    table: Arc<Table>,
    /// What the file is known by; none for one that was left out.
    key: Option<(String, String)>,
    load: Load,
}

/// What a transaction has done to one table.
#[derive(Debug)]
struct Change {
    table: Arc<Table>,
    /// The rows after the transaction's UPDATE, DELETE or TRUNCATE, which hold the table's gate.
    replaced: Option<(Arc<Version>, OwnedMutexGuard<()>)>,
    /// The rows that it only added.
    appended: Vec<RecordBatch>,
}

impl Transaction {
    pub(super) fn new(started: Stamp) -> Self {
        Self { id: started.wall_nanos().unwrap_or(0), changes: BTreeMap::new(), loads: Vec::new() }
    }

    /// The rows of a table as this transaction sees them.
    ///
    /// # Errors
    /// `300010` when rows of another schema have been added.
    pub(super) fn version(&self, table: &Arc<Table>) -> Result<Arc<Version>, SqlError> {
        match self.changes.get(&key(table)) {
            None => Ok(table.version()),
            Some(Change { replaced: Some((version, _)), .. }) => Ok(Arc::clone(version)),
            Some(change) => table.version().with(table.schema(), &change.appended).map(Arc::new),
        }
    }

    /// Whether the transaction holds the table's gate.
    pub(super) fn holds(&self, table: &Arc<Table>) -> bool {
        self.changes.get(&key(table)).is_some_and(|change| change.replaced.is_some())
    }

    /// Adds rows.
    ///
    /// # Errors
    /// `300010` when they are of another schema.
    pub(super) fn append(&mut self, table: &Arc<Table>, batches: Vec<RecordBatch>) -> Result<(), SqlError> {
        let change = self.change(table);
        match &mut change.replaced {
            Some((version, _)) => *version = Arc::new(version.with(table.schema(), &batches)?),
            None => change.appended.extend(batches),
        }
        Ok(())
    }

    /// Replaces the rows; the gate comes along the first time.
    pub(super) fn replace(
        &mut self,
        table: &Arc<Table>,
        version: Version,
        gate: Option<OwnedMutexGuard<()>>,
    ) {
        let change = self.change(table);
        match (&mut change.replaced, gate) {
            (Some((current, _)), _) => *current = Arc::new(version),
            (none, Some(gate)) => *none = Some((Arc::new(version), gate)),
            (None, None) => {}
        }
    }

    /// Remembers what became of a staged file.
    pub(super) fn loaded(&mut self, table: &Arc<Table>, key: Option<(String, String)>, load: Load) {
        self.loads.push(Loaded { table: Arc::clone(table), key, load });
    }

    /// Whether it has loaded a file into a table.
    pub(super) fn has_loaded(&self, table: &Arc<Table>, key: &(String, String)) -> bool {
        self.loads.iter().any(|loaded| Arc::ptr_eq(&loaded.table, table) && loaded.key.as_ref() == Some(key))
    }

    fn change(&mut self, table: &Arc<Table>) -> &mut Change {
        self.changes.entry(key(table)).or_insert_with(|| Change {
            table: Arc::clone(table),
            replaced: None,
            appended: Vec::new(),
        })
    }

    /// Makes all changes visible, at the time given.
    ///
    /// # Errors
    /// `300010` when rows of another schema have been added, or a table has been altered since.
    pub(super) async fn commit(self, now: Stamp) -> Result<(), SqlError> {
        for Loaded { table, key, load } in self.loads {
            table.loads().remember(key, load);
        }
        for change in self.changes.into_values() {
            let table = change.table;
            match change.replaced {
                Some((version, gate)) => {
                    table.set_version(Version::new(version.batches.clone()));
                    table.touch(now);
                    drop(gate);
                }
                None => {
                    let _gate = table.gate.lock().await;
                    table.check_current().map_err(|_| outlived())?;
                    let version = table.version().with(table.schema(), &change.appended)?;
                    table.set_version(version);
                    table.touch(now);
                }
            }
        }
        Ok(())
    }
}

/// The transaction found another table than there is now, and cannot be run again from here.
fn outlived() -> SqlError {
    SqlError::internal("a table has been altered since the transaction added rows to it")
}

/// Tables are told apart by where they are: a change keeps its table alive.
fn key(table: &Arc<Table>) -> usize {
    Arc::as_ptr(table).addr()
}
