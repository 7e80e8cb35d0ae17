//! The transport over sockets: hyper for HTTP/1.1 and HTTP/2, rustls with ring for TLS.

mod client;
mod connector;
mod failure;
mod guard;
mod inflate;
mod limits;
mod redirect;
mod tls;
mod upload;

pub use client::HttpTransport;
