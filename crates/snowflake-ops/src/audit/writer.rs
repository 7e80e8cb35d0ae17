//! A thread that writes the entries of an audit as lines of JSON.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

use super::AuditRecord;

/// Entries that wait to be written.
const WAITING: usize = 8192;

/// What the thread is told.
#[derive(Debug)]
pub(super) enum Command {
    Record(Box<AuditRecord>),
    /// Everything before is to be on its way, and the writer flushed.
    Flush(oneshot::Sender<()>),
}

/// The line that stands where entries are missing.
#[derive(Serialize)]
struct Gap {
    event: &'static str,
    /// Entries lost since the start.
    lost: u64,
}

/// Starts the thread; it ends when everything is written after the last sender is gone.
///
/// # Errors
/// When the operating system has no thread to give.
pub(super) fn start(writer: Box<dyn Write + Send>, lost: &Arc<AtomicU64>) -> io::Result<Sender<Command>> {
    let (sender, commands) = channel(WAITING);
    let lines = Lines { writer, lost: Arc::clone(lost), told: 0, is_broken: false };
    std::thread::Builder::new()
        .name("snowflake-audit".to_owned())
        .spawn(move || lines.write_all(commands))?;
    Ok(sender)
}

struct Lines {
    writer: Box<dyn Write + Send>,
    lost: Arc<AtomicU64>,
    /// Lost entries that the output tells of.
    told: u64,
    is_broken: bool,
}

impl Lines {
    fn write_all(mut self, mut commands: Receiver<Command>) {
        loop {
            let command = match commands.try_recv() {
                Ok(command) => Some(command),
                Err(TryRecvError::Disconnected) => None,
                Err(TryRecvError::Empty) => {
                    self.flush();
                    commands.blocking_recv()
                }
            };
            match command {
                Some(Command::Record(record)) => self.record(&record),
                Some(Command::Flush(done)) => {
                    self.gap();
                    self.flush();
                    let _ = done.send(());
                }
                None => break,
            }
        }
        self.gap();
        self.flush();
    }

    fn record(&mut self, record: &AuditRecord) {
        self.gap();
        if let Err(error) = self.line(record) {
            self.lost.fetch_add(1, Ordering::Relaxed);
            self.complain(&error);
        }
    }

    fn gap(&mut self) {
        let lost = self.lost.load(Ordering::Relaxed);
        if lost > self.told && self.line(&Gap { event: "lost", lost }).is_ok() {
            self.told = lost;
        }
    }

    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.writer.write_all(&line)?;
        self.is_broken = false;
        Ok(())
    }

    fn flush(&mut self) {
        if let Err(error) = self.writer.flush() {
            self.complain(&error);
        }
    }

    /// Once, until writing works again.
    fn complain(&mut self, error: &io::Error) {
        if !self.is_broken {
            tracing::error!(%error, "the audit cannot be written");
        }
        self.is_broken = true;
    }
}
