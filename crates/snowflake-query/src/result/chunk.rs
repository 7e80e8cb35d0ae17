//! The remote parts of a result: where they are, and whether we are willing to go there.

use std::collections::HashSet;
use std::fmt;
use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use snowflake_proto::wire::query::Response;
use url::{Host, Url};

use super::fault::{Fault, RefusedSnafu};

/// No signed address is longer than this.
const MAX_URL: usize = 16 * 1024;
/// No key header is longer than this.
const MAX_HEADER: usize = 4 * 1024;
const SSE_ALGORITHM: &str = "x-amz-server-side-encryption-customer-algorithm";
const SSE_KEY: &str = "x-amz-server-side-encryption-customer-key";
/// The headers that a server may have us send to the storage: those that describe the key of the data.
const HEADER_PREFIXES: [&str; 4] =
    ["x-amz-server-side-encryption-", "x-ms-encryption-", "x-goog-encryption-", "x-snowflake-"];

/// Which addresses parts may be fetched from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PartHosts {
    /// Over TLS only, and from hosts of the internet only: what the service itself needs.
    #[default]
    Public,
    /// Any host, also without TLS: for a server on this machine or in a test.
    Any,
}

/// One remote part.
#[derive(Clone)]
pub(crate) struct Chunk {
    pub(crate) uri: Uri,
    pub(crate) rows: u64,
    /// Size after inflating as announced; 0 when unknown.
    pub(crate) inflated: u64,
    /// Size on the wire as announced; 0 when unknown.
    pub(crate) compressed: u64,
}

impl Chunk {
    /// The host, which alone may be shown: the rest of the address is signed.
    pub(crate) fn host(&self) -> String {
        self.uri.host().unwrap_or("the storage").to_owned()
    }
}

impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunk")
            .field("host", &self.uri.host())
            .field("rows", &self.rows)
            .field("inflated", &self.inflated)
            .field("compressed", &self.compressed)
            .finish_non_exhaustive()
    }
}

/// All remote parts of a result, in order, with the headers to fetch them.
#[derive(Clone, Default)]
pub(crate) struct Manifest {
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) headers: HeaderMap,
}

impl fmt::Debug for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manifest")
            .field("chunks", &self.chunks.len())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .finish()
    }
}

impl Manifest {
    pub(crate) fn from_response(response: &Response, hosts: PartHosts) -> Result<Self, Fault> {
        let described = response.chunks.as_deref().unwrap_or_default();
        let mut seen = HashSet::with_capacity(described.len());
        let mut chunks = Vec::with_capacity(described.len());
        for chunk in described {
            snafu::ensure!(
                seen.insert(chunk.url.as_str()),
                RefusedSnafu { reason: "two parts have the same address" }
            );
            let Ok(rows) = u64::try_from(chunk.row_count) else {
                return RefusedSnafu { reason: "a part has a negative number of rows" }.fail();
            };
            chunks.push(Chunk {
                uri: check_address(&chunk.url, hosts)?,
                rows,
                inflated: u64::try_from(chunk.uncompressed_size).unwrap_or(0),
                compressed: u64::try_from(chunk.compressed_size).unwrap_or(0),
            });
        }
        let headers = if chunks.is_empty() { HeaderMap::new() } else { headers(response, hosts)? };
        Ok(Self { chunks, headers })
    }

    /// Whether another description of the same result can replace this one.
    pub(crate) fn describes_the_same_parts(&self, other: &Self) -> bool {
        // A size that one of the two does not tell cannot contradict the other.
        let same_size = |one, two| one == two || one == 0 || two == 0;
        self.chunks.len() == other.chunks.len()
            && self.chunks.iter().zip(&other.chunks).all(|(one, two)| {
                one.rows == two.rows
                    && same_size(one.inflated, two.inflated)
                    && same_size(one.compressed, two.compressed)
            })
    }

    /// The rows of all parts together.
    pub(crate) fn rows(&self) -> u64 {
        self.chunks.iter().fold(0, |sum, chunk| sum.saturating_add(chunk.rows))
    }
}

fn check_address(address: &str, hosts: PartHosts) -> Result<Uri, Fault> {
    let refused = |reason| RefusedSnafu { reason }.fail();
    if address.len() > MAX_URL {
        return refused("the address of a part is too long");
    }
    let (Ok(url), Ok(uri)) = (Url::parse(address), address.parse::<Uri>()) else {
        return refused("the address of a part is malformed");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refused("the address of a part holds a user name");
    }
    match (url.scheme(), hosts) {
        ("https", _) | ("http", PartHosts::Any) => {}
        ("http", PartHosts::Public) => return refused("a part lies behind a connection without TLS"),
        _ => return refused("the address of a part is neither http nor https"),
    }
    let private = match url.host() {
        None => return refused("the address of a part has no host"),
        Some(Host::Domain(name)) => is_local_name(name),
        Some(Host::Ipv4(address)) => is_private(address.into()),
        Some(Host::Ipv6(address)) => is_private(address.into()),
    };
    if private && hosts == PartHosts::Public {
        return refused("the address of a part is not on the internet");
    }
    Ok(uri)
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}

fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
        }
        IpAddr::V6(v6) => {
            v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local()
        }
    }
}

