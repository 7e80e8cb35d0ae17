//! Blobs in blocks: what was put is invisible until a list commits it.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Response, StatusCode};

use super::route::named;
use crate::storage::conditions::for_writing;
use crate::storage::content::Content;
use crate::storage::description::Description;
use crate::storage::object::{Blocks, Object};
use crate::storage::refusal::{Refusal, unmet};
use crate::storage::response::{status, tagged};
use crate::storage::state::{Shared, State};
use crate::storage::visit::Visit;
use crate::storage::xml::elements;

/// Takes a block. One that comes again replaces the one that was there.
pub(super) fn put(state: &mut State, visit: &Visit<'_>) -> Result<Response<Bytes>, Refusal> {
    let id = visit.argument("blockid").filter(|id| !id.is_empty() && id.len() <= 88);
    let id = id.ok_or_else(|| {
        let message = "Value for one of the query parameters specified in the request URI is invalid.";
        Refusal::bad("InvalidQueryParameterValue", message)
    })?;
    let blocks = state.uploads.blocks.entry(visit.key().to_owned()).or_default();
    if blocks.keys().next().is_some_and(|other| other.len() != id.len()) {
        return Err(Refusal::bad("InvalidBlobOrBlock", "The specified blob or block content is invalid."));
    }
    blocks.insert(id.to_owned(), visit.call.body.clone());
    Ok(status(StatusCode::CREATED))
}

/// Makes a blob of blocks; all others of the blob are forgotten.
pub(super) fn commit(
    shared: &Shared,
    state: &mut State,
    visit: &Visit<'_>,
) -> Result<Response<Bytes>, Refusal> {
    let document = std::str::from_utf8(&visit.call.body)
        .map_err(|_| Refusal::bad("InvalidXmlDocument", "XML specified is not syntactically valid."))?;
    let there = state.objects.get(visit.key());
    for_writing(visit, there).map_err(|not| unmet(visit.cloud, not))?;
    let description = Description::of(&visit.call.headers, visit.cloud);
    named(&description)?;
    let (content, blocks) = assemble(document, state.uploads.blocks.get(visit.key()), there)
        .ok_or_else(|| Refusal::bad("InvalidBlockList", "The specified block list is invalid."))?;
    state.uploads.blocks.remove(visit.key());
    let etag = shared.write(state, visit.key(), content, description, blocks);
    Ok(tagged(StatusCode::CREATED, &etag))
}

/// The bytes of the blocks that a list names, and where each block lies.
fn assemble(
    document: &str,
    uncommitted: Option<&BTreeMap<String, Bytes>>,
    there: Option<&Object>,
) -> Option<(Content, Blocks)> {
    let fresh = |id: &str| uncommitted.and_then(|blocks| blocks.get(id)).cloned().map(Content::from);
    let old = |id: &str| {
        let object = there?;
        let (_, range) = object.blocks.iter().find(|(known, _)| known == id)?;
        Some(object.content.slice(range.clone()))
    };
    let (mut content, mut blocks) = (Content::default(), Blocks::new());
    for element in elements(document) {
        let id = element.text.unwrap_or_default();
        let block = match element.name {
            "Latest" => fresh(&id).or_else(|| old(&id))?,
            "Uncommitted" => fresh(&id)?,
            "Committed" => old(&id)?,
            _ => continue,
        };
        blocks.push((id.into_owned(), content.append(&block)));
    }
    Some((content, blocks))
}
