//! Addresses without what opens them.

/// Query parameters that say what is asked for, and open nothing; case does not count.
const HARMLESS: [&str; 26] = [
    "requestId",
    "request_id",
    "request_guid",
    "retry",
    "retryCount",
    "retryReason",
    "clientStartTime",
    "databaseName",
    "schemaName",
    "warehouse",
    "roleName",
    "disableOfflineChunks",
    "delete",
    "async",
    "nullable",
    "partition",
    "accelerate",
    "blockid",
    "comp",
    "delimiter",
    "list-type",
    "max-keys",
    "partNumber",
    "prefix",
    "restype",
    "uploads",
];

/// The address without user and password, fragment, and query parameters that may be secret.
pub(super) fn harmless(address: &str) -> String {
    let (whole, _fragment) = address.split_once('#').unwrap_or((address, ""));
    let (place, query) = whole.split_once('?').unwrap_or((whole, ""));
    let pairs = query.split('&').filter(|pair| is_harmless(pair));
    let mut kept = without_user(place);
    for (number, pair) in pairs.enumerate() {
        kept.push(if number == 0 { '?' } else { '&' });
        kept.push_str(pair);
    }
    kept
}

fn is_harmless(pair: &str) -> bool {
    let name = pair.split_once('=').map_or(pair, |(name, _)| name);
    HARMLESS.iter().any(|harmless| harmless.eq_ignore_ascii_case(name))
}

fn without_user(place: &str) -> String {
    let Some((scheme, rest)) = place.split_once("://") else { return place.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}
