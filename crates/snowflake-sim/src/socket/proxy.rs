//! A proxy that opens tunnels, or does not.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy, copy_bidirectional, sink};
use tokio::net::TcpStream;

use super::error::Error;
use super::listener::Listener;

/// How much of the head of a request is read.
const MAX_HEAD: usize = 64 << 10;

/// What a [`ProxyServer`] does when it is asked for a tunnel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyKind {
    /// It opens the tunnel.
    Working,
    /// It opens the tunnel for those that know name and password, and answers 407 to all others.
    Credentials {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// It answers with a status, such as 407 or 502, and opens none.
    Denying(u16),
    /// It never answers.
    Hanging,
    /// It opens the tunnel and closes it when so many bytes have come from the far end.
    ClosingAfter(u64),
}

/// A proxy for `CONNECT`, which counts what it is asked for.
///
/// ```
/// use snowflake_sim::socket::{
///     CertificateKind, Certificates, HttpServer, HttpServerOptions, ProxyKind, ProxyServer,
/// };
/// use snowflake_sim::{Expect, Script};
/// use snowflake_transport::{Body, HttpTransport, Proxy, Transport, TransportOptions};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let certificates = Certificates::new()?;
/// let options = HttpServerOptions::default().with_certificate(certificates.mint(CertificateKind::Good)?);
/// let server = HttpServer::start(Script::new().expect(Expect::get("/")), options).await?;
/// let proxy = ProxyServer::start(ProxyKind::Working).await?;
///
/// let options = TransportOptions::default()
///     .with_root_certificates(certificates.authority())
///     .with_proxy(Proxy::new(proxy.url().parse()?));
/// let request = http::Request::get(server.url("/")).body(Body::empty())?;
/// assert_eq!(HttpTransport::new(options)?.send(request).await?.status(), 200);
/// assert_eq!(proxy.connects(), [format!("localhost:{}", server.address().port())]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ProxyServer {
    listener: Listener,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    kind: Mutex<ProxyKind>,
    connects: Mutex<Vec<String>>,
}

impl ProxyServer {
    /// Starts a proxy.
    ///
    /// # Errors
    ///
    /// `Socket` if no port can be used.
    pub async fn start(kind: ProxyKind) -> Result<Self, Error> {
        let shared = Arc::new(Shared { kind: Mutex::new(kind), connects: Mutex::default() });
        let of_connections = Arc::clone(&shared);
        let handle = move |_number, stream| {
            let shared = Arc::clone(&of_connections);
            async move {
                // A tunnel that breaks is the business of its two ends.
                let _ = shared.serve(stream).await;
            }
        };
        Ok(Self { listener: Listener::open(handle).await?, shared })
    }

    /// Changes what it does from now on; tunnels that are open stay open.
    pub fn turn(&self, kind: ProxyKind) {
        *self.shared.kind.lock().unwrap_or_else(PoisonError::into_inner) = kind;
    }

    /// Where the proxy listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// The proxy's address for clients.
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Whither tunnels were asked for (`host:port`), whether or not there was one, in their order.
    pub fn connects(&self) -> Vec<String> {
        self.shared.connects.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Shared {
    async fn serve(&self, mut client: TcpStream) -> std::io::Result<()> {
        while let Some(head) = read_head(&mut client).await? {
            let target = match head.split_once(' ') {
                Some(("CONNECT", rest)) => rest.split(' ').next().unwrap_or_default().to_owned(),
                _ => return deny(&mut client, 405).await,
            };
            self.connects.lock().unwrap_or_else(PoisonError::into_inner).push(target.clone());
            let kind = self.kind.lock().unwrap_or_else(PoisonError::into_inner).clone();
            match kind {
                ProxyKind::Hanging => return copy(&mut client, &mut sink()).await.map(drop),
                ProxyKind::Denying(status) => deny(&mut client, status).await?,
                ProxyKind::Credentials { user, password } if !knows(&head, &user, &password) => {
                    deny(&mut client, 407).await?;
                }
                ProxyKind::ClosingAfter(bytes) => return tunnel(client, &target, Some(bytes)).await,
                ProxyKind::Working | ProxyKind::Credentials { .. } => {
                    return tunnel(client, &target, None).await;
                }
            }
        }
        Ok(())
    }
}

/// Reads to the empty line, and no byte further: what follows belongs into the tunnel.
async fn read_head(client: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > MAX_HEAD {
            return Ok(None);
        }
        head.push(client.read_u8().await?);
    }
    Ok(Some(String::from_utf8_lossy(&head).into_owned()))
}

fn knows(head: &str, user: &str, password: &str) -> bool {
    let wanted = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .any(|(name, value)| name.eq_ignore_ascii_case("proxy-authorization") && value == wanted)
}

async fn deny(client: &mut TcpStream, status: u16) -> std::io::Result<()> {
    let why = if status == 407 { "Proxy-Authenticate: Basic realm=\"proxy\"\r\n" } else { "" };
    client.write_all(format!("HTTP/1.1 {status} Denied\r\n{why}Content-Length: 0\r\n\r\n").as_bytes()).await
}

async fn tunnel(mut client: TcpStream, target: &str, limit: Option<u64>) -> std::io::Result<()> {
    let Ok(mut server) = TcpStream::connect(target).await else { return deny(&mut client, 502).await };
    client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await?;
    let Some(limit) = limit else {
        return copy_bidirectional(&mut client, &mut server).await.map(drop);
    };
    let (mut from_client, mut to_client) = client.split();
    let (from_server, mut to_server) = server.split();
    let mut from_server = from_server.take(limit);
    tokio::select! {
        copied = copy(&mut from_client, &mut to_server) => copied,
        copied = copy(&mut from_server, &mut to_client) => copied,
    }
    .map(drop)
}
