//! Object stores reached through a [`Transport`]: one set of TLS, proxy and limits for everything.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse,
    HttpResponseBody, HttpService,
};

use crate::body::Body;
use crate::error::{Delivery, Error, ErrorKind};
use crate::request::{ContentEncoding, RequestOptions, Sensitivity, StallLimit};
use crate::service::Transport;

/// The longest time for one request, a part of some megabytes included.
const ATTEMPT: Duration = Duration::from_secs(300);

/// Connects the clients of the `object_store` crate with a transport.
///
/// Their requests are sensitive (signatures stand in addresses and headers), their bodies are taken as they
/// come, and one attempt may take five minutes. Repeating is up to those clients, as they know their stores.
#[derive(Clone)]
pub struct ObjectStoreConnector {
    transport: Arc<dyn Transport>,
}

impl ObjectStoreConnector {
    /// A connector over this transport.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport }
    }
}

impl fmt::Debug for ObjectStoreConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectStoreConnector").finish_non_exhaustive()
    }
}

impl HttpConnector for ObjectStoreConnector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

impl HttpService for ObjectStoreConnector {
    fn call<'life, 'future>(
        &'life self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'future>>
    where
        'life: 'future,
        Self: 'future,
    {
        Box::pin(async move {
            let mut request = request.map(outgoing);
            // Signatures stand in addresses and headers.
            RequestOptions::new("storage")
                .with_sensitivity(Sensitivity::Sensitive)
                .with_content_encoding(ContentEncoding::Keep)
                .with_total_timeout(ATTEMPT)
                .with_stall(StallLimit::STORAGE)
                .attach(&mut request);
            let response = self.transport.send(request).await.map_err(failed)?;
            Ok(response.map(|body| HttpResponseBody::new(body.map_err(failed))))
        })
    }
}

/// A body of one piece can be sent again; one of several is sent as it lies in memory, without joining it.
fn outgoing(body: HttpRequestBody) -> Body {
    match body.as_bytes() {
        Some(bytes) => bytes.clone().into(),
        None => {
            let impossible =
                |error: HttpError| Error::reported(ErrorKind::InvalidRequest, Delivery::NotSent, error);
            Body::wrap(body.map_err(impossible))
        }
    }
}

/// What the retry loop of the cloud clients makes of a failure.
fn failed(error: Error) -> HttpError {
    let kind = match error.kind() {
        ErrorKind::Connect => HttpErrorKind::Connect,
        ErrorKind::Timeout | ErrorKind::Stalled => HttpErrorKind::Timeout,
        ErrorKind::Reset | ErrorKind::Truncated => HttpErrorKind::Interrupted,
        ErrorKind::Content => HttpErrorKind::Decode,
        _ => HttpErrorKind::Unknown,
    };
    HttpError::new(kind, error)
}
