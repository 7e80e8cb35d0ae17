//! Where the entries of an audit go, without anybody waiting for it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;
use tokio::sync::mpsc::{Receiver, Sender};

use super::AuditRecord;
use super::writer::Command;

/// Where entries go.
pub(super) enum Sink {
    Callback(Box<dyn Fn(AuditRecord) + Send + Sync>),
    Channel(Sender<AuditRecord>),
    Writer(Sender<Command>),
}

impl Sink {
    /// Whether the entry found room.
    pub(super) fn take(&self, record: AuditRecord) -> bool {
        match self {
            Self::Callback(call) => {
                call(record);
                true
            }
            Self::Channel(sender) => sender.try_send(record).is_ok(),
            Self::Writer(sender) => sender.try_send(Command::Record(Box::new(record))).is_ok(),
        }
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Callback(_) => "Callback",
            Self::Channel(_) => "Channel",
            Self::Writer(_) => "Writer",
        })
    }
}

/// The entries of an audit, as they come; see [`Audit::to_channel`](super::Audit::to_channel). It ends with the last
/// handle of the audit.
#[derive(Debug)]
pub struct AuditStream {
    pub(super) records: Receiver<AuditRecord>,
}

impl AuditStream {
    /// The next entry, waiting for it if need be; `None` at the end.
    ///
    /// # Cancellation
    /// Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<AuditRecord> {
        self.records.recv().await
    }
}

impl Stream for AuditStream {
    type Item = AuditRecord;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<AuditRecord>> {
        self.records.poll_recv(context)
    }
}
