//! A gate in front of any server: it passes bytes both ways until it is told to misbehave.

mod mishap;
mod pump;
mod relay;
mod traffic;

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::error::Error;
use super::listener::Listener;
use mishap::Course;
use relay::Relay;

pub use mishap::Mishap;
pub use traffic::Traffic;

/// Passes the bytes of TCP connections on to a server and back, except where a [`Mishap`] says what
/// goes wrong.
///
/// The server is anything with an address: one of this module's, a simulator, or a real host. With TLS
/// the gate sees and passes encrypted bytes, so the client must still ask for the name that the
/// server's certificate bears. A client that closes its half of a connection has closed it.
///
/// ```
/// use snowflake_sim::socket::{Gate, Mishap, RawReply, RawServer};
/// use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
/// use tokio::net::TcpStream;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let server = RawServer::always(RawReply::answer(200, &[], "a whole answer")).await?;
/// let gate = Gate::open(server.address()).await?;
/// gate.add(Mishap::fin_after(12).times(1));
///
/// let mut stream = TcpStream::connect(gate.address()).await?;
/// stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await?;
/// let mut received = String::new();
/// stream.read_to_string(&mut received).await?;
/// assert_eq!(received, "HTTP/1.1 200");
/// assert_eq!((gate.traffic().accepted, gate.traffic().answer_bytes), (1, 12));
///
/// drop(stream);
/// gate.until(|traffic| traffic.open == 0).await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Gate {
    listener: Listener,
    shared: Arc<Shared>,
}

/// What the gate and its connections share. A change of one of the last three is an order to every
/// connection that is open at that time.
pub(super) struct Shared {
    target: String,
    mishaps: Mutex<Vec<Mishap>>,
    traffic: watch::Sender<Traffic>,
    heal: watch::Sender<()>,
    cut: watch::Sender<()>,
    close_idle: watch::Sender<()>,
}

impl Gate {
    /// Opens a gate in front of a server, given as `host:port`. It connects there when it is connected to.
    ///
    /// # Errors
    ///
    /// `Socket` if no port can be used.
    pub async fn open(target: impl fmt::Display) -> Result<Self, Error> {
        let order = || watch::Sender::new(());
        let shared = Arc::new(Shared {
            target: target.to_string(),
            mishaps: Mutex::default(),
            traffic: watch::Sender::default(),
            heal: order(),
            cut: order(),
            close_idle: order(),
        });
        let of_connections = Arc::clone(&shared);
        let handle = move |_number, stream| Relay::new(Arc::clone(&of_connections), stream).run();
        Ok(Self { listener: Listener::open(handle).await?, shared })
    }

    /// Where the gate listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// An `http` address behind the gate.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// Lets something go wrong with the connections that come from now on.
    ///
    /// Several mishaps can befall one connection; of two that exclude each other the later counts.
    pub fn add(&self, mishap: Mishap) {
        self.shared.mishaps().push(mishap);
    }

    /// Heals the gate: no mishap befalls a further connection, and open ones pass what they held back.
    pub fn clear(&self) {
        self.shared.mishaps().clear();
        self.shared.heal.send_replace(());
    }

    /// Resets every open connection, in the middle of whatever it carries.
    pub fn cut(&self) {
        self.shared.cut.send_replace(());
    }

    /// Closes, in order, every open connection that waits for a request: nothing has passed it yet, or
    /// an answer was the last that did.
    pub fn close_idle(&self) {
        self.shared.close_idle.send_replace(());
    }

    /// What has passed the gate so far.
    pub fn traffic(&self) -> Traffic {
        *self.shared.traffic.borrow()
    }

    /// Waits until the traffic is like this.
    ///
    /// # Cancellation
    ///
    /// Nothing changes by dropping the future.
    pub async fn until(&self, mut condition: impl FnMut(&Traffic) -> bool + Send) {
        // The sender lives as long as the gate, so that this ends with the condition alone.
        let _ = self.shared.traffic.subscribe().wait_for(|traffic| condition(traffic)).await;
    }
}

impl Shared {
    fn mishaps(&self) -> MutexGuard<'_, Vec<Mishap>> {
        self.mishaps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What befalls the connection that has just come.
    fn next_course(&self) -> Course {
        let mut course = Course::default();
        for mishap in self.mishaps().iter_mut() {
            mishap.befall(&mut course);
        }
        course
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("target", &self.target)
            .field("mishaps", &self.mishaps())
            .field("traffic", &*self.traffic.borrow())
            .finish_non_exhaustive()
    }
}
