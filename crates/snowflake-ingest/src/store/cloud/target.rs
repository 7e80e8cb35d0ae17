//! Where one request goes, and what it carries.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt as _;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue, Method};
use snowflake_proto::Secret;
use snowflake_transport::{Body, Delivery, Error, ErrorKind, Request, RequestOptions};
use url::Url;

use super::failure::Failure;
use crate::store::content::Content;

/// An address, and what lets us in if that is not part of it.
pub(super) struct Target {
    pub(super) url: Url,
    pub(super) token: Option<Secret>,
}

impl Target {
    /// A request to this place. A source that cannot be read is noted.
    pub(super) fn request(
        &self,
        method: &Method,
        headers: &HeaderMap,
        content: Option<&Content>,
        broken: &Broken,
    ) -> Result<Request, Failure> {
        let body = match content {
            None => Body::empty(),
            Some(Content::Bytes(bytes)) => Body::from(bytes.clone()),
            Some(Content::Replay(replay)) => {
                let broken = broken.clone();
                let pieces = replay.read().map(move |piece| piece.map_err(|error| broken.note(error)));
                Body::from_stream(pieces).with_length(replay.size())
            }
        };
        let request = http::Request::builder().method(method).uri(self.url.as_str());
        let mut request = request.body(body).map_err(|_| Failure::Unusable("the address cannot be used"))?;
        RequestOptions::new("storage").attach(&mut request);
        request.headers_mut().extend(headers.clone());
        if let Some(content) = content {
            request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(content.size()));
        }
        if let Some(token) = &self.token {
            let bearer = HeaderValue::try_from(format!("Bearer {}", token.expose()));
            let mut bearer = bearer.map_err(|_| Failure::Unusable("the token cannot be used"))?;
            bearer.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, bearer);
        }
        Ok(request)
    }
}

/// Where a source that cannot be read any more says so: the transport would call that a broken connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Broken(Arc<Mutex<Option<Arc<io::Error>>>>);

impl Broken {
    fn note(&self, error: io::Error) -> Error {
        let error = Arc::new(error);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&error));
        Error::reported(ErrorKind::InvalidRequest, Delivery::MaybeSent, error)
    }

    pub(super) fn get(&self) -> Option<Failure> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().map(Failure::Source)
    }
}
