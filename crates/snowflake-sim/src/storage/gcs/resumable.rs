//! Uploads in pieces one after the other, which can go on where they stopped.

use bytes::Bytes;
use http::header::{HeaderName, LOCATION, RANGE};
use http::{Response, StatusCode};

use super::route::written;
use crate::storage::conditions::{Unmet, for_writing};
use crate::storage::content::Content;
use crate::storage::description::Description;
use crate::storage::range::{self, Piece};
use crate::storage::refusal::{Refusal, unmet};
use crate::storage::response::{insert, status};
use crate::storage::state::{Shared, State};
use crate::storage::uploads::Resumable;
use crate::storage::visit::Visit;

/// Every piece but the last is a multiple of this.
const UNIT: usize = 256 << 10;

/// Begins an upload: the address in the answer is where its pieces go.
pub(super) fn begin(
    shared: &Shared,
    state: &mut State,
    visit: &Visit<'_>,
) -> Result<Response<Bytes>, Refusal> {
    for_writing(visit, state.objects.get(visit.key())).map_err(|not| unmet(visit.cloud, not))?;
    let id = format!("{}{}", shared.entropy.uuid().simple(), shared.entropy.uuid().simple());
    let location = format!("{}{}?upload_id={id}", visit.call.origin, visit.call.path);
    let upload = Resumable {
        key: visit.key().to_owned(),
        description: Description::of(&visit.call.headers, visit.cloud),
        content: Content::default(),
        creates: visit
            .header("x-goog-if-generation-match")
            .is_some_and(|generation| generation.trim() == "0"),
    };
    state.uploads.resumable.insert(id, upload);
    let mut response = status(StatusCode::CREATED);
    insert(response.headers_mut(), LOCATION, &location);
    Ok(response)
}

/// The bytes that a piece brings, as `first-last`.
pub(super) fn piece(visit: &Visit<'_>) -> Option<String> {
    let range = range::piece(visit.header("content-range")?)?.range?;
    Some(format!("{}-{}", range.start, range.end.saturating_sub(1)))
}

/// Takes a piece, or says how much has arrived. The last piece makes the object.
pub(super) fn piece_of(
    shared: &Shared,
    state: &mut State,
    visit: &Visit<'_>,
) -> Result<Response<Bytes>, Refusal> {
    let upload = find(state, visit)?;
    let body = &visit.call.body;
    let piece = match visit.header("content-range") {
        Some(header) => range::piece(header),
        // Everything that is missing, at once.
        None => {
            let start = upload.content.len();
            Some(Piece { range: Some(start..start + body.len()), total: Some(start + body.len()) })
        }
    };
    let piece = piece.ok_or_else(|| Refusal::bad("InvalidArgument", "Invalid Content-Range header."))?;
    if let Some(range) = &piece.range {
        if range.len() != body.len() {
            return Err(Refusal::bad(
                "InvalidArgument",
                "The Content-Range header does not match the length of the body.",
            ));
        }
        let is_last = piece.total == Some(range.end);
        if !is_last && !range.end.is_multiple_of(UNIT) {
            return Err(Refusal::bad(
                "InvalidArgument",
                "All but the last piece must be multiples of 256 KiB.",
            ));
        }
        // What has arrived before is passed over; what leaves a hole is not taken.
        if let Some(known) = upload.content.len().checked_sub(range.start) {
            upload.content.push(body.slice(known.min(body.len())..));
        }
    }
    if piece.total != Some(upload.content.len()) {
        return Ok(more(upload.content.len()));
    }
    finish(shared, state, visit)
}

/// The object is complete, unless somebody was faster.
fn finish(shared: &Shared, state: &mut State, visit: &Visit<'_>) -> Result<Response<Bytes>, Refusal> {
    find(state, visit)?;
    let upload = visit.argument("upload_id").and_then(|id| state.uploads.resumable.remove(id));
    if let Some(upload) = upload {
        if upload.creates && state.objects.contains_key(&upload.key) {
            return Err(unmet(visit.cloud, Unmet::Exists));
        }
        shared.write(state, &upload.key, upload.content, upload.description, Vec::new());
    }
    Ok(written(state, visit.key()))
}

/// Forgets an upload.
pub(super) fn cancel(state: &mut State, visit: &Visit<'_>) -> Result<Response<Bytes>, Refusal> {
    find(state, visit)?;
    visit.argument("upload_id").and_then(|id| state.uploads.resumable.remove(id));
    // The service says with this code that the client gave up.
    Ok(status(StatusCode::from_u16(499).unwrap_or(StatusCode::NO_CONTENT)))
}

/// So much has arrived, and there is more to come.
fn more(arrived: usize) -> Response<Bytes> {
    let mut response = status(StatusCode::PERMANENT_REDIRECT);
    if let Some(last) = arrived.checked_sub(1) {
        insert(response.headers_mut(), RANGE, &format!("bytes=0-{last}"));
    }
    insert(
        response.headers_mut(),
        HeaderName::from_static("x-goog-stored-content-length"),
        &arrived.to_string(),
    );
    response
}

fn find<'a>(state: &'a mut State, visit: &Visit<'_>) -> Result<&'a mut Resumable, Refusal> {
    let upload = visit.argument("upload_id").and_then(|id| state.uploads.resumable.get_mut(id));
    let upload = upload.filter(|upload| upload.key == visit.key());
    upload.ok_or_else(|| {
        Refusal::new(StatusCode::NOT_FOUND, "NoSuchUpload", "The requested upload was not found.")
    })
}
