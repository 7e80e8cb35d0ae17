//! A service of raw bytes on loopback, and short cuts for requests and loops.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use snowflake_transport::{
    Accept, Body, Error, HttpTransport, Request, Retrier, RetryClass, RetryPolicy, Transport,
    TransportOptions,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A listener whose connections are handled by hand.
pub(crate) struct Wire {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
    accepting: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    connections: usize,
    requests: Vec<String>,
}

/// One accepted connection.
pub(crate) struct Connection {
    stream: TcpStream,
    state: Arc<Mutex<State>>,
}

impl Wire {
    /// Handles each connection with a future; the number counts connections from 1.
    pub(crate) async fn serve<H, F>(handle: H) -> Self
    where
        H: Fn(usize, Connection) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let accepting = tokio::spawn(async move {
            let mut handlers = JoinSet::new();
            while let Ok((stream, _peer)) = listener.accept().await {
                let number = {
                    let mut state = shared.lock().unwrap();
                    state.connections += 1;
                    state.connections
                };
                handlers.spawn(handle(number, Connection { stream, state: Arc::clone(&shared) }));
            }
        });
        Self { address, state, accepting }
    }

    /// Answers every request of every connection with the same bytes.
    pub(crate) async fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = Bytes::from(bytes.into());
        Self::serve(move |_number, mut connection| {
            let bytes = bytes.clone();
            async move {
                while connection.request().await.is_some() {
                    connection.write(&bytes).await;
                }
            }
        })
        .await
    }

    pub(crate) fn url(&self, target: &str) -> String {
        format!("http://{}{target}", self.address)
    }

    pub(crate) fn get(&self) -> Request {
        get(&self.url("/"))
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// Head and body of every request so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        // The handlers belong to this task and end with it.
        self.accepting.abort();
    }
}

impl Connection {
    /// Reads one request with its body; `None` when the other side closed.
    pub(crate) async fn request(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && body.len() >= content_length(head)
            {
                self.state.lock().unwrap().requests.push(text.clone());
                return Some(text);
            }
            let mut piece = [0; 4096];
            match self.stream.read(&mut piece).await {
                Ok(0) | Err(_) => return None,
                Ok(read) => bytes.extend_from_slice(&piece[..read]),
            }
        }
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Breaks the connection: the other side sees a reset, not an end.
    pub(crate) fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }

    /// Passes everything on to another address and back, as a tunnel does.
    pub(crate) async fn forward(mut self, to: SocketAddr) {
        let mut other = TcpStream::connect(to).await.unwrap();
        let _closed = tokio::io::copy_bidirectional(&mut self.stream, &mut other).await;
    }

    /// Keeps the connection open and says nothing more.
    pub(crate) async fn hang(self) {
        std::future::pending::<()>().await;
    }
}

fn content_length(head: &str) -> usize {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _value)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_name, value)| value.trim().parse().unwrap())
}

/// A complete answer with a `Content-Length`.
pub(crate) fn answer(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status} Status\r\n");
    for header in headers {
        bytes.push_str(&format!("{header}\r\n"));
    }
    bytes.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    [bytes.as_bytes(), body].concat()
}

pub(crate) fn get(url: &str) -> Request {
    http::Request::get(url).body(Body::empty()).unwrap()
}

pub(crate) fn post(url: &str, body: &'static str) -> Request {
    http::Request::post(url).header("x-key", "k1").body(Body::from(body)).unwrap()
}

/// Trusts the test authority, so that no root certificates of the machine are needed.
pub(crate) fn options() -> TransportOptions {
    TransportOptions::default()
        .with_root_certificates(include_bytes!("../certificates/authority.pem").to_vec())
}

pub(crate) fn transport() -> HttpTransport {
    HttpTransport::new(options()).unwrap()
}

/// A loop that hardly waits between attempts.
pub(crate) fn hasty(attempts: u32) -> Retrier {
    let waits = (Duration::from_micros(10), Duration::from_millis(1));
    Retrier::new(RetryPolicy::default().with_max_attempts(attempts).with_waits(waits.0, waits.1))
}

/// Sends the same request until it is answered.
pub(crate) async fn fetch(
    retrier: &Retrier,
    transport: &dyn Transport,
    class: RetryClass,
    make: impl Fn() -> Request + Send + Sync,
) -> Result<http::Response<Bytes>, Error> {
    let make = |_attempt| {
        let request = make();
        Box::pin(async move { Ok::<_, Error>(request) }) as snowflake_transport::BoxFuture<'static, _>
    };
    retrier.fetch(transport, class, make, |_answer| Accept::Yes).await
}

/// Sends one request and reads its whole answer.
pub(crate) async fn exchange(
    transport: &dyn Transport,
    request: Request,
) -> Result<http::Response<Bytes>, Error> {
    let (head, body) = transport.send(request).await?.into_parts();
    Ok(http::Response::from_parts(head, body.collect(usize::MAX).await?))
}
