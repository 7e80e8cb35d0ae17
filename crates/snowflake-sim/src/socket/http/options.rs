//! How a server behaves.

use std::sync::Arc;

use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, SupportedProtocolVersion};
use snafu::ResultExt as _;
use snowflake_transport::HttpVersions;
use tokio_rustls::TlsAcceptor;

use crate::socket::certificates::Certificate;
use crate::socket::error::{Error, ServeSnafu};

/// How an [`HttpServer`](super::HttpServer) behaves; by default without TLS and without fault.
#[derive(Debug, Default)]
pub struct HttpServerOptions {
    certificate: Option<Certificate>,
    tls_versions: TlsVersions,
    http_versions: HttpVersions,
    pub(super) broken_handshakes: usize,
}

/// Which versions of TLS are spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TlsVersions {
    /// TLS 1.2 and 1.3.
    #[default]
    Tls12AndTls13,
    /// TLS 1.2 only.
    Tls12Only,
    /// TLS 1.3 only.
    Tls13Only,
}

impl HttpServerOptions {
    /// Speaks TLS, and shows this certificate.
    #[must_use]
    pub fn with_certificate(mut self, certificate: Certificate) -> Self {
        self.certificate = Some(certificate);
        self
    }

    /// Chooses which versions of TLS are spoken.
    #[must_use]
    pub fn with_tls_versions(mut self, versions: TlsVersions) -> Self {
        self.tls_versions = versions;
        self
    }

    /// Chooses which versions of HTTP are offered over TLS. Without TLS the client chooses.
    #[must_use]
    pub fn with_http_versions(mut self, versions: HttpVersions) -> Self {
        self.http_versions = versions;
        self
    }

    /// Closes the first so many connections in the middle of the TLS handshake.
    #[must_use]
    pub fn with_broken_handshakes(mut self, connections: usize) -> Self {
        self.broken_handshakes = connections;
        self
    }

    pub(super) fn acceptor(&self) -> Result<Option<TlsAcceptor>, Error> {
        let Some(Certificate { chain, key }) = &self.certificate else { return Ok(None) };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&self.tls_versions.list())
            .context(ServeSnafu)?
            .with_no_client_auth()
            .with_single_cert(chain.clone(), key.clone_key())
            .context(ServeSnafu)?;
        config.alpn_protocols = match self.http_versions {
            HttpVersions::Http1AndHttp2 => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            HttpVersions::Http1Only => vec![b"http/1.1".to_vec()],
        };
        Ok(Some(TlsAcceptor::from(Arc::new(config))))
    }
}

impl TlsVersions {
    fn list(self) -> Vec<&'static SupportedProtocolVersion> {
        match self {
            Self::Tls12AndTls13 => vec![&TLS12, &TLS13],
            Self::Tls12Only => vec![&TLS12],
            Self::Tls13Only => vec![&TLS13],
        }
    }
}
