//! An exchange in process: what a client's transport does around a service that it calls directly.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use snowflake_transport::{
    Body, ContentEncoding, Delivery, Error, ErrorKind, Request, RequestOptions, Response,
};

use super::call::{Call, MAX_BODY};
use super::reply::Reply;

/// Hands a request to a service, and its answer back, within the limits that the request states.
/// `address` stands in for a missing `Host`.
pub(crate) async fn exchange<F>(
    request: Request,
    address: &str,
    answer: impl FnOnce(Call) -> F,
) -> Result<Response, Error>
where
    F: Future<Output = Reply>,
{
    let options = RequestOptions::of(&request);
    let (parts, body) = request.into_parts();
    let answered = async {
        let body = body.collect(MAX_BODY).await?;
        let reply = answer(Call::new(parts, body, address)).await;
        delivered(reply, &options)
    };
    let Some(limit) = options.total_timeout else { return answered.await };
    match tokio::time::timeout(limit, answered).await {
        Ok(answer) => answer,
        Err(elapsed) => Err(Error::reported(ErrorKind::Timeout, Delivery::MaybeSent, elapsed)),
    }
}

fn delivered(reply: Reply, options: &RequestOptions) -> Result<Response, Error> {
    let (mut parts, mut body) = reply.into_response().into_parts();
    let is_gzip = parts.headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip");
    if is_gzip && options.content_encoding == ContentEncoding::Undo {
        parts.headers.remove(CONTENT_ENCODING);
        parts.headers.remove(CONTENT_LENGTH);
        body = inflate(&body)?;
    }
    // The answer to a HEAD states the length of what it does not bring.
    parts.headers.entry(CONTENT_LENGTH).or_insert_with(|| body.len().into());
    if options.body_cap.is_some_and(|cap| body.len() > cap) {
        let cause = "the answer is larger than the cap";
        return Err(Error::reported(ErrorKind::TooLarge, Delivery::MaybeSent, cause));
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn inflate(body: &Bytes) -> Result<Bytes, Error> {
    let mut inflated = Vec::new();
    match MultiGzDecoder::new(body.as_ref()).read_to_end(&mut inflated) {
        Ok(_) => Ok(inflated.into()),
        Err(error) => Err(Error::reported(ErrorKind::Content, Delivery::MaybeSent, error)),
    }
}
