//! The audit itself: an observer that makes entries of statements.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use snowflake_query::{Ending, Observed, Observer};
use tokio::sync::{mpsc, oneshot};

use super::sink::Sink;
use super::writer::{self, Command};
use super::{AuditRecord, AuditStatements, AuditStream};
use crate::safety::suspicions;

/// An audit: a stream of what was run, by whom, when and with which outcome.
///
/// It is given to the client (`ClientBuilder::audit`) or, as an [`Observer`], to
/// [`SessionOptions::with_observer`](snowflake_query::SessionOptions::with_observer). By default it makes one entry of
/// each statement when it ends, with its shape and without its literals; statements that the client runs on its own
/// account, such as a `USE` before another statement, are left out. Binds are never shown.
///
/// No statement waits for it, and none fails because of it: entries that find no room are lost, and counted.
/// It tells what this client ran. What others ran is in the service's query history.
///
/// Clones are handles of the same audit; those that [`with_statements`](Self::with_statements) and the like give have
/// settings of their own and share the destination.
///
/// ```
/// use snowflake_ops::{Audit, AuditStatements};
///
/// let audit = Audit::to_callback(|record| println!("{} {:?}", record.fingerprint, record.outcome))
///     .with_statements(AuditStatements::Fingerprint);
/// # let _ = audit;
/// ```
#[derive(Clone, Debug)]
pub struct Audit {
    sink: Arc<Sink>,
    lost: Arc<AtomicU64>,
    statements: AuditStatements,
    has_submissions: bool,
    has_internal: bool,
    has_suspicions: bool,
}

impl Audit {
    fn new(sink: Sink, lost: Arc<AtomicU64>) -> Self {
        Self {
            sink: Arc::new(sink),
            lost,
            statements: AuditStatements::default(),
            has_submissions: false,
            has_internal: false,
            has_suspicions: false,
        }
    }

    /// Calls this with every entry. It is called where the statement runs, which waits until it returns.
    pub fn to_callback(callback: impl Fn(AuditRecord) + Send + Sync + 'static) -> Self {
        Self::new(Sink::Callback(Box::new(callback)), Arc::default())
    }

    /// Puts entries into a queue of that many, at least one. Whoever reads too slowly loses the newest.
    #[must_use]
    pub fn to_channel(capacity: usize) -> (Self, AuditStream) {
        let (sender, records) = mpsc::channel(capacity.max(1));
        (Self::new(Sink::Channel(sender), Arc::default()), AuditStream { records })
    }

    /// Writes entries as lines of JSON, on a thread of its own. Where entries are missing, because 8,192 waited to be
    /// written already or writing failed, a line `{"event":"lost","lost":n}` says how many so far.
    ///
    /// Lines are on their way when nothing else waits. A program that ends calls [`flush`](Self::flush) before, which
    /// closing the client does.
    ///
    /// # Errors
    /// When the operating system has no thread to give.
    pub fn to_writer(writer: impl Write + Send + 'static) -> io::Result<Self> {
        let lost = Arc::default();
        let sender = writer::start(Box::new(writer), &lost)?;
        Ok(Self::new(Sink::Writer(sender), lost))
    }

    /// Chooses what of the texts is kept.
    #[must_use]
    pub fn with_statements(mut self, keep: AuditStatements) -> Self {
        self.statements = keep;
        self
    }

    /// Makes an entry of each submission too, so that a program that dies leaves a trace of what it had under way.
    #[must_use]
    pub fn with_submissions(mut self) -> Self {
        self.has_submissions = true;
        self
    }

    /// Makes entries also of what the client runs on its own account.
    #[must_use]
    pub fn with_internal(mut self) -> Self {
        self.has_internal = true;
        self
    }

    /// Has each statement checked for signs of injected SQL; see [`suspicions`].
    #[must_use]
    pub fn with_suspicions(mut self) -> Self {
        self.has_suspicions = true;
        self
    }

    /// How many entries were lost so far.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Waits until everything so far is written. Callbacks and channels have nothing to wait for.
    ///
    /// # Cancellation
    /// Dropping the future loses nothing.
    pub async fn flush(&self) {
        if let Sink::Writer(sender) = self.sink.as_ref() {
            let (done, flushed) = oneshot::channel();
            if sender.send(Command::Flush(done)).await.is_ok() {
                let _ = flushed.await;
            }
        }
    }

    fn is_of_interest(&self, statement: &Observed<'_>) -> bool {
        self.has_internal || !statement.is_internal
    }

    fn take(&self, mut record: AuditRecord, sql: &str) {
        if self.has_suspicions {
            record.suspicions = suspicions(sql).iter().map(|suspicion| suspicion.sign.as_str()).collect();
            record.suspicions.dedup();
        }
        if !self.sink.take(record) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Observer for Audit {
    fn submitted(&self, statement: &Observed<'_>) {
        if self.has_submissions && self.is_of_interest(statement) {
            self.take(AuditRecord::submitted(statement, self.statements), statement.sql);
        }
    }

    fn ended(&self, statement: &Observed<'_>, ending: &Ending<'_>) {
        if self.is_of_interest(statement) {
            self.take(AuditRecord::ended(statement, ending, self.statements), statement.sql);
        }
    }
}
