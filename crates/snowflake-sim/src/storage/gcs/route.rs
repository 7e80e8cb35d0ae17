//! What a request in the dialect of Google Cloud Storage wants, and the answer to it.

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use crate::storage::conditions::for_writing;
use crate::storage::description::Description;
use crate::storage::refusal::{Refusal, unmet};
use crate::storage::response::{insert, status, tagged};
use crate::storage::served::Operation;
use crate::storage::state::{Shared, State};
use crate::storage::store::Answer;
use crate::storage::visit::Visit;
use crate::storage::{multipart, reading, s3};

use super::{authorize, resumable};

/// Answers a request.
pub(in crate::storage) fn answer(shared: &Shared, visit: &Visit<'_>) -> Answer {
    let operation = operation(visit);
    let part = match operation {
        Operation::Part => {
            visit.argument("partNumber").map(str::to_owned).or_else(|| resumable::piece(visit))
        }
        _ => None,
    };
    let result =
        authorize::check(shared, visit).and_then(|()| perform(shared, &mut shared.state(), visit, operation));
    Answer { operation, part, result }
}

fn operation(visit: &Visit<'_>) -> Operation {
    let has = |name| visit.argument(name).is_some();
    match (&visit.call.method, visit.key().is_empty()) {
        (&Method::GET, true) if has("uploads") => Operation::Other,
        (&Method::GET, true) => Operation::List,
        (&Method::HEAD, true) => Operation::Probe,
        (&Method::PUT, false) if visit.header("x-goog-copy-source").is_some() => Operation::Other,
        (&Method::PUT, false) if has("uploadId") || has("upload_id") => Operation::Part,
        (&Method::PUT, false) => Operation::Put,
        (&Method::POST, false) if has("uploads") || is_start(visit) => Operation::Begin,
        (&Method::POST, false) if has("uploadId") => Operation::Complete,
        (&Method::DELETE, false) if has("uploadId") || has("upload_id") => Operation::Abort,
        (&Method::DELETE, false) => Operation::Delete,
        (&Method::GET, false) => Operation::Get,
        (&Method::HEAD, false) => Operation::Head,
        _ => Operation::Other,
    }
}

fn is_start(visit: &Visit<'_>) -> bool {
    visit.header("x-goog-resumable").is_some_and(|value| value.eq_ignore_ascii_case("start"))
}

fn perform(
    shared: &Shared,
    state: &mut State,
    visit: &Visit<'_>,
    operation: Operation,
) -> Result<Response<Bytes>, Refusal> {
    let is_resumable = visit.argument("upload_id").is_some();
    match operation {
        Operation::Get | Operation::Head => reading::answer(visit, state.objects.get_mut(visit.key())),
        Operation::Put => put(shared, state, visit),
        Operation::Delete => match state.objects.remove(visit.key()) {
            Some(_) => Ok(status(StatusCode::NO_CONTENT)),
            None => Err(Refusal::missing(visit.cloud)),
        },
        Operation::Begin if is_start(visit) => resumable::begin(shared, state, visit),
        Operation::Begin => Ok(multipart::begin(shared, state, visit)),
        Operation::Part if is_resumable => resumable::piece_of(shared, state, visit),
        Operation::Part => multipart::part(state, visit, visit.call.body.clone().into()),
        Operation::Complete => multipart::complete(shared, state, visit),
        Operation::Abort if is_resumable => resumable::cancel(state, visit),
        Operation::Abort => multipart::abort(state, visit),
        Operation::List => Ok(s3::list(visit, &state.objects)),
        Operation::Probe => Ok(status(StatusCode::OK)),
        Operation::Other => Err(Refusal::unknown()),
    }
}

fn put(shared: &Shared, state: &mut State, visit: &Visit<'_>) -> Result<Response<Bytes>, Refusal> {
    for_writing(visit, state.objects.get(visit.key())).map_err(|not| unmet(visit.cloud, not))?;
    let description = Description::of(&visit.call.headers, visit.cloud);
    shared.write(state, visit.key(), visit.call.body.clone().into(), description, Vec::new());
    Ok(written(state, visit.key()))
}

/// The answer to what wrote an object.
pub(super) fn written(state: &State, key: &str) -> Response<Bytes> {
    let Some(object) = state.objects.get(key) else { return status(StatusCode::OK) };
    let mut response = tagged(StatusCode::OK, &object.etag);
    let name = http::HeaderName::from_static("x-goog-generation");
    insert(response.headers_mut(), name, &object.generation.to_string());
    response
}
