//! Tables: immutable lists of batches that statements replace as a whole.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use arrow_array::{Array as _, RecordBatch, new_null_array};
use arrow_schema::{Schema as ArrowSchema, SchemaRef};

use super::super::SqlError;
use super::super::time::Stamp;
use super::super::types::{SqlType, field};
use super::{Constraint, Kind, Loads, TableId};

/// Batches of fewer rows are joined when more come.
const SMALL_BATCH: usize = 1024;

/// A column of a table or view.
#[derive(Clone, Debug)]
pub(in super::super) struct TableColumn {
    pub(in super::super) name: String,
    pub(in super::super) data_type: SqlType,
    pub(in super::super) nullable: bool,
    /// The SQL text of the default.
    pub(in super::super) default: Option<String>,
    /// Start and increment of a column that counts by itself.
    pub(in super::super) identity: Option<(i64, i64)>,
    pub(in super::super) comment: Option<String>,
}

impl TableColumn {
    pub(in super::super) fn new(name: impl Into<String>, data_type: SqlType) -> Self {
        Self { name: name.into(), data_type, nullable: true, default: None, identity: None, comment: None }
    }

    /// How a column counts by itself, as lists of columns write it.
    pub(in super::super) fn counting(&self) -> Option<String> {
        let (start, step) = self.identity?;
        Some(format!("IDENTITY START {start} INCREMENT {step} NOORDER"))
    }
}

/// What a table is made from.
#[derive(Clone, Debug)]
pub(in super::super) struct TableOptions {
    pub(in super::super) id: TableId,
    pub(in super::super) columns: Vec<TableColumn>,
    pub(in super::super) constraints: Vec<Constraint>,
    pub(in super::super) kind: Kind,
    pub(in super::super) created: Stamp,
    /// When a statement last made or altered it.
    pub(in super::super) defined: Stamp,
    pub(in super::super) comment: String,
    pub(in super::super) cluster_by: String,
}

impl TableOptions {
    /// A permanent table without keys.
    pub(in super::super) fn new(columns: Vec<TableColumn>, created: Stamp) -> Self {
        Self {
            id: TableId::default(),
            columns,
            constraints: Vec::new(),
            kind: Kind::Permanent,
            created,
            defined: created,
            comment: String::new(),
            cluster_by: String::new(),
        }
    }
}

/// A table.
#[derive(Debug)]
pub(in super::super) struct Table {
    pub(in super::super) options: TableOptions,
    schema: SchemaRef,
    state: RwLock<Arc<Version>>,
    /// When its rows last changed, in nanoseconds since 1970.
    written: Arc<AtomicI64>,
    /// Held while a version is replaced: by a statement, or by a transaction until it ends.
    pub(in super::super) gate: Arc<tokio::sync::Mutex<()>>,
    /// Held by a statement that loads staged files, so that no file is loaded twice at once.
    pub(in super::super) loading: Arc<tokio::sync::Mutex<()>>,
    loads: Arc<Mutex<Loads>>,
    counter: Arc<AtomicI64>,
    /// Whether loads may add columns.
    evolves: AtomicBool,
    /// Whether another table has taken its place.
    retired: AtomicBool,
}

/// The rows of a table at one time.
#[derive(Debug)]
pub(in super::super) struct Version {
    pub(in super::super) batches: Vec<RecordBatch>,
    pub(in super::super) rows: usize,
}

impl Version {
    pub(in super::super) fn new(batches: Vec<RecordBatch>) -> Self {
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        Self { batches, rows }
    }

    /// This version with more rows after it.
    ///
    /// # Errors
    /// `300010` when the batches are not of the table's schema.
    pub(in super::super) fn with(&self, schema: &SchemaRef, more: &[RecordBatch]) -> Result<Self, SqlError> {
        let mut batches = self.batches.clone();
        for batch in more.iter().filter(|batch| batch.num_rows() > 0) {
            match batches.last_mut() {
                Some(last) if last.num_rows() < SMALL_BATCH && batch.num_rows() < SMALL_BATCH => {
                    *last = arrow_select::concat::concat_batches(schema, [&*last, batch])
                        .map_err(SqlError::internal)?;
                }
                _ => batches.push(batch.clone()),
            }
        }
        Ok(Self::new(batches))
    }

    /// The bytes that the rows take.
    pub(in super::super) fn bytes(&self) -> usize {
        self.batches.iter().map(|batch| partition_bytes(batch, |_| true)).sum()
    }
}

