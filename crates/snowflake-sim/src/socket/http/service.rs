//! Hands the requests of all connections to the transport, and its answers to hyper.

use std::fmt;
use std::sync::Arc;

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::uri::{Authority, PathAndQuery};
use http::{Request, Response, Uri};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use snowflake_transport::{Body, ContentEncoding, Delivery, Error, ErrorKind, RequestOptions, Transport};

pub(super) struct Service {
    transport: Box<dyn Transport>,
    scheme: &'static str,
}

impl Service {
    pub(super) fn new<T: Transport + 'static>(transport: T, scheme: &'static str) -> Self {
        Self { transport: Box::new(transport), scheme }
    }

    pub(super) async fn respond(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, Error> {
        let (mut parts, body) = request.into_parts();
        parts.uri = self.address(&parts)?;
        let body = Body::wrap(body.map_err(broken));
        let mut request = Request::from_parts(parts, body);
        // Whoever asked undoes the encoding.
        RequestOptions::new("served").with_content_encoding(ContentEncoding::Keep).attach(&mut request);
        let mut response = self.transport.send(request).await?;
        // How the answer is framed is the connection's affair.
        for name in [CONNECTION, TRANSFER_ENCODING, CONTENT_LENGTH] {
            response.headers_mut().remove(name);
        }
        Ok(response)
    }

    /// The whole address, as the client wrote it.
    fn address(&self, parts: &http::request::Parts) -> Result<Uri, Error> {
        let host =
            parts.headers.get(HOST).and_then(|host| host.to_str().ok()).and_then(|host| host.parse().ok());
        let authority: Option<Authority> = parts.uri.authority().cloned().or(host);
        let authority = authority.unwrap_or_else(|| Authority::from_static("localhost"));
        let path = parts.uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        let uri = Uri::builder().scheme(self.scheme).authority(authority).path_and_query(path).build();
        uri.map_err(|error| Error::reported(ErrorKind::InvalidRequest, Delivery::NotSent, error))
    }
}

fn broken(error: hyper::Error) -> Error {
    Error::reported(ErrorKind::Reset, Delivery::MaybeSent, error)
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("transport", &self.transport).finish_non_exhaustive()
    }
}
