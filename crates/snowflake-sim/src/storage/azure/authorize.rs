//! Who may speak to Azure: the holder of a shared access signature.

use crate::storage::issued::Standing;
use crate::storage::refusal::Refusal;
use crate::storage::state::Shared;
use crate::storage::visit::Visit;

/// Lets a request in, or says why not: in the same words whether the signature is wrong or has expired.
pub(super) fn check(shared: &Shared, visit: &Visit<'_>) -> Result<(), Refusal> {
    let signature = visit.argument("sig").unwrap_or_default();
    match shared.state().issued.sas(signature, shared.clock.now()) {
        Standing::Valid => Ok(()),
        Standing::Expired | Standing::Unknown => {
            let message = "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.";
            Err(Refusal::forbidden("AuthenticationFailed", message))
        }
    }
}
