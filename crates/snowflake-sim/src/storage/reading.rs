//! GET and HEAD of an object, which differ between the dialects in little but names.

use bytes::Bytes;
use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderName, LAST_MODIFIED};
use http::{HeaderMap, Method, Response, StatusCode};

use super::conditions::for_reading;
use super::credentials::Cloud;
use super::date;
use super::object::Object;
use super::range::{Asked, asked};
use super::refusal::{Refusal, unmet};
use super::response::insert;
use super::visit::Visit;

/// Answers with an object, or with what is known about it.
pub(super) fn answer(visit: &Visit<'_>, object: Option<&mut Object>) -> Result<Response<Bytes>, Refusal> {
    let object = object.ok_or_else(|| Refusal::missing(visit.cloud))?;
    for_reading(visit, object).map_err(|not| unmet(visit.cloud, not))?;
    let is_head = visit.call.method == Method::HEAD;
    let range = visit.header("x-ms-range").filter(|_| visit.cloud == Cloud::Azure);
    let range = range.or_else(|| visit.header("range")).filter(|_| !is_head);
    let size = object.size();
    let mut response = Response::new(Bytes::new());
    let length = match asked(range, size) {
        Asked::Beyond => return Err(beyond(size)),
        Asked::All => {
            if !is_head {
                // Joined once, it is not copied for the next reader.
                object.content.join();
                *response.body_mut() = object.content.to_bytes();
            }
            size
        }
        Asked::Some(range) => {
            let stated = format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1));
            insert(response.headers_mut(), CONTENT_RANGE, &stated);
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            let length = range.len();
            *response.body_mut() = object.content.slice(range).to_bytes();
            length
        }
    };
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
    describe(response.headers_mut(), visit.cloud, object);
    Ok(response)
}

fn describe(headers: &mut HeaderMap, cloud: Cloud, object: &Object) {
    object.description.write(headers, cloud);
    insert(headers, ETAG, &object.etag);
    insert(headers, LAST_MODIFIED, &date::http(object.modified));
    insert(headers, ACCEPT_RANGES, "bytes");
    match cloud {
        Cloud::S3 => {}
        Cloud::Azure => insert(headers, HeaderName::from_static("x-ms-blob-type"), "BlockBlob"),
        Cloud::Gcs => {
            let generation = object.generation.to_string();
            insert(headers, HeaderName::from_static("x-goog-generation"), &generation);
            let size = object.size().to_string();
            insert(headers, HeaderName::from_static("x-goog-stored-content-length"), &size);
        }
    }
}

fn beyond(size: usize) -> Refusal {
    let status = StatusCode::RANGE_NOT_SATISFIABLE;
    Refusal::new(status, "InvalidRange", "The requested range is not satisfiable")
        .with_header("content-range", format!("bytes */{size}"))
}
