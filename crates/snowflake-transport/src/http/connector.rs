//! Opens connections: straight or through a proxy, with TLS where the address asks for it, in time.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use super::failure::ConnectTimeout;
use super::tls;
use crate::error::{BoxError, Error, Repr};
use crate::options::{HttpVersions, Proxy, TransportOptions};

type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// Connects with TLS or without, within the time allowed for all of it.
#[derive(Clone, Debug)]
pub(super) struct Connector {
    inner: HttpsConnector<Route>,
    limit: Duration,
}

/// The way to a server before TLS begins.
#[derive(Clone, Debug)]
pub(super) enum Route {
    Direct(HttpConnector),
    Proxied(Tunnel<HttpConnector>),
}

impl Connector {
    pub(super) fn new(options: &TransportOptions) -> Result<Self, Error> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(Duration::from_secs(60)));
        tcp.set_connect_timeout(Some(options.connect_timeout));
        let route = match &options.proxy {
            None => Route::Direct(tcp),
            Some(proxy) => Route::Proxied(tunnel(proxy, tcp)?),
        };
        let tls = tls::config(options.root_certificates.as_deref())?;
        let builder = hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
        let inner = match options.versions {
            HttpVersions::Http1AndHttp2 => builder.enable_all_versions().wrap_connector(route),
            HttpVersions::Http1Only => builder.enable_http1().wrap_connector(route),
        };
        Ok(Self { inner, limit: options.connect_timeout })
    }
}

fn tunnel(proxy: &Proxy, tcp: HttpConnector) -> Result<Tunnel<HttpConnector>, Error> {
    let invalid = |reason| Error::from(Repr::InvalidRequest { reason });
    let authority = proxy.address.authority().map_or("", |authority| authority.as_str());
    if proxy.address.scheme_str() != Some("http") || authority.is_empty() {
        return Err(invalid("the proxy's address must look like http://host:port"));
    }
    if authority.contains('@') {
        return Err(invalid("the proxy's credentials belong into Proxy::with_credentials"));
    }
    let tunnel = Tunnel::new(proxy.address.clone(), tcp);
    let Some((user, password)) = &proxy.credentials else { return Ok(tunnel) };
    let encoded = STANDARD.encode(format!("{user}:{}", password.expose()));
    let header = HeaderValue::try_from(format!("Basic {encoded}"))
        .map_err(|_invalid| invalid("the proxy's credentials do not fit into a header"))?;
    Ok(tunnel.with_auth(header))
}

impl Service<Uri> for Connector {
    type Response = <HttpsConnector<Route> as Service<Uri>>::Response;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, address: Uri) -> Self::Future {
        let (connecting, after) = (self.inner.call(address), self.limit);
        Box::pin(async move {
            match tokio::time::timeout(after, connecting).await {
                Ok(connected) => connected,
                Err(_elapsed) => Err(ConnectTimeout { after }.into()),
            }
        })
    }
}

impl Service<Uri> for Route {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match self {
            Self::Direct(tcp) => tcp.poll_ready(context).map_err(Into::into),
            Self::Proxied(tunnel) => tunnel.poll_ready(context).map_err(Into::into),
        }
    }

    fn call(&mut self, address: Uri) -> Self::Future {
        match self {
            Self::Direct(tcp) => {
                let connecting = tcp.call(address);
                Box::pin(async move { Ok(connecting.await?) })
            }
            Self::Proxied(tunnel) => {
                let connecting = tunnel.call(address);
                Box::pin(async move { Ok(connecting.await?) })
            }
        }
    }
}
