//! One connection through a gate.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::net::TcpStream;
use tokio::sync::watch;

use super::Shared;
use super::mishap::{Course, Way};
use super::pump::{Over, Pump};

pub(super) struct Relay {
    client: TcpStream,
    course: Course,
    open: Open,
    heal: watch::Receiver<()>,
    cut: watch::Receiver<()>,
    close_idle: watch::Receiver<()>,
}

/// Counts a connection as open until it is dropped.
struct Open(Arc<Shared>);

impl Relay {
    /// Takes a connection in: its turn is now, whenever it runs.
    pub(super) fn new(shared: Arc<Shared>, client: TcpStream) -> Self {
        Self {
            client,
            course: shared.next_course(),
            heal: shared.heal.subscribe(),
            cut: shared.cut.subscribe(),
            close_idle: shared.close_idle.subscribe(),
            open: Open::new(shared),
        }
    }

    pub(super) async fn run(mut self) {
        let mut cut = self.cut.clone();
        let over = tokio::select! {
            _ = cut.changed() => Over::Reset,
            over = self.pass() => over,
        };
        if over == Over::Reset {
            // Without this the other side would see an end and not a break.
            let _ = self.client.set_zero_linger();
        }
    }

    async fn pass(&mut self) -> Over {
        if self.course.reset {
            return Over::Reset;
        }
        if let Some(by) = self.course.delay {
            let mut heal = self.heal.clone();
            tokio::select! {
                () = tokio::time::sleep(by) => {}
                _ = heal.changed() => {}
            }
        }
        let shared = &self.open.0;
        let Ok(mut server) = TcpStream::connect(&shared.target).await else { return Over::Reset };
        let _ = server.set_nodelay(true);
        let over = {
            let (from_client, to_client) = self.client.split();
            let (from_server, to_server) = server.split();
            let (traffic, asked) = (&shared.traffic, &AtomicBool::new(false));
            let pump = |reader, writer, way, bend| Pump::new(reader, writer, way, bend, self.heal.clone());
            let up = pump(from_client, to_server, Way::Requests, self.course.requests);
            let down = pump(from_server, to_client, Way::Answers, self.course.answers);
            tokio::select! {
                over = up.run(|bytes| {
                    asked.store(true, Ordering::Relaxed);
                    traffic.send_modify(|traffic| traffic.request_bytes += bytes);
                }) => over,
                over = down.run(|bytes| {
                    asked.store(false, Ordering::Relaxed);
                    traffic.send_modify(|traffic| traffic.answer_bytes += bytes);
                }) => over,
                () = closed_idle(&mut self.close_idle, asked) => Over::Closed,
            }
        };
        if over == Over::Reset {
            let _ = server.set_zero_linger();
        }
        over
    }
}

/// Waits for an order to close that finds the connection without an unanswered request.
async fn closed_idle(order: &mut watch::Receiver<()>, asked: &AtomicBool) {
    loop {
        // The order can always be given: the connection keeps the sender.
        let _ = order.changed().await;
        if !asked.load(Ordering::Relaxed) {
            return;
        }
    }
}

impl Open {
    fn new(shared: Arc<Shared>) -> Self {
        shared.traffic.send_modify(|traffic| {
            traffic.accepted += 1;
            traffic.open += 1;
        });
        Self(shared)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.traffic.send_modify(|traffic| traffic.open -= 1);
    }
}
