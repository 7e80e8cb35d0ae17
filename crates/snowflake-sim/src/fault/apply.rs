//! Makes an exchange go wrong.

use bytes::{Bytes, BytesMut};
use futures::stream::{self, StreamExt as _};
use http::header::CONTENT_LENGTH;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;
use snowflake_transport::{Body, Delivery, Error, ErrorKind, Request, Response, Transport};

use super::rule::{Cut, Verb};

/// Applies what befalls the request, sends it if that leaves anything to send, and applies what
/// befalls the answer.
pub(super) async fn exchange<T: Transport>(
    inner: &T,
    request: Request,
    verbs: Vec<Verb>,
) -> Result<Response, Error> {
    for verb in &verbs {
        match verb {
            Verb::Delay(by) => tokio::time::sleep(*by).await,
            Verb::Reset => {
                return Err(Error::reported(ErrorKind::Reset, Delivery::NotSent, "reset before sending"));
            }
            Verb::Stall => std::future::pending().await,
            Verb::Status { code, headers, body } => return answer(*code, headers, body),
            _ => {}
        }
    }
    let mut response = inner.send(request).await?;
    for verb in verbs {
        response = befall(response, verb).await?;
    }
    Ok(response)
}

async fn befall(response: Response, verb: Verb) -> Result<Response, Error> {
    match verb {
        Verb::LoseResponse => {
            // The service finishes its work before the answer is lost.
            response.into_body().collect(usize::MAX).await?;
            Err(Error::reported(ErrorKind::Reset, Delivery::MaybeSent, "the answer was lost"))
        }
        Verb::Cut { after, how } => changed(response, |body| cut(&body, after, how)).await,
        Verb::FlipBit(bit) => changed(response, |body| flip(body, bit).into()).await,
        Verb::Replace(body) => changed(response, |_whole| body.into()).await,
        Verb::PatchJson(patch) => {
            changed(response, |body| match serde_json::from_slice::<Value>(&body) {
                Ok(mut value) => {
                    patch(&mut value);
                    value.to_string().into()
                }
                Err(_not_json) => body.into(),
            })
            .await
        }
        Verb::Status { .. } | Verb::Reset | Verb::Stall | Verb::Delay(_) => Ok(response),
    }
}

async fn changed(response: Response, change: impl FnOnce(Bytes) -> Body) -> Result<Response, Error> {
    let (mut head, body) = response.into_parts();
    head.headers.remove(CONTENT_LENGTH);
    let body = change(body.collect(usize::MAX).await?);
    Ok(http::Response::from_parts(head, body))
}

fn cut(body: &Bytes, after: usize, how: Cut) -> Body {
    let kept = body.slice(..after.min(body.len()));
    let end = match how {
        Cut::Clean => return kept.into(),
        Cut::Stall => stream::pending().boxed(),
        Cut::Short => failing(ErrorKind::Truncated, "the body was cut").boxed(),
        Cut::Reset => failing(ErrorKind::Reset, "reset in the body").boxed(),
    };
    Body::from_stream(stream::iter([Ok(kept)]).chain(end))
}

fn failing(kind: ErrorKind, cause: &'static str) -> impl futures::Stream<Item = Result<Bytes, Error>> + Send {
    stream::iter([Err(Error::reported(kind, Delivery::MaybeSent, cause))])
}

fn flip(body: Bytes, bit: usize) -> Bytes {
    let mut bytes = BytesMut::from(body);
    if let Some(byte) = bytes.get_mut(bit / 8) {
        *byte ^= 1 << (bit % 8);
    }
    bytes.freeze()
}

fn answer(code: u16, headers: &[(String, String)], body: &Bytes) -> Result<Response, Error> {
    let unusable = |_invalid| {
        Error::reported(ErrorKind::InvalidRequest, Delivery::NotSent, "the rule's answer is not HTTP")
    };
    let mut response = Response::new(Body::from(body.clone()));
    *response.status_mut() = StatusCode::from_u16(code).map_err(http::Error::from).map_err(unusable)?;
    for (name, value) in headers {
        let name = HeaderName::try_from(name).map_err(http::Error::from).map_err(unusable)?;
        let value = HeaderValue::try_from(value).map_err(http::Error::from).map_err(unusable)?;
        response.headers_mut().append(name, value);
    }
    Ok(response)
}
