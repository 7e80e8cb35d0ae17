//! Answers that never came from the service, and answers that did and are changed on the way.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, DATE, HeaderValue};
use http::{HeaderName, StatusCode};
use snowflake_transport::{Body, Clock, Delivery, Error, ErrorKind, RequestOptions, Response};

use super::super::verb::{Action, Cut};
use super::{arrow, body, date, gzip, json};

/// An answer of our own.
pub(super) fn made(code: u16, headers: &[(String, String)], body: &Bytes) -> Result<Response, Error> {
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

/// The same answer from a service whose clock is wrong.
pub(super) fn skewed(mut response: Response, seconds: i64, clock: &dyn Clock) -> Response {
    let stated = response.headers().get(DATE).and_then(|value| date::parse(value.to_str().ok()?));
    let shifted = stated.unwrap_or_else(|| clock.wall()).saturating_add(time::Duration::seconds(seconds));
    if let Some(value) = date::format(shifted).and_then(|text| HeaderValue::try_from(text).ok()) {
        response.headers_mut().insert(DATE, value);
    }
    response
}

/// The answer with its body changed.
pub(super) async fn damaged(
    response: Response,
    action: Action,
    options: &RequestOptions,
) -> Result<Response, Error> {
    let (mut head, wire) = response.into_parts();
    let wire = match action {
        // A pace changes nothing of what arrives.
        Action::Drip { per_second } => return Ok(Response::from_parts(head, body::drip(wire, per_second))),
        Action::Slice { at_most } => return Ok(Response::from_parts(head, body::slice(wire, at_most))),
        Action::Cut { after, how } => {
            if how != Cut::Short {
                head.headers.remove(CONTENT_LENGTH);
            }
            let whole = wire.collect(usize::MAX).await?;
            return Ok(Response::from_parts(head, body::cut(&whole, after, how)));
        }
        Action::Gzip(how) => {
            let whole = wire.collect(usize::MAX).await?;
            return Ok(gzip::apply(head, whole, how, options));
        }
        action => match change(action) {
            Some(change) => {
                let whole = wire.collect(usize::MAX).await?;
                head.headers.remove(CONTENT_LENGTH);
                change(whole).into()
            }
            None => wire,
        },
    };
    Ok(Response::from_parts(head, wire))
}

type Change = Box<dyn FnOnce(Bytes) -> Bytes + Send>;

/// How a fault changes the bytes of a body; `None` if it is about something else.
fn change(action: Action) -> Option<Change> {
    Some(match action {
        Action::FlipBit(bit) => Box::new(move |whole| body::flip(whole, [bit])),
        Action::FlipBits { count, seed } => Box::new(move |whole| {
            let bits = body::seeded_bits(whole.len(), count, seed);
            body::flip(whole, bits)
        }),
        Action::Replace(body) => Box::new(move |_whole| body),
        Action::JsonSet { pointer, value } => {
            Box::new(move |whole| json::edit(whole, |json| json::set(json, &pointer, value)))
        }
        Action::JsonRemove { pointer } => {
            Box::new(move |whole| json::edit(whole, |json| json::remove(json, &pointer)))
        }
        Action::PatchJson(patch) => Box::new(move |whole| json::edit(whole, |json| patch(json))),
        Action::Arrow(damage) => Box::new(move |whole| arrow::damage_body(whole, damage)),
        _ => return None,
    })
}