/// The bytes that some columns of a partition take, not those of the buffers that they are slices of.
pub(in super::super) fn partition_bytes(batch: &RecordBatch, columns: impl Fn(usize) -> bool) -> usize {
    let arrays = batch.columns().iter().enumerate().filter(|(at, _)| columns(*at));
    arrays.map(|(_, array)| array.to_data().get_slice_memory_size().unwrap_or_default()).sum()
}

impl Table {
    pub(in super::super) fn new(options: TableOptions) -> Self {
        let fields: Vec<_> = options
            .columns
            .iter()
            .map(|column| field(&column.name, &column.data_type, column.nullable))
            .collect();
        Self {
            options,
            schema: Arc::new(ArrowSchema::new(fields)),
            state: RwLock::new(Arc::new(Version::new(Vec::new()))),
            written: Arc::new(AtomicI64::new(i64::MIN)),
            gate: Arc::default(),
            loading: Arc::default(),
            loads: Arc::default(),
            counter: Arc::default(),
            evolves: AtomicBool::new(false),
            retired: AtomicBool::new(false),
        }
    }

    /// The same table made from something else, without its rows. The caller holds the gate.
    pub(in super::super) fn remade(&self, options: TableOptions) -> Self {
        let mut table = Self::new(options);
        table.gate = Arc::clone(&self.gate);
        table.loading = Arc::clone(&self.loading);
        table.loads = Arc::clone(&self.loads);
        table.counter = Arc::clone(&self.counter);
        table.written = Arc::clone(&self.written);
        table.set_evolves(self.evolves());
        table
    }

    /// The same table with other columns: those that it has, perhaps less strict about NULL, and more after
    /// them, which are NULL in all rows. The caller holds the gate.
    ///
    /// # Errors
    /// `300010` when a column that it has is missing.
    pub(in super::super) fn changed(&self, columns: Vec<TableColumn>) -> Result<Self, SqlError> {
        let table = self.remade(TableOptions { columns, ..self.options.clone() });
        let widen = |batch: &RecordBatch| {
            let more = table.schema.fields().iter().skip(batch.num_columns());
            let more = more.map(|field| new_null_array(field.data_type(), batch.num_rows()));
            let arrays = batch.columns().iter().map(Arc::clone).chain(more).collect();
            RecordBatch::try_new(Arc::clone(&table.schema), arrays).map_err(SqlError::internal)
        };
        let batches = self.version().batches.iter().map(widen).collect::<Result<Vec<_>, _>>()?;
        table.set_version(Version::new(batches));
        Ok(table)
    }

    /// Another table takes its place: no statement changes its rows any more. The caller holds the gate.
    pub(in super::super) fn retire(&self) {
        self.retired.store(true, Ordering::Relaxed);
    }

    /// # Errors
    /// [`SqlError::table_changed`] when another table has taken its place. The caller holds the gate.
    pub(in super::super) fn check_current(&self) -> Result<(), SqlError> {
        if self.retired.load(Ordering::Relaxed) { Err(SqlError::table_changed()) } else { Ok(()) }
    }

    /// Whether loads may add columns.
    pub(in super::super) fn evolves(&self) -> bool {
        self.evolves.load(Ordering::Relaxed)
    }

    pub(in super::super) fn set_evolves(&self, evolves: bool) {
        self.evolves.store(evolves, Ordering::Relaxed);
    }

    pub(in super::super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(in super::super) fn columns(&self) -> &[TableColumn] {
        &self.options.columns
    }

    /// The committed rows.
    pub(in super::super) fn version(&self) -> Arc<Version> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the committed rows. The caller holds the gate.
    pub(in super::super) fn set_version(&self, version: Version) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(version);
    }

    /// Remembers that rows changed.
    pub(in super::super) fn touch(&self, at: Stamp) {
        self.written.store(at.wall_nanos().unwrap_or(i64::MIN), Ordering::Relaxed);
    }

    /// When a statement last changed its rows or its definition.
    pub(in super::super) fn altered(&self) -> Stamp {
        let defined = self.options.defined;
        match self.written.load(Ordering::Relaxed) {
            i64::MIN => defined,
            written => defined.max(Stamp::of_nanos_i64(written)),
        }
    }

    /// What has been loaded from staged files.
    pub(in super::super) fn loads(&self) -> MutexGuard<'_, Loads> {
        self.loads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first of `rows` numbers for columns that count by themselves.
    pub(in super::super) fn reserve(&self, rows: usize) -> i64 {
        self.counter.fetch_add(i64::try_from(rows).unwrap_or(0), Ordering::Relaxed)
    }
}
