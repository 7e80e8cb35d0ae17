//! Any transport, served over real sockets: HTTP/1.1 and HTTP/2, with TLS or without.

mod options;
mod service;

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use snowflake_transport::Transport;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::error::Error;
use super::listener::Listener;
use service::Service;

pub use options::{HttpServerOptions, TlsVersions};

/// Serves a transport: a [`Script`](crate::Script), a [`Fault`](crate::Fault) around one, the
/// simulator without a socket of its own, or a way to somewhere else.
///
/// Requests arrive at the transport with the host that the client named. What the transport fails to
/// deliver breaks the connection (with HTTP/2: the stream, by RST_STREAM), before the answer or in the
/// middle of its body. Answers are passed on as the transport gives them, compressed or not.
///
/// ```
/// use snowflake_sim::socket::{CertificateKind, Certificates, HttpServer, HttpServerOptions};
/// use snowflake_sim::{Expect, Fault, Reply, Rule, Script};
/// use snowflake_transport::{Body, ErrorKind, HttpTransport, Transport, TransportOptions};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let certificates = Certificates::new()?;
/// let script = Script::new().expect(Expect::get("/").any_times().reply(Reply::bytes("fine")));
/// let faulty = Fault::new(script).rule(Rule::always().times(1).lose_response());
/// let options = HttpServerOptions::default().with_certificate(certificates.mint(CertificateKind::Good)?);
/// let server = HttpServer::start(faulty, options).await?;
///
/// let trusting = TransportOptions::default().with_root_certificates(certificates.authority());
/// let transport = HttpTransport::new(trusting)?;
/// let get = || http::Request::get(server.url("/")).body(Body::empty());
/// assert_eq!(transport.send(get()?).await.unwrap_err().kind(), ErrorKind::Reset);
/// let answer = transport.send(get()?).await?;
/// assert_eq!(answer.version(), http::Version::HTTP_2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct HttpServer {
    listener: Listener,
    scheme: &'static str,
    go_away: Arc<watch::Sender<()>>,
}

/// What every connection needs.
struct Shared {
    service: Arc<Service>,
    tls: Option<TlsAcceptor>,
    broken_handshakes: usize,
    go_away: Arc<watch::Sender<()>>,
}

impl HttpServer {
    /// Serves a transport.
    ///
    /// # Errors
    ///
    /// `Socket` if no port can be used, `Certificate` if the certificate cannot be served.
    pub async fn start<T>(transport: T, options: HttpServerOptions) -> Result<Self, Error>
    where
        T: Transport + 'static,
    {
        let tls = options.acceptor()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let go_away = Arc::new(watch::Sender::new(()));
        let shared = Arc::new(Shared {
            service: Arc::new(Service::new(transport, scheme)),
            tls,
            broken_handshakes: options.broken_handshakes,
            go_away: Arc::clone(&go_away),
        });
        let handle = move |number, stream| {
            let shared = Arc::clone(&shared);
            async move { shared.serve(number, stream).await }
        };
        Ok(Self { listener: Listener::open(handle).await?, scheme, go_away })
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// An address of the server at `localhost`, which is the name in its certificate.
    pub fn url(&self, path: &str) -> String {
        format!("{}://localhost:{}{path}", self.scheme, self.address().port())
    }

    /// How many connections came so far.
    pub fn connections(&self) -> usize {
        self.listener.accepted()
    }

    /// Takes no further requests on the connections that are open: HTTP/2 clients are sent GOAWAY,
    /// those of HTTP/1.1 lose the connection. What is under way is answered.
    pub fn go_away(&self) {
        self.go_away.send_replace(());
    }
}

impl Shared {
    async fn serve(&self, number: usize, mut stream: TcpStream) {
        let Some(tls) = &self.tls else { return self.converse(stream).await };
        if number <= self.broken_handshakes {
            // The client has said hello; it is told nothing but the end.
            let _ = stream.read_u8().await;
            let _ = stream.shutdown().await;
            let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
        } else if let Ok(stream) = tls.accept(stream).await {
            // A client that does not trust us ends the handshake, which some tests are about.
            self.converse(stream).await;
        }
    }

    async fn converse<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(&self, stream: S) {
        let mut go_away = self.go_away.subscribe();
        let service = service_fn(|request| Arc::clone(&self.service).respond(request));
        let builder = auto::Builder::new(TokioExecutor::new());
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        // A connection that breaks is the client's business, or what the transport wanted.
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = go_away.changed() => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }
}
