//! How a store says no, and what that means.

use std::fmt;

use http::{HeaderMap, StatusCode};
use url::Url;

use super::site::Cloud;

/// The longest error code that is shown.
const CODE: usize = 64;

/// An answer that is not what was asked for. Nothing of it is kept that could hold a signature.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: Option<String>,
    /// Where S3 says that the bucket is.
    pub(super) region: Option<String>,
    /// Where a redirect leads, without query.
    pub(super) location: Option<Url>,
}

/// What may be done about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The credentials have expired, or may have.
    Expired,
    /// The object is not there.
    Missing,
    /// There is an object already, or another one than before.
    Exists,
    /// The store asks for a later try.
    Busy,
    /// The object is elsewhere.
    Elsewhere,
    /// The range begins behind the end.
    Behind,
    /// None of these.
    Final,
}

impl Refusal {
    /// What an answer says. Its body is searched for the one word that matters, and not parsed: entities,
    /// document types and all else in it have no effect.
    pub(super) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let location = text("location").and_then(|location| Url::parse(location).ok()).map(bare);
        Self {
            status,
            code: text("x-ms-error-code").and_then(word).or_else(|| error_code(body)),
            region: text("x-amz-bucket-region").and_then(word),
            location,
        }
    }

    /// What it means, given the cloud and whether the request went to a signed address.
    pub(super) fn meaning(&self, cloud: Cloud, signed: bool) -> Meaning {
        let code = self.code.as_deref().unwrap_or_default();
        match (self.status.as_u16(), cloud) {
            (400, Cloud::S3) if code == "ExpiredToken" => Meaning::Expired,
            (400, Cloud::S3) if code == "RequestTimeout" => Meaning::Busy,
            (301 | 302 | 307 | 308, _) => Meaning::Elsewhere,
            (400, Cloud::S3)
                if self.region.is_some() && matches!(code, "AuthorizationHeaderMalformed" | "") =>
            {
                Meaning::Elsewhere
            }
            // The answer to a HEAD has no body, so a 400 to it may well be this.
            (400, Cloud::S3) if code.is_empty() => Meaning::Expired,
            (400 | 403, Cloud::Google) if signed => Meaning::Expired,
            (403, Cloud::Azure) | (401, _) => Meaning::Expired,
            (404, _) => Meaning::Missing,
            (409, Cloud::S3) => Meaning::Busy,
            (409, Cloud::Azure) if code == "BlobAlreadyExists" => Meaning::Exists,
            (412, _) => Meaning::Exists,
            (416, _) => Meaning::Behind,
            (408 | 429 | 500.., _) => Meaning::Busy,
            // A success with an error in its body.
            (200..=299, _) if code == "ExpiredToken" => Meaning::Expired,
            (200..=299, _) => Meaning::Busy,
            _ => Meaning::Final,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        self.code.as_ref().map_or(Ok(()), |code| write!(f, " ({code})"))
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refusal({self})")
    }
}

/// Whether the body of a success holds an error, as S3's answers to long operations may.
pub(super) fn holds_error(body: &[u8]) -> bool {
    [b"<Error>".as_slice(), b"<Error "].iter().any(|mark| find(body, mark).is_some())
}

fn error_code(body: &[u8]) -> Option<String> {
    let body = &body[find(body, b"<Error")?..];
    let body = &body[find(body, b"<Code>")? + b"<Code>".len()..];
    let code = &body[..find(body, b"</Code>")?];
    word(std::str::from_utf8(code).ok()?.trim())
}

/// A text that is nothing but one word, and so no secret.
fn word(text: &str) -> Option<String> {
    let fits = (1..=CODE).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    fits.then(|| text.to_owned())
}

/// An address without all that may hold a secret.
fn bare(mut url: Url) -> Url {
    url.set_query(None);
    url.set_fragment(None);
    url
}

fn find(body: &[u8], mark: &[u8]) -> Option<usize> {
    body.windows(mark.len()).position(|window| window == mark)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn refusal(status: u16, body: &str) -> Refusal {
        Refusal::read(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes())
    }

    fn error(code: &str) -> String {
        format!("<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>m</Message></Error>")
    }

    #[test]
    fn f07_each_cloud_has_its_own_way_to_say_that_credentials_have_expired() {
        for (status, code, cloud, signed, meaning) in [
            (400, "ExpiredToken", Cloud::S3, false, Meaning::Expired),
            (400, "", Cloud::S3, false, Meaning::Expired),
            (400, "InvalidArgument", Cloud::S3, false, Meaning::Final),
            (403, "AccessDenied", Cloud::S3, false, Meaning::Final),
            (403, "AuthenticationFailed", Cloud::Azure, false, Meaning::Expired),
            (401, "", Cloud::Google, false, Meaning::Expired),
            (403, "", Cloud::Google, false, Meaning::Final),
            (400, "ExpiredToken", Cloud::Google, true, Meaning::Expired),
            (403, "", Cloud::Google, true, Meaning::Expired),
            (503, "SlowDown", Cloud::S3, false, Meaning::Busy),
            (404, "NoSuchKey", Cloud::S3, false, Meaning::Missing),
            (412, "PreconditionFailed", Cloud::S3, false, Meaning::Exists),
            (409, "BlobAlreadyExists", Cloud::Azure, false, Meaning::Exists),
            (409, "LeaseIdMissing", Cloud::Azure, false, Meaning::Final),
        ] {
            let body = if code.is_empty() { String::new() } else { error(code) };
            assert_eq!(refusal(status, &body).meaning(cloud, signed), meaning, "{status} {code} {cloud:?}");
        }
    }

    #[test]
    fn f18_an_error_in_a_success_is_found_and_entities_mean_nothing() {
        assert!(holds_error(error("InternalError").as_bytes()));
        assert!(!holds_error(
            b"<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"
        ));
        let bomb =
            "<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;\">]><Error><Code>&b;</Code></Error>";
        assert_eq!(refusal(400, bomb).code, None);
        assert_eq!(refusal(400, &error("SlowDown")).code.as_deref(), Some("SlowDown"));
    }

    #[test]
    fn f08_a_refusal_shows_no_signature() {
        let mut headers = HeaderMap::new();
        headers.insert("location", HeaderValue::from_static("https://h/x?sig=canary"));
        let refusal =
            Refusal::read(StatusCode::FORBIDDEN, &headers, error("https://h/?sig=canary").as_bytes());
        assert_eq!(refusal.to_string(), "403 Forbidden");
        assert!(!format!("{refusal:?} {:?}", refusal.location).contains("canary"));
    }

    proptest! {
        #[test]
        fn f18_no_body_makes_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200), status in 100u16..600) {
            let status = StatusCode::from_u16(status).unwrap();
            let refusal = Refusal::read(status, &HeaderMap::new(), &body);
            for cloud in [Cloud::S3, Cloud::Azure, Cloud::Google] {
                refusal.meaning(cloud, true);
            }
        }
    }
}
