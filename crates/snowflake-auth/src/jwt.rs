//! The token of a key-pair login.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::JwtSigner;
use jsonwebtoken::signature::{Error as SignatureError, Signer};
use jsonwebtoken::{Algorithm, Header};
use serde::Serialize;
use snafu::ResultExt as _;
use snowflake_proto::{AccountId, Secret};
use time::OffsetDateTime;

use crate::error::{EncodeSnafu, Result, SignSnafu};
use crate::key::PrivateKey;

/// The server compares `iss` and `sub` letter by letter with the upper-cased names.
#[derive(Serialize)]
struct Claims {
    iss: String,
    sub: String,
    iat: i64,
    exp: i64,
}

/// Signs `{account}.{user}`, good from `now` on for `lifetime`.
pub(crate) fn sign(
    key: &PrivateKey,
    account: &AccountId,
    user: &str,
    now: OffsetDateTime,
    lifetime: Duration,
) -> Result<Secret> {
    let sub = format!("{}.{}", account.jwt_name(), user.to_uppercase());
    let iat = now.unix_timestamp();
    let exp = iat.saturating_add_unsigned(lifetime.as_secs());
    let claims = Claims { iss: format!("{sub}.{}", key.fingerprint()), sub, iat, exp };
    encode(&claims, &RingSigner(key))
}

/// What `jsonwebtoken::encode` does, with the signer given instead of taken from the process-wide provider: a library
/// must not decide that one for the program it is linked into.
fn encode(claims: &Claims, signer: &dyn JwtSigner) -> Result<Secret> {
    let header = serde_json::to_vec(&Header::new(signer.algorithm())).context(EncodeSnafu)?;
    let claims = serde_json::to_vec(claims).context(EncodeSnafu)?;
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = signer.try_sign(message.as_bytes()).context(SignSnafu)?;
    Ok(Secret::new(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))))
}

/// RS256 by ring, for jsonwebtoken.
struct RingSigner<'a>(&'a PrivateKey);

impl Signer<Vec<u8>> for RingSigner<'_> {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        self.0.sign(message).map_err(|_| SignatureError::new()) // ring says no more than that it failed
    }
}

impl JwtSigner for RingSigner<'_> {
    fn algorithm(&self) -> Algorithm {
        Algorithm::RS256
    }
}
