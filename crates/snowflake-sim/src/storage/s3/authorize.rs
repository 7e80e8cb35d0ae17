//! Who may speak to S3.

use http::StatusCode;

use super::signature::Authorization;
use crate::storage::issued::Standing;
use crate::storage::refusal::Refusal;
use crate::storage::state::Shared;
use crate::storage::visit::Visit;

/// Lets a request in, or says why not.
///
/// The date of a signature is not compared with the store's clock: a test's clock may stand anywhere.
pub(super) fn check(shared: &Shared, visit: &Visit<'_>) -> Result<(), Refusal> {
    let authorization = visit.header("authorization").and_then(Authorization::parse);
    let authorization = authorization.ok_or_else(|| Refusal::forbidden("AccessDenied", "Access Denied"))?;
    let state = &mut *shared.state();
    if let Some(region) = state.region.as_deref().filter(|region| *region != authorization.region()) {
        return Err(elsewhere(region));
    }
    let token = visit.header("x-amz-security-token");
    let (standing, key) = state.issued.key(authorization.key_id, token, shared.clock.now());
    let Some(key) = key else {
        let message = "The AWS Access Key Id you provided does not exist in our records.";
        return Err(Refusal::forbidden("InvalidAccessKeyId", message));
    };
    match standing {
        Standing::Unknown => {
            return Err(Refusal::bad(
                "InvalidToken",
                "The provided token is malformed or otherwise invalid.",
            ));
        }
        Standing::Expired => return Err(Refusal::bad("ExpiredToken", "The provided token has expired.")),
        Standing::Valid => {}
    }
    if !authorization.covers(visit.call) {
        let message = "There were headers present in the request which were not signed";
        return Err(Refusal::forbidden("AccessDenied", message));
    }
    if !authorization.is_right(visit.call, &key.secret) {
        let message = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
        return Err(Refusal::forbidden("SignatureDoesNotMatch", message));
    }
    Ok(())
}

/// The bucket lies in another region than the one that the request was signed for.
fn elsewhere(region: &str) -> Refusal {
    let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.";
    Refusal::new(StatusCode::MOVED_PERMANENTLY, "PermanentRedirect", message)
        .with_header("x-amz-bucket-region", region)
}
