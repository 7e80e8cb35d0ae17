//! An engine of its own for each test, and results as text.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use arrow_array::RecordBatch;
use futures::StreamExt;
use snowflake_proto::wire::query::{Binding, BindingValue};
use snowflake_proto::{Column, StatementType};
use snowflake_transport::{Clock, Entropy};

use crate::engine::edge::from_canonical;
use crate::engine::env::Env;
use crate::engine::value::{Reader, to_text};
use crate::engine::{
    CancelResult, CancelToken, Engine, EngineOptions, EngineSession, HistoryOptions, Outcome, QueryStore,
    SqlError, StageOptions, Stages, Statement, StoredResult, WarehouseOptions,
};
use crate::storage::Storage;
use crate::{ManualClock, SeededEntropy};

/// A session in the database DB, with its engine.
pub(super) struct Db {
    pub(super) engine: Engine,
    pub(super) session: EngineSession,
    pub(super) store: Arc<Store>,
    pub(super) storage: Storage,
    pub(super) folder: tempfile::TempDir,
    pub(super) clock: Arc<ManualClock>,
}

/// Keeps the results that a test wants to scan.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) results: Mutex<BTreeMap<String, StoredResult>>,
    pub(super) running: Mutex<BTreeMap<String, CancelToken>>,
}

impl QueryStore for Store {
    fn result(&self, query_id: &str) -> Option<StoredResult> {
        self.results.lock().unwrap().get(query_id).cloned()
    }

    fn cancel(&self, query_id: &str) -> CancelResult {
        match self.running.lock().unwrap().get(query_id) {
            Some(token) => {
                token.cancel();
                CancelResult::Cancelled
            }
            None => CancelResult::Unknown,
        }
    }

    fn cancel_all(&self, _session_id: i64) -> usize {
        0
    }
}

/// A result as text.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) statement_type: StatementType,
    pub(super) force_json: bool,
}

impl Table {
    /// `NAME TYPE, …`
    pub(super) fn header(&self) -> String {
        let columns: Vec<String> =
            self.columns.iter().map(|column| format!("{} {}", column.name, column.data_type)).collect();
        columns.join(", ")
    }

    /// `a|b; c|d`
    pub(super) fn body(&self) -> String {
        let rows: Vec<String> = self.rows.iter().map(|row| row.join("|")).collect();
        rows.join("; ")
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }
}

impl Db {
    pub(super) async fn new() -> Self {
        Self::with_stages(StageOptions::default()).await
    }

    /// A database whose stages look like this to clients.
    pub(super) async fn with_stages(options: StageOptions) -> Self {
        Self::with(options, WarehouseOptions::default()).await
    }

    /// A database in an account whose warehouses behave like this.
    pub(super) async fn with_warehouses(options: WarehouseOptions) -> Self {
        Self::with(StageOptions::default(), options).await
    }

