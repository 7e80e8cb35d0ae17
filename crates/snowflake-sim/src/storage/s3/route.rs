//! What a request in the dialect of S3 wants, and the answer to it.

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use crate::storage::conditions::for_writing;
use crate::storage::content::Content;
use crate::storage::description::Description;
use crate::storage::refusal::{Refusal, unmet};
use crate::storage::response::{NAMESPACE, status, tagged, xml};
use crate::storage::served::Operation;
use crate::storage::state::Shared;
use crate::storage::store::Answer;
use crate::storage::visit::Visit;
use crate::storage::{multipart, reading};

use super::{authorize, chunked, list};

/// Answers a request.
pub(in crate::storage) fn answer(shared: &Shared, visit: &Visit<'_>) -> Answer {
    let operation = operation(visit);
    let part = visit.argument("partNumber").filter(|_| operation == Operation::Part).map(str::to_owned);
    let result = authorize::check(shared, visit)
        .and_then(|()| chunked::body(visit))
        .and_then(|content| perform(shared, visit, operation, content));
    Answer { operation, part, result }
}

fn operation(visit: &Visit<'_>) -> Operation {
    let has = |name| visit.argument(name).is_some();
    match (&visit.call.method, visit.key().is_empty()) {
        (&Method::GET, true) if has("accelerate") || has("location") => Operation::Probe,
        (&Method::GET, true) if has("uploads") => Operation::Other,
        (&Method::GET, true) => Operation::List,
        (&Method::HEAD, true) => Operation::Probe,
        (&Method::PUT, false) if visit.header("x-amz-copy-source").is_some() => Operation::Other,
        (&Method::PUT, false) if has("uploadId") => Operation::Part,
        (&Method::PUT, false) => Operation::Put,
        (&Method::POST, false) if has("uploads") => Operation::Begin,
        (&Method::POST, false) if has("uploadId") => Operation::Complete,
        (&Method::DELETE, false) if has("uploadId") => Operation::Abort,
        (&Method::DELETE, false) => Operation::Delete,
        (&Method::GET, false) if has("uploadId") => Operation::Other,
        (&Method::GET, false) => Operation::Get,
        (&Method::HEAD, false) => Operation::Head,
        _ => Operation::Other,
    }
}

fn perform(
    shared: &Shared,
    visit: &Visit<'_>,
    operation: Operation,
    content: Content,
) -> Result<Response<Bytes>, Refusal> {
    let state = &mut *shared.state();
    match operation {
        Operation::Get | Operation::Head => reading::answer(visit, state.objects.get_mut(visit.key())),
        Operation::Put => {
            for_writing(visit, state.objects.get(visit.key())).map_err(|not| unmet(visit.cloud, not))?;
            let description = Description::of(&visit.call.headers, visit.cloud);
            let etag = shared.write(state, visit.key(), content, description, Vec::new());
            Ok(tagged(StatusCode::OK, &etag))
        }
        Operation::Delete => {
            state.objects.remove(visit.key());
            Ok(status(StatusCode::NO_CONTENT))
        }
        Operation::Begin => Ok(multipart::begin(shared, state, visit)),
        Operation::Part => multipart::part(state, visit, content),
        Operation::Complete => multipart::complete(shared, state, visit),
        Operation::Abort => multipart::abort(state, visit),
        Operation::List => Ok(list(visit, &state.objects)),
        Operation::Probe => Ok(probe(visit, state.region.as_deref())),
        Operation::Other => Err(Refusal::unknown()),
    }
}

/// What drivers ask about the bucket before they use it.
fn probe(visit: &Visit<'_>, region: Option<&str>) -> Response<Bytes> {
    if visit.call.method == Method::HEAD {
        return status(StatusCode::OK);
    }
    if visit.argument("accelerate").is_some() {
        return xml(&format!("<AccelerateConfiguration xmlns=\"{NAMESPACE}\"></AccelerateConfiguration>"));
    }
    let region = region.unwrap_or("us-west-2");
    xml(&format!("<LocationConstraint xmlns=\"{NAMESPACE}\">{region}</LocationConstraint>"))
}
