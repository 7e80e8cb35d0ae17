//! Key pair logins: the checks that the service makes on the token a client signed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use time::OffsetDateTime;

use super::public_key::PublicKey;

/// How far the clocks of client and server may be apart, in seconds.
const CLOCK_SKEW: f64 = 30.0;
/// The longest life of a login token, in seconds.
const MAX_LIFETIME: f64 = 3_600.0;
/// Times above this are milliseconds: as seconds they would lie beyond the year 5000.
const MILLISECONDS_FROM: f64 = 1e11;

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    iat: f64,
    exp: f64,
}

/// A token whose form is right and whose claims are read; its signature is not checked yet.
pub(in crate::server) struct Jwt<'a> {
    message: &'a str,
    signature: Vec<u8>,
    claims: Claims,
}

impl<'a> Jwt<'a> {
    /// Splits and decodes the token.
    pub(in crate::server) fn parse(token: &'a str) -> Option<Self> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        if header.alg != "RS256" {
            return None;
        }
        let claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        Some(Self { message, signature: URL_SAFE_NO_PAD.decode(signature).ok()?, claims })
    }

    /// The account and the user that the subject names, both in upper case.
    pub(in crate::server) fn subject(&self) -> Option<(&str, &str)> {
        self.claims.sub.split_once('.')
    }

    /// Whether the token is signed by `key`, names it, and is valid now.
    pub(in crate::server) fn is_valid(&self, key: &PublicKey, now: OffsetDateTime) -> bool {
        let issuer = format!("{}.SHA256:{}", self.claims.sub, key.fingerprint());
        self.claims.iss == issuer
            && self.is_current(now)
            && key.verifies(self.message.as_bytes(), &self.signature)
    }

    fn is_current(&self, now: OffsetDateTime) -> bool {
        let (issued, expires) = (seconds(self.claims.iat), seconds(self.claims.exp));
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^52")]
        let now = now.unix_timestamp() as f64;
        issued <= now + CLOCK_SKEW && now - CLOCK_SKEW < expires && expires - issued <= MAX_LIFETIME
    }
}

/// The claim in seconds: one official driver writes milliseconds.
fn seconds(claim: f64) -> f64 {
    if claim.abs() >= MILLISECONDS_FROM { claim / 1_000.0 } else { claim }
}

#[cfg(test)]
mod tests {
    use super::{Claims, Jwt};
    use time::OffsetDateTime;

    fn jwt(iat: f64, exp: f64) -> Jwt<'static> {
        Jwt {
            message: "",
            signature: Vec::new(),
            claims: Claims { iss: String::new(), sub: "ACME.ALICE".to_owned(), iat, exp },
        }
    }

    #[test]
    fn times_are_read_in_seconds_and_in_milliseconds() {
        let now = OffsetDateTime::from_unix_timestamp(1_795_330_900).unwrap();
        assert!(jwt(1_795_330_886.0, 1_795_331_006.0).is_current(now));
        assert!(jwt(1_795_330_886_160.0, 1_795_331_006_160.0).is_current(now));
    }

    #[test]
    fn an_expired_a_future_and_a_long_lived_token_are_refused() {
        let now = OffsetDateTime::from_unix_timestamp(1_795_330_900).unwrap();
        assert!(!jwt(1_795_330_700.0, 1_795_330_820.0).is_current(now));
        assert!(!jwt(1_795_331_900.0, 1_795_332_020.0).is_current(now));
        assert!(!jwt(1_795_330_886.0, 1_795_340_000.0).is_current(now));
    }

    #[test]
    fn a_token_of_another_shape_is_no_token() {
        for token in ["", "a", "a.b", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "..", "e30.e30.e30"] {
            assert!(Jwt::parse(token).is_none());
        }
    }
}
