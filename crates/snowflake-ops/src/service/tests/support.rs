//! A running service, and a client that speaks just enough HTTP.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use metrics_exporter_prometheus::PrometheusRecorder;
use snowflake_query::Pool;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::service::{CollectorOptions, Exposition, Service, ServiceOptions, collector_names};

/// A service on free ports of the loopback interface.
pub(super) struct Running {
    pub(super) http: SocketAddr,
    pub(super) metrics: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// Options for free ports, without any collector.
pub(super) fn quiet() -> ServiceOptions {
    let options = ServiceOptions::default()
        .with_address(IpAddr::V4(Ipv4Addr::LOCALHOST))
        .with_http_port(0)
        .with_metrics_port(0);
    collector_names()
        .into_iter()
        .fold(options, |options, name| options.with_collector(name, CollectorOptions::off()).unwrap())
}

/// A page of figures, and the recorder that a test has to make the one of its thread.
pub(super) fn exposition() -> (Exposition, PrometheusRecorder) {
    Exposition::build().unwrap()
}

impl Running {
    pub(super) async fn start(options: ServiceOptions, pool: &Pool, exposition: Exposition) -> Self {
        let service = Service::bind(options).await.unwrap();
        let (http, metrics) = (service.http_address(), service.metrics_address());
        let (stop, stopped) = oneshot::channel::<()>();
        let pool = pool.clone();
        let task = tokio::spawn(async move {
            service.run(&pool, exposition, async { drop(stopped.await) }).await;
        });
        Self { http, metrics, stop: Some(stop), task }
    }

    /// Tells it to stop.
    pub(super) fn stop(&mut self) {
        drop(self.stop.take());
    }

    pub(super) async fn ended(self) {
        self.task.await.unwrap();
    }
}

/// A connection to the service.
pub(super) struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value))
    }
}

impl Client {
    pub(super) async fn connect(address: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(address).await.unwrap(), read: Vec::new() }
    }

    /// Sends a request line with headers, and reads the answer.
    pub(super) async fn send(&mut self, request: &str) -> Answer {
        self.write(&format!("{request}\r\n\r\n")).await;
        let head_only = request.starts_with("HEAD");
        self.answer(head_only).await.unwrap()
    }

    pub(super) async fn write(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// The next answer; `None` when the connection is closed instead.
    pub(super) async fn answer(&mut self, head_only: bool) -> Option<Answer> {
        let end = loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8(self.read.drain(..end).collect()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Answer { status, head, body: Vec::new() };
        let length: usize = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        if !head_only {
            while self.read.len() < length {
                self.more().await?;
            }
            answer.body = self.read.drain(..length).collect();
        }
        Some(answer)
    }

    async fn more(&mut self) -> Option<()> {
        let mut piece = vec![0; 64 * 1024];
        let length = self.stream.read(&mut piece).await.ok().filter(|length| *length > 0)?;
        self.read.extend_from_slice(&piece[..length]);
        Some(())
    }
}

/// One request on a connection of its own.
pub(super) async fn get(address: SocketAddr, path: &str) -> Answer {
    Client::connect(address).await.send(&format!("GET {path} HTTP/1.1\r\nHost: service")).await
}

/// The value of a line of the page of figures.
pub(super) fn figure(page: &str, series: &str) -> Option<f64> {
    let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
    line.parse().ok()
}
