//! The limits of time that HTTP has, for exchanges that never touch a socket.

use std::time::Duration;

use futures::StreamExt as _;
use snowflake_client::transport::{
    Body, BoxFuture, Delivery, Error, ErrorKind, Request, Response, Transport, TransportOptions,
};

/// Silence in an answer that is longer than this is a stall, as over HTTP.
const SILENCE: Duration = Duration::from_secs(20);

/// Ends exchanges that stand still, as [`HttpTransport`](snowflake_client::transport::HttpTransport) does.
#[derive(Debug)]
pub(crate) struct Limits<T> {
    inner: T,
    first_byte: Duration,
}

impl<T> Limits<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, first_byte: TransportOptions::default().first_byte_timeout }
    }

    pub(crate) fn inner(&self) -> &T {
        &self.inner
    }
}

impl<T: Transport> Transport for Limits<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let response = tokio::time::timeout(self.first_byte, self.inner.send(request));
            let late = |_| Error::reported(ErrorKind::Timeout, Delivery::MaybeSent, "no first byte");
            Ok(response.await.map_err(late)??.map(watched))
        })
    }
}

fn watched(body: Body) -> Body {
    // Bytes are there already.
    if body.as_bytes().is_some() {
        return body;
    }
    let pieces = Box::pin(body.into_stream());
    Body::from_stream(futures::stream::unfold(Some(pieces), |pieces| async {
        let mut pieces = pieces?;
        match tokio::time::timeout(SILENCE, pieces.next()).await {
            Ok(piece) => piece.map(|piece| (piece, Some(pieces))),
            Err(_silence) => {
                let stalled = Error::reported(ErrorKind::Stalled, Delivery::MaybeSent, "silence");
                Some((Err(stalled), None))
            }
        }
    }))
}
