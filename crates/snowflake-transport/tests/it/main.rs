//! The transport and its retry loop against faulty services: bytes on sockets and scripts in process.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod attempts;
mod bodies;
mod connections;
mod hostile;
mod http2;
mod limits;
mod outage;
mod proxy;
mod redirects;
mod retry_after;
mod silence;
mod support;
mod tls;
