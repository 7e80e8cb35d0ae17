//! A remote part of a result, as a cloud store gives it out.

use http::StatusCode;
use http::header::AUTHORIZATION;
use tokio::time::Instant;

use super::call::Call;
use super::grants::{Access, Grants};
use super::reply::Reply;
use crate::ledger::Ledger;

/// Gives a part to whoever has its signed address and its key.
pub(crate) fn answer(
    grants: &Grants,
    call: &Call,
    (id, n): (&str, &str),
    now: Instant,
    ledger: &mut Ledger,
) -> Reply {
    ledger.chunk_requests += 1;
    if call.headers.contains_key(AUTHORIZATION) {
        // A store takes one proof of identity, not two.
        return Reply::text(StatusCode::BAD_REQUEST, "Only one auth mechanism allowed.");
    }
    match grants.find(id, n, &call.query, now) {
        Access::Denied => Reply::text(StatusCode::FORBIDDEN, "Request has expired."),
        Access::Part(result, _) if !result.key.opens(&call.headers) => Reply::text(
            StatusCode::BAD_REQUEST,
            "The object was stored using a form of Server Side Encryption.",
        ),
        Access::Part(result, n) => {
            let part = &result.parts[n];
            ledger.part_sent(&result.query_id, n, part.body.len());
            Reply::stored(part.body.clone(), part.is_gzip)
        }
    }
}
