//! What a request in the dialect of Azure wants, and the answer to it.

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use crate::storage::conditions::for_writing;
use crate::storage::description::Description;
use crate::storage::reading;
use crate::storage::refusal::{Refusal, unmet};
use crate::storage::response::{status, tagged};
use crate::storage::served::Operation;
use crate::storage::state::{Shared, State};
use crate::storage::store::Answer;
use crate::storage::visit::Visit;

use super::{authorize, blocks, list};

/// Answers a request.
pub(in crate::storage) fn answer(shared: &Shared, visit: &Visit<'_>) -> Answer {
    let operation = operation(visit);
    let part = visit.argument("blockid").filter(|_| operation == Operation::Part).map(str::to_owned);
    let result = authorize::check(shared, visit)
        .and_then(|()| perform(shared, &mut shared.state(), visit, operation))
        .map(|mut response| {
            let version = visit.call.headers.get("x-ms-version");
            version.map(|version| response.headers_mut().insert("x-ms-version", version.clone()));
            response
        });
    Answer { operation, part, result }
}

fn operation(visit: &Visit<'_>) -> Operation {
    let kind = visit.argument("comp");
    match (&visit.call.method, visit.key().is_empty(), kind) {
        (&Method::GET, true, Some("list")) => Operation::List,
        (&Method::GET | &Method::HEAD, true, None) => Operation::Probe,
        (&Method::PUT, false, Some("block")) => Operation::Part,
        (&Method::PUT, false, Some("blocklist")) => Operation::Complete,
        (&Method::PUT, false, None) if visit.header("x-ms-copy-source").is_none() => Operation::Put,
        (&Method::GET, false, None) => Operation::Get,
        (&Method::HEAD, false, None) => Operation::Head,
        (&Method::DELETE, false, None) => Operation::Delete,
        _ => Operation::Other,
    }
}

fn perform(
    shared: &Shared,
    state: &mut State,
    visit: &Visit<'_>,
    operation: Operation,
) -> Result<Response<Bytes>, Refusal> {
    match operation {
        Operation::Get | Operation::Head => reading::answer(visit, state.objects.get_mut(visit.key())),
        Operation::Put => put(shared, state, visit),
        Operation::Delete => match state.objects.remove(visit.key()) {
            Some(_) => Ok(status(StatusCode::ACCEPTED)),
            None => Err(Refusal::missing(visit.cloud)),
        },
        Operation::Part => blocks::put(state, visit),
        Operation::Complete => blocks::commit(shared, state, visit),
        Operation::List => Ok(list::list(visit, &state.objects)),
        Operation::Probe => Ok(status(StatusCode::OK)),
        Operation::Begin | Operation::Abort | Operation::Other => Err(Refusal::unknown()),
    }
}

fn put(shared: &Shared, state: &mut State, visit: &Visit<'_>) -> Result<Response<Bytes>, Refusal> {
    match visit.header("x-ms-blob-type") {
        None => {
            let message = "An HTTP header that's mandatory for this request is not specified.";
            return Err(Refusal::bad("MissingRequiredHeader", message));
        }
        Some(kind) if !kind.eq_ignore_ascii_case("BlockBlob") => {
            let message = "The value for one of the HTTP headers is not in the correct format.";
            return Err(Refusal::bad("InvalidHeaderValue", message));
        }
        Some(_) => {}
    }
    for_writing(visit, state.objects.get(visit.key())).map_err(|not| unmet(visit.cloud, not))?;
    let mut description = Description::of(&visit.call.headers, visit.cloud);
    // A whole blob may be described by the plain headers too.
    let plain = |name| visit.header(name).filter(|value| !value.is_empty()).map(str::to_owned);
    description.content_type = description.content_type.or_else(|| plain("content-type"));
    description.content_encoding = description.content_encoding.or_else(|| plain("content-encoding"));
    named(&description)?;
    state.uploads.blocks.remove(visit.key());
    let body = visit.call.body.clone().into();
    let etag = shared.write(state, visit.key(), body, description, Vec::new());
    Ok(tagged(StatusCode::CREATED, &etag))
}

/// Refuses names of metadata that are no identifiers.
pub(super) fn named(description: &Description) -> Result<(), Refusal> {
    let is_identifier = |name: &String| {
        !name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if description.metadata.keys().all(is_identifier) {
        return Ok(());
    }
    let message = "The metadata specified is invalid. It has characters that are not permitted.";
    Err(Refusal::bad("InvalidMetadata", message))
}
