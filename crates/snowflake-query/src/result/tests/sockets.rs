//! Parts over real connections: what breaks, stalls or leads elsewhere on the wire.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use snowflake_transport::{HttpTransport, Retrier, RetryPolicy, StallLimit, TransportOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::objects::Object;
use super::storage::{answer, options};
use crate::error::{Error, ErrorKind};
use crate::result::{Fetcher, PartHosts, ResultSet, Rows};

/// What becomes of the first answer with the middle part.
#[derive(Clone, Debug)]
enum Trouble {
    /// The connection closes after so many bytes of the body.
    Close(usize),
    /// Nothing more comes after so many bytes of the body.
    Stall(usize),
    /// The part is said to be there.
    Elsewhere(String),
}

/// A storage on loopback that knows ranges, with trouble once.
struct Storage {
    port: u16,
    heads: Arc<Mutex<Vec<String>>>,
    serving: JoinHandle<()>,
}

impl Drop for Storage {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Storage {
    async fn start(trouble: Trouble) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let trouble = Arc::new(Mutex::new(Some(trouble)));
        let seen = Arc::clone(&heads);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Otherwise the kernel waits for more to send.
                stream.set_nodelay(true).unwrap();
                tokio::spawn(serve(stream, Arc::clone(&seen), Arc::clone(&trouble)));
            }
        });
        Self { port, heads, serving }
    }

    /// The value of a header in each request for the middle part.
    fn sent(&self, header: &str) -> Vec<Option<String>> {
        let heads = self.heads.lock().unwrap();
        let middle = heads.iter().filter(|head| head.starts_with("GET /1?"));
        middle.map(|head| value(head, header).map(str::to_owned)).collect()
    }

    async fn read(&self) -> Result<Rows, Error> {
        let transport = Arc::new(HttpTransport::new(TransportOptions::default()).unwrap());
        let mut answer = answer(3);
        for part in answer.chunks.as_mut().unwrap() {
            let here = format!("http://127.0.0.1:{}/", self.port);
            part.url = part.url.replace("https://storage.example.com/", &here);
        }
        let options = options().with_part_hosts(PartHosts::Any);
        // Where time is real, nobody shall wait between two attempts.
        let waits = RetryPolicy::default().with_waits(Duration::ZERO, Duration::from_millis(1));
        let fetcher = Fetcher::new(transport, Retrier::new(waits));
        ResultSet::open(answer, fetcher, options, None).await?.collect().await
    }
}

fn value<'h>(head: &'h str, header: &str) -> Option<&'h str> {
    let pair = |line: &'h str| line.split_once(": ");
    head.lines().filter_map(pair).find(|(name, _)| name.eq_ignore_ascii_case(header)).map(|(_, value)| value)
}

async fn serve(mut stream: TcpStream, heads: Arc<Mutex<Vec<String>>>, trouble: Arc<Mutex<Option<Trouble>>>) {
    let mut received = Vec::new();
    while stream.read_buf(&mut received).await.is_ok_and(|read| read > 0) {
        if !received.ends_with(b"\r\n\r\n") {
            continue;
        }
        let head = String::from_utf8(std::mem::take(&mut received)).unwrap();
        heads.lock().unwrap().push(head.clone());
        let index = head.as_bytes()[5] - b'0';
        let trouble = if index == 1 { trouble.lock().unwrap().take() } else { None };
        if respond(&mut stream, &head, usize::from(index), trouble).await.is_err() {
            return;
        }
    }
}

/// Answers a request; an error when the connection is to be closed.
async fn respond(
    stream: &mut TcpStream,
    head: &str,
    index: usize,
    trouble: Option<Trouble>,
) -> std::io::Result<()> {
    let bytes = Object::part(index).bytes;
    let size = bytes.len();
    let from =
        value(head, "range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let (status, start) = match (&trouble, from) {
        (Some(Trouble::Elsewhere(location)), _) => (format!("307 Elsewhere\r\nlocation: {location}"), size),
        (_, Some(start)) => (format!("206 Rest\r\ncontent-range: bytes {start}-{}/{size}", size - 1), start),
        (_, None) => ("200 OK".to_owned(), 0),
    };
    let body = &bytes[start..];
    let head = format!("HTTP/1.1 {status}\r\netag: \"first\"\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await?;
    match trouble {
        Some(Trouble::Close(after)) => {
            stream.write_all(&body[..after]).await?;
            Err(std::io::ErrorKind::ConnectionAborted.into())
        }
        Some(Trouble::Stall(after)) => {
            stream.write_all(&body[..after]).await?;
            std::future::pending().await
        }
        _ => stream.write_all(body).await,
    }
}

fn ids(rows: &Rows) -> Vec<i64> {
    rows.iter().map(|row| row.get(0).unwrap()).collect()
}

#[tokio::test]
async fn c02_a_connection_that_closes_at_any_point_of_a_body_is_made_up_for() {
    let size = Object::part(1).bytes.len();
    for after in [0, 1, size / 100, size / 2, size * 99 / 100, size - 1] {
        let storage = Storage::start(Trouble::Close(after)).await;
        assert_eq!(ids(&storage.read().await.unwrap()), (0..30).collect::<Vec<_>>(), "closed after {after}");
        let rest = (after > 0).then(|| format!("bytes={after}-"));
        assert_eq!(storage.sent("range"), [None, rest.clone()], "closed after {after}");
        assert_eq!(storage.sent("if-range"), [None, rest.map(|_| "\"first\"".to_owned())]);
        assert_eq!(storage.read().await.unwrap().len(), 30);
    }
}

#[tokio::test(start_paused = true)]
async fn c03_a_connection_that_stands_still_in_a_body_is_given_up_and_made_up_for() {
    // While a thread is busy, paused time moves only when it is told to: the kernel needs some that is real.
    let (release, busy) = std::sync::mpsc::channel::<()>();
    let held = tokio::task::spawn_blocking(move || busy.recv());
    let size = Object::part(1).bytes.len();
    let storage = Arc::new(Storage::start(Trouble::Stall(size / 2)).await);
    let start = Instant::now();
    let reader = Arc::clone(&storage);
    let reading = tokio::spawn(async move { reader.read().await });
    while storage.sent("range").len() < 2 {
        tokio::time::advance(Duration::from_millis(100)).await;
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(ids(&reading.await.unwrap().unwrap()), (0..30).collect::<Vec<_>>());
    let (waited, window) = (start.elapsed(), StallLimit::STORAGE.window);
    assert!((window..window + Duration::from_secs(10)).contains(&waited), "{waited:?}");
    assert_eq!(storage.sent("range"), [None, Some(format!("bytes={}-", size / 2))]);
    drop(release);
    assert!(held.await.unwrap().is_err());
}

#[tokio::test]
async fn c14_another_origin_sees_no_connection_at_all() {
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let location = format!("http://{}/1", other.local_addr().unwrap());
    let storage = Storage::start(Trouble::Elsewhere(location)).await;
    let error = storage.read().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Network, false));
    assert_eq!(storage.sent("x-amz-server-side-encryption-customer-key"), [Some("a2V5".to_owned())]);
    assert_eq!(storage.sent("referer"), [None]);
    // Nobody connected: the listener has nothing to accept.
    assert!(futures::poll!(std::pin::pin!(other.accept())).is_pending());
    assert_eq!(storage.read().await.unwrap().len(), 30);
}