    async fn with(options: StageOptions, warehouses: WarehouseOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::default());
        let now = time::macros::datetime!(2024-03-15 12:30:45.123456789 UTC);
        let manual = Arc::new(ManualClock::new(now));
        let clock = Arc::clone(&manual) as Arc<dyn Clock>;
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(1));
        let storage = Storage::new(Arc::clone(&clock), Arc::clone(&entropy));
        let (origin, root) = ("http://sim.test".to_owned(), folder.path().to_owned());
        let (the_clock, the_entropy) = (Arc::clone(&clock), Arc::clone(&entropy));
        let stages = Stages::new(options, storage.clone(), the_clock, origin, root, the_entropy).await;
        let engine = Engine::new(EngineOptions {
            clock,
            entropy,
            queries: Arc::clone(&store) as Arc<dyn QueryStore>,
            account: "acct".to_owned(),
            stages: Arc::new(stages.unwrap()),
            warehouses,
            history: HistoryOptions::default(),
        });
        engine.ensure_warehouse("WH");
        let session = engine.open_session("ALICE", 42);
        let db = Self { engine, session, store, storage, folder, clock: manual };
        db.run("create database db").await;
        db
    }

    /// Runs a statement that succeeds.
    pub(super) async fn run(&self, sql: &str) -> Table {
        match self.try_run(sql).await {
            Ok(table) => table,
            Err(error) => panic!("{sql}: {} {}", error.code, error.message),
        }
    }

    /// Runs a statement that fails.
    pub(super) async fn fail(&self, sql: &str) -> SqlError {
        match self.try_run(sql).await {
            Ok(table) => panic!("{sql} answered {}", table.body()),
            Err(error) => error,
        }
    }

    pub(super) async fn try_run(&self, sql: &str) -> Result<Table, SqlError> {
        self.execute(Statement { sql: sql.to_owned(), ..Statement::default() }).await
    }

    pub(super) async fn with_binds(
        &self,
        sql: &str,
        binds: &[(&str, &str, Option<&str>)],
    ) -> Result<Table, SqlError> {
        let binds = binds.iter().map(|(name, kind, value)| {
            let value = value.map_or(BindingValue::Null, |value| BindingValue::Text(value.to_owned()));
            ((*name).to_owned(), Binding { kind: (*kind).to_owned(), value, ..Binding::default() })
        });
        self.execute(Statement { sql: sql.to_owned(), binds: binds.collect(), ..Statement::default() }).await
    }

    /// Runs a statement that succeeds and keeps its result under an id, for RESULT_SCAN.
    pub(super) async fn keep(&self, id: &str, sql: &str) {
        let statement = Statement { sql: sql.to_owned(), query_id: id.to_owned(), ..Statement::default() };
        let Outcome::Rows(rows) = self.session.execute(statement).await.unwrap() else {
            panic!("a transfer")
        };
        let batches = rows.batches.map(|batch| batch.unwrap()).collect().await;
        let result = StoredResult { columns: rows.columns, batches };
        self.store.results.lock().unwrap().insert(id.to_owned(), result);
    }

    pub(super) async fn execute(&self, statement: Statement) -> Result<Table, SqlError> {
        execute(&self.session, statement).await
    }
}

/// Runs a statement of any session.
pub(super) async fn execute(session: &EngineSession, statement: Statement) -> Result<Table, SqlError> {
    let Outcome::Rows(rows) = session.execute(statement).await? else { panic!("a transfer") };
    let mut batches = Vec::new();
    let mut stream = rows.batches;
    while let Some(batch) = stream.next().await {
        batches.push(batch?);
    }
    let cells = cells(&rows.columns, &batches);
    Ok(Table {
        columns: rows.columns,
        rows: cells,
        statement_type: rows.statement_type,
        force_json: rows.force_json,
    })
}

/// The cells of canonical batches as text, with all digits and in UTC.
fn cells(columns: &[Column], batches: &[RecordBatch]) -> Vec<Vec<String>> {
    let mut env = Env { zone: chrono_tz::Tz::UTC, ..Env::default() };
    env.output.ntz = crate::engine::time::Format::new("YYYY-MM-DD HH24:MI:SS.FF9");
    env.output.time = crate::engine::time::Format::new("HH24:MI:SS.FF9");
    env.output.ltz = crate::engine::time::Format::new("YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM");
    env.output.tz = env.output.ltz.clone();
    let (_, batches) = from_canonical(columns, batches).unwrap();
    let mut rows = Vec::new();
    for batch in batches {
        let readers: Vec<Reader> = batch.columns().iter().map(|array| Reader::new(array).unwrap()).collect();
        for row in 0..batch.num_rows() {
            let cell = |reader: &Reader| match to_text(reader.value(row), &env) {
                Some(text) => text.into_owned(),
                None => "NULL".to_owned(),
            };
            rows.push(readers.iter().map(cell).collect());
        }
    }
    rows
}
