//! Uploads in numbered parts, as S3 has them and Google Cloud Storage too.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Response, StatusCode};

use super::conditions::for_writing;
use super::content::Content;
use super::description::Description;
use super::refusal::{Refusal, unmet};
use super::response::{NAMESPACE, status, tagged, xml};
use super::state::{Shared, State};
use super::uploads::{Multipart, Part};
use super::visit::Visit;
use super::xml::{elements, escape};

/// The smallest part but the last.
const LEAST: usize = 5 << 20;
/// The greatest number of a part.
const MOST: u32 = 10_000;

/// Begins an upload.
pub(super) fn begin(shared: &Shared, state: &mut State, visit: &Visit<'_>) -> Response<Bytes> {
    let id = shared.entropy.uuid().simple().to_string();
    let upload = Multipart {
        cloud: visit.cloud,
        key: visit.key().to_owned(),
        description: Description::of(&visit.call.headers, visit.cloud),
        parts: BTreeMap::new(),
    };
    let body = format!(
        "<InitiateMultipartUploadResult xmlns=\"{NAMESPACE}\"><Bucket>{}</Bucket><Key>{}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>",
        visit.cloud.bucket(),
        escape(visit.key()),
    );
    state.uploads.multipart.insert(id, upload);
    xml(&body)
}

/// Takes a part. One that comes again replaces the one that was there.
pub(super) fn part(
    state: &mut State,
    visit: &Visit<'_>,
    content: Content,
) -> Result<Response<Bytes>, Refusal> {
    let number = visit.argument("partNumber").and_then(|number| number.parse().ok());
    let Some(number) = number.filter(|number| (1..=MOST).contains(number)) else {
        return Err(Refusal::bad(
            "InvalidArgument",
            "Part number must be an integer between 1 and 10000, inclusive",
        ));
    };
    let (_, etag) = state.next();
    let upload = find(state, visit)?;
    upload.parts.insert(number, Part { etag: etag.clone(), content });
    Ok(tagged(StatusCode::OK, &etag))
}

/// Makes an object of the parts.
pub(super) fn complete(
    shared: &Shared,
    state: &mut State,
    visit: &Visit<'_>,
) -> Result<Response<Bytes>, Refusal> {
    let named = std::str::from_utf8(&visit.call.body).ok().and_then(parts);
    let malformed =
        "The XML you provided was not well-formed or did not validate against our published schema";
    let named = named.ok_or_else(|| Refusal::bad("MalformedXML", malformed))?;
    let content = joined(find(state, visit)?, &named)?;
    for_writing(visit, state.objects.get(visit.key())).map_err(|not| unmet(visit.cloud, not))?;
    let upload = visit.argument("uploadId").and_then(|id| state.uploads.multipart.remove(id));
    let description = upload.map(|upload| upload.description).unwrap_or_default();
    let etag = shared.write(state, visit.key(), content, description, Vec::new());
    Ok(xml(&format!(
        "<CompleteMultipartUploadResult xmlns=\"{NAMESPACE}\"><Bucket>{}</Bucket><Key>{}</Key><ETag>{}</ETag></CompleteMultipartUploadResult>",
        visit.cloud.bucket(),
        escape(visit.key()),
        escape(&etag),
    )))
}

/// Forgets an upload.
pub(super) fn abort(state: &mut State, visit: &Visit<'_>) -> Result<Response<Bytes>, Refusal> {
    find(state, visit)?;
    visit.argument("uploadId").and_then(|id| state.uploads.multipart.remove(id));
    Ok(status(StatusCode::NO_CONTENT))
}

fn find<'a>(state: &'a mut State, visit: &Visit<'_>) -> Result<&'a mut Multipart, Refusal> {
    let upload = visit.argument("uploadId").and_then(|id| state.uploads.multipart.get_mut(id));
    let upload = upload.filter(|upload| upload.cloud == visit.cloud && upload.key == visit.key());
    upload.ok_or_else(|| {
        let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
        Refusal::new(StatusCode::NOT_FOUND, "NoSuchUpload", message)
    })
}

/// The numbers and tags of a list of parts, of which there is at least one.
fn parts(document: &str) -> Option<Vec<(u32, String)>> {
    let (mut parts, mut number, mut etag) = (Vec::new(), None, None);
    for element in elements(document) {
        match (element.name, element.text) {
            ("PartNumber", Some(text)) => number = text.parse().ok(),
            ("ETag", Some(text)) => etag = Some(text.into_owned()),
            ("Part", _) => parts.push((number.take()?, etag.take()?)),
            _ => {}
        }
    }
    (!parts.is_empty()).then_some(parts)
}

fn joined(upload: &Multipart, named: &[(u32, String)]) -> Result<Content, Refusal> {
    if !named.is_sorted_by(|(a, _), (b, _)| a < b) {
        let message = "The list of parts was not in ascending order. Parts must be ordered by part number.";
        return Err(Refusal::bad("InvalidPartOrder", message));
    }
    let mut content = Content::default();
    for (position, (number, etag)) in named.iter().enumerate() {
        let part = upload.parts.get(number);
        let part = part.filter(|part| part.etag.trim_matches('"') == etag.trim_matches('"'));
        let Some(part) = part else {
            let message = "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
            return Err(Refusal::bad("InvalidPart", message));
        };
        if position + 1 < named.len() && part.content.len() < LEAST {
            let message = "Your proposed upload is smaller than the minimum allowed size";
            return Err(Refusal::bad("EntityTooSmall", message));
        }
        content.append(&part.content);
    }
    Ok(content)
}
