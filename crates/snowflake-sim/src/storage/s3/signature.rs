//! Signature Version 4 from the service's side.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use ring::{digest, hmac};

use crate::service::Call;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const QUERY: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PATH: AsciiSet = QUERY.remove(b'/');

/// The `Authorization` header, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Authorization<'a> {
    pub(super) key_id: &'a str,
    /// The day, the region, the service and the end of the scope.
    scope: &'a str,
    signed: Vec<&'a str>,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Takes a header apart.
    pub(super) fn parse(header: &'a str) -> Option<Self> {
        let fields = header.trim().strip_prefix(ALGORITHM)?;
        let field = |name: &str| {
            let found = fields.split(',').find_map(|field| field.trim().strip_prefix(name));
            found.and_then(|value| value.strip_prefix('='))
        };
        let (key_id, scope) = field("Credential")?.split_once('/')?;
        let signed = field("SignedHeaders")?.split(';').collect();
        Some(Self { key_id, scope, signed, signature: field("Signature")? })
    }

    /// The region that the request was signed for.
    pub(super) fn region(&self) -> &'a str {
        self.scope.split('/').nth(1).unwrap_or_default()
    }

    /// Whether all headers are signed that have to be: the host, and whatever is Amazon's own.
    pub(super) fn covers(&self, call: &Call) -> bool {
        let own = call.headers.keys().map(http::HeaderName::as_str).filter(|name| name.starts_with("x-amz-"));
        own.chain(["host"]).all(|name| self.signed.contains(&name))
    }

    /// Whether the signature is the one that the holder of the secret would give.
    pub(super) fn is_right(&self, call: &Call, secret: &str) -> bool {
        let date = header(call, "x-amz-date");
        let scope = format!("{}/{}/s3/aws4_request", date.get(..8).unwrap_or_default(), self.region());
        if self.scope != scope {
            return false;
        }
        let hashed = hex(digest::digest(&digest::SHA256, self.canonical(call).as_bytes()).as_ref());
        let signed = format!("{ALGORITHM}\n{date}\n{}\n{hashed}", self.scope);
        let first = format!("AWS4{secret}").into_bytes();
        let key = self.scope.split('/').fold(first, |key, step| sign(&key, step));
        hex(&sign(&key, &signed)) == self.signature
    }

    /// The request in the form that is signed.
    fn canonical(&self, call: &Call) -> String {
        let path: Vec<u8> = percent_decode_str(&call.path).collect();
        let encode = |text: Cow<'_, str>| percent_encode(text.as_bytes(), &QUERY).to_string();
        let arguments = url::form_urlencoded::parse(call.query.as_bytes());
        let mut arguments: Vec<_> =
            arguments.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        arguments.sort_unstable();
        let headers: String =
            self.signed.iter().map(|name| format!("{name}:{}\n", header(call, name))).collect();
        format!(
            "{}\n{}\n{}\n{headers}\n{}\n{}",
            call.method,
            percent_encode(&path, &PATH),
            arguments.join("&"),
            self.signed.join(";"),
            header(call, "x-amz-content-sha256"),
        )
    }
}

/// All values of a header, with single blanks.
fn header(call: &Call, name: &str) -> String {
    if name == "host" {
        // Clients that speak HTTP/2, or none at all, name the host in the address.
        return call.origin.split_once("://").map_or("", |(_, host)| host).to_owned();
    }
    let values = call.headers.get_all(name).iter();
    let values = values.map(|value| {
        let value = String::from_utf8_lossy(value.as_bytes());
        value.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    values.collect::<Vec<_>>().join(",")
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

/// Bytes in lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Request;

    use super::Authorization;
    use crate::service::Call;

    /// Requests that the Python connector signed, with these credentials, against a server of its own.
    const SECRET: &str = "secretexample";
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn call(method: &str, headers: &[(&str, &str)]) -> Call {
        let mut request = Request::builder().method(method).uri("/stages/abc/d1/f_s3.csv.gz");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Call::new(request.body(()).unwrap().into_parts().0, Bytes::new(), "nowhere")
    }

    fn authorization(signed: &str, signature: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-west-2/s3/aws4_request, SignedHeaders={signed}, Signature={signature}"
        )
    }

    #[test]
    fn what_a_driver_signed_is_right_until_anything_changes() {
        let headers = [
            ("x-amz-security-token", "sessiontokenexample"),
            ("host", "bk.localhost"),
            ("x-amz-content-sha256", EMPTY),
            ("x-amz-date", "20261122T070258Z"),
        ];
        let signed = "host;x-amz-content-sha256;x-amz-date;x-amz-security-token";
        let signature = "d9b391360e25dfa822d8d3dec1e2cb17a7aa44a5b8fcf54ffef3862a019d7048";
        let header = authorization(signed, signature);
        let authorization = Authorization::parse(&header).unwrap();
        assert_eq!((authorization.key_id, authorization.region()), ("AKIDEXAMPLE", "us-west-2"));
        assert!(authorization.is_right(&call("HEAD", &headers), SECRET));
        assert!(authorization.covers(&call("HEAD", &headers)));
        assert!(!authorization.is_right(&call("HEAD", &headers), "another"));
        assert!(!authorization.is_right(&call("GET", &headers), SECRET));
        for changed in 0..headers.len() {
            let mut headers = headers;
            headers[changed].1 = "other";
            assert!(!authorization.is_right(&call("HEAD", &headers), SECRET), "{}", headers[changed].0);
        }
    }

    #[test]
    fn metadata_is_signed_too() {
        let headers = [
            ("content-type", "application/octet-stream"),
            ("x-amz-meta-sfc-digest", "bjdxi1Cx6V0w9AbVK+2nJFZLGzwYW/mJE5Ywfzadtmk="),
            ("x-amz-meta-x-amz-iv", "8s9Y+38rx3Rr92vSjzAkWw=="),
            ("x-amz-meta-x-amz-key", "4ojZBMoi7D9M5dJW054QA5VPZPLk6G6e7oLSAhZoSJk="),
            (
                "x-amz-meta-x-amz-matdesc",
                r#"{"queryId":"01b2c3d4-0000-1111-0000-000000abc001","smkId":"92","keySize":"128"}"#,
            ),
            ("x-amz-security-token", "sessiontokenexample"),
            ("host", "bk.localhost"),
            ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
            ("x-amz-date", "20261122T070258Z"),
        ];
        let signed = "host;x-amz-content-sha256;x-amz-date;x-amz-meta-sfc-digest;x-amz-meta-x-amz-iv;x-amz-meta-x-amz-key;x-amz-meta-x-amz-matdesc;x-amz-security-token";
        let signature = "4b04767611a073ea12c04aa8220650fc2ec0e2b8fa0febb2db1f6788e34483a0";
        let header = authorization(signed, signature);
        assert!(Authorization::parse(&header).unwrap().is_right(&call("PUT", &headers), SECRET));
    }

    #[test]
    fn a_header_of_amazon_that_is_not_signed_is_noticed() {
        let header = authorization("host;x-amz-date", "00");
        let authorization = Authorization::parse(&header).unwrap();
        assert!(authorization.covers(&call("PUT", &[("x-amz-date", "20261122T070258Z"), ("if-match", "*")])));
        assert!(!authorization.covers(&call("PUT", &[("x-amz-meta-sfc-digest", "d")])));
    }

    #[test]
    fn half_an_authorization_is_none() {
        for header in [
            "",
            "Bearer x",
            "AWS4-HMAC-SHA256 Credential=a/b",
            "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b, Signature=c",
        ] {
            assert_eq!(Authorization::parse(header), None, "{header}");
        }
    }
}
