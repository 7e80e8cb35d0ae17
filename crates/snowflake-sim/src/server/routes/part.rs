//! `GET /sim/chunks/{id}/{n}`: a remote part of a result, as a cloud store would give it out.

use http::StatusCode;
use http::header::AUTHORIZATION;

use super::super::chunk::Access;
use crate::server::http::{Call, Reply};
use crate::server::state::Shared;

/// Gives a part to whoever has its signed address and its key.
pub(super) fn answer(shared: &Shared, call: &Call, id: &str, n: &str) -> Reply {
    shared.ledger().chunk_requests += 1;
    if call.headers.contains_key(AUTHORIZATION) {
        // A store takes one proof of identity, not two.
        return Reply::text(StatusCode::BAD_REQUEST, "Only one auth mechanism allowed.");
    }
    match shared.grants.find(id, n, &call.query) {
        Access::Denied => Reply::text(StatusCode::FORBIDDEN, "Request has expired."),
        Access::Part(result, _) if !result.key.opens(&call.headers) => Reply::text(
            StatusCode::BAD_REQUEST,
            "The object was stored using a form of Server Side Encryption.",
        ),
        Access::Part(result, n) => {
            let body = result.parts[n].body.clone();
            shared.ledger().chunk_bytes += body.len() as u64;
            Reply::gzip(body)
        }
    }
}
