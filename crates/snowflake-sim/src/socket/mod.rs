//! Servers on loopback sockets that misbehave: what only bytes, handshakes and proxies can get wrong.
//!
//! Faults come at three levels. Take the lowest number that can show what you want to know: each step
//! up is slower and closer to a real network.
//!
//! | level | take it for | with |
//! |---|---|---|
//! | 1, around a transport | statuses, lost answers, cut or changed bodies, delays; thousands of runs a second in paused time | [`Fault`](crate::Fault) around a [`Script`](crate::Script) or any other transport |
//! | 2, bytes on TCP | resets and ends at a byte, silence, dripping, sockets that go stale; answers that break the rules of HTTP | [`Gate`] in front of any server, [`RawServer`] in place of one |
//! | 3, TLS, HTTP/2 and proxies | certificates, versions, closed handshakes, answers out of order, GOAWAY, tunnels | [`HttpServer`] with [`Certificates`], [`ProxyServer`] |
//!
//! They combine: a [`Gate`] before a [`ProxyServer`] before an [`HttpServer`] that answers from a
//! faulty script. Everything listens on 127.0.0.1 at a port that is free, waits for nothing but its
//! peers and the times it was told, and is gone when it is dropped. Time is real here: keep a client's
//! limits small, and do not pause tokio's clock, which would run while bytes are still on their way.
//!
//! ```
//! use std::sync::Arc;
//!
//! use snowflake_sim::socket::{
//!     CertificateKind, Certificates, Gate, HttpServer, HttpServerOptions, Mishap,
//! };
//! use snowflake_sim::{Expect, Reply, Script};
//! use snowflake_transport::{Body, ErrorKind, HttpTransport, Transport, TransportOptions};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let script = Arc::new(Script::new().expect(Expect::get("/").reply(Reply::bytes("fine"))));
//! let certificates = Certificates::new()?;
//! let options =
//!     HttpServerOptions::default().with_certificate(certificates.mint(CertificateKind::Good)?);
//! let server = HttpServer::start(Arc::clone(&script), options).await?;
//! let gate = Gate::open(server.address()).await?;
//! gate.add(Mishap::reset_after(20));
//!
//! let trusting = TransportOptions::default().with_root_certificates(certificates.authority());
//! let transport = HttpTransport::new(trusting)?;
//! let url = format!("https://localhost:{}/", gate.address().port());
//! let get = || http::Request::get(&url).body(Body::empty());
//! let error = transport.send(get()?).await.unwrap_err();
//! assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Connect, false));
//!
//! gate.clear();
//! assert_eq!(transport.send(get()?).await?.status(), 200);
//! script.verify()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod certificates;
mod error;
mod gate;
mod http;
mod listener;
mod proxy;
mod raw;

pub use certificates::{Certificate, CertificateKind, Certificates};
pub use error::{Error, ErrorKind};
pub use gate::{Gate, Mishap, Traffic};
pub use http::{HttpServer, HttpServerOptions, TlsVersions};
pub use proxy::{ProxyKind, ProxyServer};
pub use raw::{RawReply, RawRequest, RawServer};

#[cfg(test)]
mod tests;
