//! Who may speak to Google Cloud Storage: the bearer of a token, or the holder of a signed address.

use http::StatusCode;
use http::header::AUTHORIZATION;

use super::signed::SIGNATURE;
use crate::storage::issued::Standing;
use crate::storage::refusal::Refusal;
use crate::storage::state::Shared;
use crate::storage::visit::Visit;

/// Lets a request in, or says why not.
pub(super) fn check(shared: &Shared, visit: &Visit<'_>) -> Result<(), Refusal> {
    let now = shared.clock.now();
    let state = &mut *shared.state();
    if let Some(signature) = visit.argument(SIGNATURE) {
        return match state.issued.address(signature, &visit.call.method, visit.key(), now) {
            Standing::Valid => Ok(()),
            Standing::Expired => Err(Refusal::bad("ExpiredToken", "The provided token has expired.")),
            Standing::Unknown => {
                let message = "Access denied. The request signature does not match the one that belongs to this request.";
                Err(Refusal::forbidden("SignatureDoesNotMatch", message))
            }
        };
    }
    // The address of an upload that has begun is a secret of its own; a token beside it still has to be good.
    let is_known = visit.argument("upload_id").is_some_and(|id| state.uploads.resumable.contains_key(id));
    if is_known && !visit.call.headers.contains_key(AUTHORIZATION) {
        return Ok(());
    }
    let header = visit.header("authorization").unwrap_or_default();
    let token = header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match state.issued.token(token.map_or("", |(_, token)| token.trim()), now) {
        Standing::Valid => Ok(()),
        Standing::Expired | Standing::Unknown => {
            let (status, message) = (StatusCode::UNAUTHORIZED, "Authentication required.");
            Err(Refusal::new(status, "AuthenticationRequired", message)
                .with_header("www-authenticate", "Bearer realm=\"https://accounts.google.com/\""))
        }
    }
}
