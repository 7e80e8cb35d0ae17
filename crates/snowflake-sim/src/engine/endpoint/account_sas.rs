//! Shared access signatures of an Azure account.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use snowflake_proto::Secret;
use time::OffsetDateTime;
use time::macros::format_description;

/// The version of the service whose rules the signature follows.
const VERSION: &str = "2019-02-02";
/// Everything that can be done with blobs and containers.
const PERMISSIONS: &str = "rwdlac";

/// A signature that is good for all blobs and containers of an account, without a leading `?`.
pub(super) fn sign(account: &str, key: &Secret, now: OffsetDateTime, life: Duration) -> Secret {
    let life = time::Duration::try_from(life).unwrap_or(time::Duration::DAY);
    let end = now.checked_add(life).unwrap_or(now);
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    let end = end.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default();
    let (services, types, protocols) = ("b", "sco", "https,http");
    let text = format!("{account}\n{PERMISSIONS}\n{services}\n{types}\n\n{end}\n\n{protocols}\n{VERSION}\n");
    // A key that is not Base64 signs nothing that anybody accepts.
    let key = hmac::Key::new(hmac::HMAC_SHA256, &BASE64_STANDARD.decode(key.expose()).unwrap_or_default());
    let signature = BASE64_STANDARD.encode(hmac::sign(&key, text.as_bytes()));
    let pairs = [
        ("sv", VERSION),
        ("ss", services),
        ("srt", types),
        ("sp", PERMISSIONS),
        ("se", &end),
        ("spr", protocols),
        ("sig", &signature),
    ];
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into()
}
