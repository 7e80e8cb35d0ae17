//! Learning the tokens that the service hands out, from the answers that hold them.

use http::header::AUTHORIZATION;
use serde_json::Value;

use super::canary::Place;
use super::watch::Watch;
use crate::Endpoint;

/// The most bytes of an answer that is listened to.
pub(super) const LONGEST: usize = 1 << 20;

/// Whether answers of this sort hold tokens.
pub(super) fn holds_tokens(endpoint: Endpoint) -> bool {
    matches!(endpoint, Endpoint::Login | Endpoint::Renew)
}

/// Learns the tokens of an answer.
pub(super) fn listen(watch: &mut Watch, answer: &[u8]) {
    let Ok(answer) = serde_json::from_slice::<Value>(answer) else { return };
    let token = |names: [&str; 2]| {
        names.iter().find_map(|name| answer["data"][*name].as_str()).unwrap_or_default().to_owned()
    };
    // A session token goes with every request, and into the one that asks for its successor.
    let session = vec![Place::header(AUTHORIZATION), Place::body().on(Endpoint::Renew)];
    watch.learn("session token", &token(["token", "sessionToken"]), session);
    let master = vec![Place::header(AUTHORIZATION).on(Endpoint::Renew)];
    watch.learn("master token", &token(["masterToken", "masterToken"]), master);
}