/// What to send with every part: the stated headers, or those that follow from the master key.
fn headers(response: &Response, hosts: PartHosts) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::new();
    if let Some(stated) = &response.chunk_headers {
        for (name, value) in stated {
            headers.insert(header_name(name, hosts)?, secret_value(value)?);
        }
        return Ok(headers);
    }
    if let Some(key) = response.qrmk.as_deref().filter(|key| !key.is_empty()) {
        headers.insert(HeaderName::from_static(SSE_ALGORITHM), HeaderValue::from_static("AES256"));
        headers.insert(HeaderName::from_static(SSE_KEY), secret_value(key)?);
    }
    Ok(headers)
}

/// A server on this machine may use extension headers of its own.
fn header_name(name: &str, hosts: PartHosts) -> Result<HeaderName, Fault> {
    let lower = name.to_ascii_lowercase();
    let allowed = match hosts {
        PartHosts::Public => HEADER_PREFIXES.iter().any(|prefix| lower.starts_with(prefix)),
        PartHosts::Any => lower.starts_with("x-"),
    };
    match HeaderName::try_from(&lower) {
        Ok(name) if allowed => Ok(name),
        _ => RefusedSnafu { reason: "the server asks for a header that is not about the key of the data" }
            .fail(),
    }
}

fn secret_value(value: &str) -> Result<HeaderValue, Fault> {
    match HeaderValue::try_from(value) {
        Ok(mut value) if value.len() <= MAX_HEADER => {
            value.set_sensitive(true);
            Ok(value)
        }
        _ => RefusedSnafu { reason: "the server asks for a header that cannot be sent" }.fail(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use snowflake_proto::wire::{chunk::Descriptor, query::Response};

    use super::{Manifest, PartHosts};

    fn described(urls: &[&str]) -> Response {
        let chunk = |url: &&str| Descriptor {
            url: (*url).to_owned(),
            row_count: 2,
            uncompressed_size: -1,
            compressed_size: 7,
        };
        Response { chunks: Some(urls.iter().map(chunk).collect()), ..Response::default() }
    }

    fn with_headers(headers: &[(&str, &str)]) -> Response {
        let headers: BTreeMap<_, _> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Response { chunk_headers: Some(headers), ..described(&["https://s3.example.com/1"]) }
    }

    #[test]
    fn sizes_that_make_no_sense_count_as_unknown() {
        let manifest = Manifest::from_response(
            &described(&["https://a.example/1", "https://a.example/2"]),
            PartHosts::Public,
        )
        .unwrap();
        assert_eq!(manifest.rows(), 4);
        assert_eq!((manifest.chunks[0].inflated, manifest.chunks[0].compressed), (0, 7));
        assert!(Manifest::from_response(&Response::default(), PartHosts::Public).unwrap().chunks.is_empty());
    }

    #[test]
    fn c20_the_same_address_twice_is_refused() {
        let response = described(&["https://a.example/1", "https://a.example/1"]);
        assert!(Manifest::from_response(&response, PartHosts::Public).is_err());
    }

    #[test]
    fn c28_only_headers_about_the_key_are_sent() {
        let name = "x-amz-server-side-encryption-customer-key";
        let manifest = Manifest::from_response(&with_headers(&[(name, "a2V5")]), PartHosts::Public).unwrap();
        assert_eq!(manifest.headers[name], "a2V5");
        assert!(manifest.headers[name].is_sensitive());
        let long = "x".repeat(1 << 20);
        for (name, value) in [
            ("Authorization", "x"),
            ("Host", "x"),
            ("Cookie", "x"),
            ("x-forwarded-for", "x"),
            (name, "a\r\nHost: b"),
            (name, long.as_str()),
        ] {
            assert!(
                Manifest::from_response(&with_headers(&[(name, value)]), PartHosts::Public).is_err(),
                "{name}"
            );
        }
        assert!(Manifest::from_response(&with_headers(&[("x-own", "1")]), PartHosts::Any).is_ok());
        assert!(Manifest::from_response(&with_headers(&[("Host", "x")]), PartHosts::Any).is_err());
    }

    #[test]
    fn the_master_key_makes_the_headers_that_are_missing() {
        let mut response = described(&["https://a.example/1"]);
        response.qrmk = Some("a2V5".to_owned());
        let manifest = Manifest::from_response(&response, PartHosts::Public).unwrap();
        assert_eq!(manifest.headers["x-amz-server-side-encryption-customer-algorithm"], "AES256");
        assert_eq!(manifest.headers["x-amz-server-side-encryption-customer-key"], "a2V5");
        assert!(!format!("{manifest:?}").contains("a2V5"));
    }

    #[test]
    fn c29_addresses_that_no_storage_has_are_refused() {
        let long = format!("https://a.example/{}", "x".repeat(64 * 1024));
        for address in [
            "http://a.example/1",
            "file:///etc/passwd",
            "https://169.254.169.254/latest",
            "https://[::ffff:10.0.0.1]/1",
            "https://localhost/1",
            "https://user:word@a.example/1",
            "not an address",
            long.as_str(),
        ] {
            let response = described(&[address]);
            let fault = Manifest::from_response(&response, PartHosts::Public).unwrap_err();
            assert!(!fault.to_string().contains("example"), "{fault}");
        }
        let local = described(&["http://127.0.0.1:8080/1"]);
        assert!(Manifest::from_response(&local, PartHosts::Any).is_ok());
        assert!(Manifest::from_response(&described(&["ftp://127.0.0.1/1"]), PartHosts::Any).is_err());
    }
}
