//! The server as a transport, without a socket: the same routes, called directly.

use std::io::Read as _;
use std::sync::Arc;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use snowflake_transport::{
    Body, BoxFuture, ContentEncoding, Delivery, Error, ErrorKind, Request, RequestOptions, Response,
    Transport,
};

use super::call::{Call, MAX_BODY};
use super::reply::Reply;
use crate::server::routes;
use crate::server::state::Shared;

/// A transport that hands every request to one server, whatever host it names.
#[derive(Clone, Debug)]
pub(in crate::server) struct InProcess {
    shared: Arc<Shared>,
    address: Arc<str>,
}

impl InProcess {
    pub(in crate::server) fn new(shared: Arc<Shared>, address: impl Into<Arc<str>>) -> Self {
        Self { shared, address: address.into() }
    }

    async fn exchange(&self, request: Request) -> Result<Response, Error> {
        let options = RequestOptions::of(&request);
        let (parts, body) = request.into_parts();
        let body = body.collect(MAX_BODY).await?;
        let reply = match Call::new(parts, body, &self.address) {
            Err(_) => Reply::bad_request("The body cannot be inflated."),
            Ok(call) => routes::answer(&self.shared, call).await,
        };
        let (mut parts, mut body) = reply.into_response().into_parts();
        let is_gzip = parts.headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip");
        if is_gzip && options.content_encoding == ContentEncoding::Undo {
            parts.headers.remove(CONTENT_ENCODING);
            body = inflate(&body)?;
        }
        parts.headers.insert(CONTENT_LENGTH, body.len().into());
        let cap = options.body_cap.unwrap_or(usize::MAX);
        if body.len() > cap {
            return Err(Error::reported(
                ErrorKind::TooLarge,
                Delivery::MaybeSent,
                "the answer is larger than the cap",
            ));
        }
        Ok(Response::from_parts(parts, Body::from(body)))
    }
}

impl Transport for InProcess {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let limit = RequestOptions::of(&request).total_timeout;
        Box::pin(async move {
            let Some(limit) = limit else { return self.exchange(request).await };
            match tokio::time::timeout(limit, self.exchange(request)).await {
                Ok(answer) => answer,
                Err(elapsed) => Err(Error::reported(ErrorKind::Timeout, Delivery::MaybeSent, elapsed)),
            }
        })
    }
}

fn inflate(body: &Bytes) -> Result<Bytes, Error> {
    let mut inflated = Vec::new();
    match MultiGzDecoder::new(body.as_ref()).read_to_end(&mut inflated) {
        Ok(_) => Ok(inflated.into()),
        Err(error) => Err(Error::reported(ErrorKind::Content, Delivery::MaybeSent, error)),
    }
}
