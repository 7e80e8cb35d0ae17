//! A server whose answers are bytes, whether or not they are HTTP.

mod reply;
mod request;

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::error::Error;
use super::listener::Listener;
use reply::{Piece, Then};

pub use reply::RawReply;
pub use request::RawRequest;

/// The longest time a connection may live: what a client waits for without a limit of its own ends here.
const LIFETIME: Duration = Duration::from_secs(60);

/// The most bytes that are read for one request, and written for one reply.
const MAX_REQUEST: usize = 64 << 20;
const MAX_REPLY: usize = 1 << 30;

/// Answers each request with bytes made by hand, and keeps what it was sent.
///
/// No connection lives longer than a minute, no request is read beyond 64 MiB and no reply written
/// beyond 1 GiB, so that a test ends whatever the client does.
///
/// ```
/// use snowflake_sim::socket::{Certificates, RawReply, RawServer};
/// use snowflake_transport::{Body, ErrorKind, HttpTransport, Transport, TransportOptions};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let server = RawServer::start(|request| match request.connection() {
///     1 => RawReply::bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut").then_close(),
///     _ => RawReply::answer(200, &[], "all of it"),
/// })
/// .await?;
/// # let options = TransportOptions::default().with_root_certificates(Certificates::new()?.authority());
/// let transport = HttpTransport::new(options)?;
/// let get = || http::Request::get(server.url("/part")).body(Body::empty());
/// let cut = transport.send(get()?).await?.into_body().collect(100).await.unwrap_err();
/// assert_eq!(cut.kind(), ErrorKind::Truncated);
/// assert_eq!(transport.send(get()?).await?.into_body().collect(100).await?, "all of it");
/// assert!(server.requests()[1].text().starts_with("GET /part HTTP/1.1\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RawServer {
    listener: Listener,
    shared: Arc<Shared>,
}

type Answer = Box<dyn Fn(&RawRequest) -> RawReply + Send + Sync>;

struct Shared {
    /// Said before any request.
    greeting: Option<RawReply>,
    answer: Answer,
    requests: Mutex<Vec<RawRequest>>,
}

impl RawServer {
    /// Answers each request as the function says.
    ///
    /// # Errors
    ///
    /// `Socket` if no port can be used.
    pub async fn start<A>(answer: A) -> Result<Self, Error>
    where
        A: Fn(&RawRequest) -> RawReply + Send + Sync + 'static,
    {
        Self::serve(None, Box::new(answer)).await
    }

    /// Answers every request of every connection with the same bytes.
    ///
    /// # Errors
    ///
    /// `Socket` if no port can be used.
    pub async fn always(reply: RawReply) -> Result<Self, Error> {
        Self::start(move |_request| reply.clone()).await
    }

    /// Says the same bytes on every connection before anything was asked, and then nothing more.
    ///
    /// # Errors
    ///
    /// `Socket` if no port can be used.
    pub async fn unasked(greeting: RawReply) -> Result<Self, Error> {
        Self::serve(Some(greeting), Box::new(|_request| RawReply::bytes(""))).await
    }

    async fn serve(greeting: Option<RawReply>, answer: Answer) -> Result<Self, Error> {
        let shared = Arc::new(Shared { greeting, answer, requests: Mutex::default() });
        let of_connections = Arc::clone(&shared);
        let handle = move |number, stream| {
            let shared = Arc::clone(&of_connections);
            async move {
                // A connection that breaks or outlives its time is the client's business.
                let _ = tokio::time::timeout(LIFETIME, shared.converse(number, stream)).await;
            }
        };
        Ok(Self { listener: Listener::open(handle).await?, shared })
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// An `http` address of the server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// How many connections came so far.
    pub fn connections(&self) -> usize {
        self.listener.accepted()
    }

    /// All requests so far, in the order in which they were complete.
    pub fn requests(&self) -> Vec<RawRequest> {
        self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Shared {
    async fn converse(&self, connection: usize, mut stream: TcpStream) -> std::io::Result<()> {
        let mut held = BytesMut::new();
        if let Some(greeting) = &self.greeting
            && say(&mut stream, greeting).await? == Then::Close
        {
            return finish(stream).await;
        }
        for number in 1.. {
            let Some(bytes) = next_request(&mut stream, &mut held).await? else { break };
            let request = RawRequest::new(connection, number, bytes);
            self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
            match say(&mut stream, &(self.answer)(&request)).await? {
                Then::Listen => {}
                Then::Close => return finish(stream).await,
                Then::Reset => return stream.set_zero_linger(),
                Then::Hang => return drain(stream).await,
            }
        }
        Ok(())
    }
}

async fn next_request(stream: &mut TcpStream, held: &mut BytesMut) -> std::io::Result<Option<bytes::Bytes>> {
    loop {
        if let Some(length) = request::length(held) {
            return Ok(Some(held.split_to(length).freeze()));
        }
        if held.len() > MAX_REQUEST || stream.read_buf(held).await? == 0 {
            return Ok(None);
        }
    }
}

async fn say(stream: &mut TcpStream, reply: &RawReply) -> std::io::Result<Then> {
    let mut left = MAX_REPLY;
    for Piece { bytes, times } in reply.pieces() {
        for _ in 0..*times {
            if bytes.len() > left {
                return Ok(Then::Close);
            }
            left -= bytes.len();
            stream.write_all(bytes).await?;
        }
    }
    Ok(reply.then())
}

/// Ends the connection in order: closing with bytes unread would be a reset.
async fn finish(mut stream: TcpStream) -> std::io::Result<()> {
    stream.shutdown().await?;
    drain(stream).await
}

/// Says nothing more until the other side is gone.
async fn drain(mut stream: TcpStream) -> std::io::Result<()> {
    tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.map(drop)
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("greeting", &self.greeting).finish_non_exhaustive()
    }
}
