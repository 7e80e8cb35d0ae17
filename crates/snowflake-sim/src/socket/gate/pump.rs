//! Moves the bytes of one way of a connection, and lets go wrong what shall.

use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::watch;

use super::mishap::{Bend, End, Way};

/// How many bytes are taken in while none may pass.
const HELD: usize = 1 << 20;

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    Closed,
    Reset,
}

pub(super) struct Pump<'a> {
    reader: ReadHalf<'a>,
    /// `None` when the receiving side takes no more; what comes is then dropped.
    writer: Option<WriteHalf<'a>>,
    way: Way,
    bend: Bend,
    heal: watch::Receiver<()>,
    held: BytesMut,
    passed: u64,
    at_end: bool,
}

impl<'a> Pump<'a> {
    pub(super) fn new(
        reader: ReadHalf<'a>,
        writer: WriteHalf<'a>,
        way: Way,
        bend: Bend,
        heal: watch::Receiver<()>,
    ) -> Self {
        let writer = Some(writer);
        Self { reader, writer, way, bend, heal, held: BytesMut::new(), passed: 0, at_end: false }
    }

    /// Moves bytes until that ends the connection, and tells how many passed each time some did.
    pub(super) async fn run(mut self, passed: impl Fn(u64) + Send + Sync) -> Over {
        loop {
            if let Err(over) = self.step(&passed).await {
                return over;
            }
        }
    }

    async fn step(&mut self, passed: &(impl Fn(u64) + Send + Sync)) -> Result<(), Over> {
        if self.held.is_empty() {
            if self.at_end {
                // The server has closed; the connection is over when the client closes, too.
                self.finish().await;
                return std::future::pending().await;
            }
            let read = self.reader.read_buf(&mut self.held).await;
            return self.note(read);
        }
        if self.heal.has_changed().unwrap_or_default() {
            self.bend = Bend::default();
        }
        let mut length = self.held.len();
        if let Some((after, end)) = self.bend.end {
            let left = usize::try_from(after.saturating_sub(self.passed)).unwrap_or(usize::MAX);
            if left == 0 {
                return self.meet(end).await;
            }
            length = length.min(left);
        }
        // Ten pieces a second look steady.
        let tenth = |rate: u32| usize::try_from(rate / 10).unwrap_or(usize::MAX).max(1);
        let most = self.bend.slice.into_iter().chain(self.bend.rate.map(tenth)).min();
        let piece = self.held.split_to(length.min(most.unwrap_or(usize::MAX)));
        let bytes = self.write(&piece).await;
        self.passed += bytes;
        passed(bytes);
        match self.bend.rate {
            None => Ok(()),
            Some(rate) => self.pause(Some(Duration::from_secs(bytes) / rate)).await,
        }
    }

    async fn meet(&mut self, end: End) -> Result<(), Over> {
        match end {
            End::Reset => Err(Over::Reset),
            End::Stall => self.pause(None).await,
            End::Fin => {
                self.bend.end = None;
                self.finish().await;
                Ok(())
            }
        }
    }

    /// Waits for a time, or for the gate to be healed, and meanwhile takes in what comes: that is how
    /// it is noticed that the sender is gone.
    async fn pause(&mut self, time: Option<Duration>) -> Result<(), Over> {
        let mut over = std::pin::pin!(async {
            match time {
                Some(time) => tokio::time::sleep(time).await,
                None => std::future::pending().await,
            }
        });
        loop {
            let has_room = !self.at_end && self.held.len() < HELD;
            let read = tokio::select! {
                () = &mut over => return Ok(()),
                _ = self.heal.changed() => {
                    self.bend = Bend::default();
                    return Ok(());
                }
                read = self.reader.read_buf(&mut self.held), if has_room => read,
            };
            self.note(read)?;
        }
    }

    fn note(&mut self, read: std::io::Result<usize>) -> Result<(), Over> {
        match (read, self.way) {
            (Err(_), _) => Err(Over::Reset),
            (Ok(0), Way::Requests) => Err(Over::Closed),
            (Ok(0), Way::Answers) => {
                self.at_end = true;
                Ok(())
            }
            (Ok(_), _) => Ok(()),
        }
    }

    /// Writes a piece, and tells how many bytes are known to have left.
    async fn write(&mut self, piece: &[u8]) -> u64 {
        let Some(writer) = &mut self.writer else { return 0 };
        if writer.write_all(piece).await.is_ok() {
            return piece.len() as u64;
        }
        self.writer = None;
        0
    }

    async fn finish(&mut self) {
        if let Some(mut writer) = self.writer.take() {
            // It may be closed already, which is what is wanted.
            let _ = writer.shutdown().await;
        }
    }
}
