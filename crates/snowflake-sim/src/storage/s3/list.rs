//! Listings in the words of S3, which Google Cloud Storage shares.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bytes::Bytes;
use http::Response;

use crate::storage::date;
use crate::storage::listing::{Wish, page};
use crate::storage::object::Object;
use crate::storage::response::{NAMESPACE, xml};
use crate::storage::visit::Visit;
use crate::storage::xml::escape;

/// The longest page.
const LONGEST: usize = 1000;

/// Answers with a page of a listing.
pub(in crate::storage) fn list(visit: &Visit<'_>, objects: &BTreeMap<String, Object>) -> Response<Bytes> {
    let argument = |name| visit.argument(name).unwrap_or_default();
    let continued = visit.argument("continuation-token").or_else(|| visit.argument("marker"));
    let limit = visit.argument("max-keys").and_then(|limit| limit.parse().ok()).unwrap_or(LONGEST);
    let wish = Wish {
        prefix: argument("prefix"),
        delimiter: argument("delimiter"),
        after: continued.unwrap_or(argument("start-after")),
        limit: limit.min(LONGEST),
    };
    let page = page(objects, &wish);
    let mut body = format!(
        "<ListBucketResult xmlns=\"{NAMESPACE}\"><Name>{}</Name><Prefix>{}</Prefix><KeyCount>{}</KeyCount><MaxKeys>{}</MaxKeys><IsTruncated>{}</IsTruncated>",
        visit.cloud.bucket(),
        escape(wish.prefix),
        page.objects.len() + page.prefixes.len(),
        wish.limit,
        page.next.is_some(),
    );
    if let Some(next) = page.next {
        let next = escape(next);
        let _ = write!(
            body,
            "<NextContinuationToken>{next}</NextContinuationToken><NextMarker>{next}</NextMarker>"
        );
    }
    for object in page.objects {
        let _ = write!(
            body,
            "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size></Contents>",
            escape(&object.key),
            date::iso(object.modified),
            escape(&object.etag),
            object.size(),
        );
    }
    for prefix in page.prefixes {
        let _ = write!(body, "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>", escape(prefix));
    }
    body.push_str("</ListBucketResult>");
    xml(&body)
}
