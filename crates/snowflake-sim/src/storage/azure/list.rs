//! Listings in the words of Azure.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bytes::Bytes;
use http::Response;

use crate::storage::date;
use crate::storage::listing::{Wish, page};
use crate::storage::object::Object;
use crate::storage::response::xml;
use crate::storage::visit::Visit;
use crate::storage::xml::escape;

/// The longest page.
const LONGEST: usize = 5000;

/// Answers with a page of a listing.
pub(super) fn list(visit: &Visit<'_>, objects: &BTreeMap<String, Object>) -> Response<Bytes> {
    let argument = |name| visit.argument(name).unwrap_or_default();
    let limit = visit.argument("maxresults").and_then(|limit| limit.parse().ok()).unwrap_or(LONGEST);
    let wish = Wish {
        prefix: argument("prefix"),
        delimiter: argument("delimiter"),
        after: argument("marker"),
        limit: limit.clamp(1, LONGEST),
    };
    let page = page(objects, &wish);
    let mut body = format!(
        "<EnumerationResults ContainerName=\"{}\"><Prefix>{}</Prefix><Blobs>",
        visit.cloud.bucket(),
        escape(wish.prefix)
    );
    for object in page.objects {
        let _ = write!(
            body,
            "<Blob><Name>{}</Name><Properties><Last-Modified>{}</Last-Modified><Etag>{}</Etag><Content-Length>{}</Content-Length><Content-Type>{}</Content-Type><BlobType>BlockBlob</BlobType></Properties></Blob>",
            escape(&object.key),
            date::http(object.modified),
            escape(&object.etag),
            object.size(),
            escape(object.description.content_type.as_deref().unwrap_or("application/octet-stream")),
        );
    }
    for prefix in page.prefixes {
        let _ = write!(body, "<BlobPrefix><Name>{}</Name></BlobPrefix>", escape(prefix));
    }
    let _ = write!(
        body,
        "</Blobs><NextMarker>{}</NextMarker></EnumerationResults>",
        escape(page.next.unwrap_or_default())
    );
    xml(&body)
}
