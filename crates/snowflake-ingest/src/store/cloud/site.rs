//! Which address a bucket has.

use snafu::OptionExt as _;
use snowflake_proto::wire::stage::StageInfo;
use url::Url;

use super::refusal::Refusal;
use crate::error::{PlaceSnafu, Result};

/// The region of a bucket whose region nobody tells.
const US_EAST_1: &str = "us-east-1";

/// A region that Google Cloud serves at its own address only.
const ME_CENTRAL_2: &str = "me-central2";

/// Whose store it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cloud {
    /// Amazon S3.
    S3,
    /// Azure Blob Storage.
    Azure,
    /// Google Cloud Storage.
    Google,
}

/// A bucket or container, and where below it the files of a stage lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) cloud: Cloud,
    pub(super) bucket: String,
    /// What the keys of the stage begin with: empty, or ending with a slash.
    pub(super) prefix: String,
    /// The address of the service, or of the bucket where that is part of the host.
    pub(super) endpoint: Url,
    pub(super) in_host: bool,
    /// S3: what requests are signed for.
    pub(super) region: String,
    /// Azure: the storage account.
    pub(super) account: String,
}

impl Site {
    /// The place that the server's instructions name.
    pub(super) fn of(cloud: Cloud, info: &StageInfo) -> Result<Self> {
        let (bucket, prefix) = info.location.split_once('/').unwrap_or((&info.location, ""));
        let bucket = name(bucket).context(PlaceSnafu { reason: "its bucket has no usable name" })?;
        let mut prefix = prefix.trim_end_matches('/').to_owned();
        if !prefix.is_empty() {
            prefix.push('/');
        }
        let region = match info.region.as_deref().filter(|region| !region.is_empty()) {
            Some(region) => name(region).context(PlaceSnafu { reason: "its region has no usable name" })?,
            None => US_EAST_1.to_owned(),
        };
        let account = match (cloud, info.storage_account.as_deref()) {
            (Cloud::Azure, Some(account)) => {
                name(account).context(PlaceSnafu { reason: "its account has no usable name" })?
            }
            _ => String::new(),
        };
        let given = info.end_point.as_deref().filter(|given| !given.is_empty());
        let (endpoint, in_host) = match cloud {
            Cloud::S3 => s3(given, &bucket, &region),
            Cloud::Azure => azure(given, &account, &region),
            Cloud::Google => google(given, &bucket, &region, info),
        };
        let endpoint = address(&endpoint).context(PlaceSnafu { reason: "its endpoint is no address" })?;
        Ok(Self { cloud, bucket, prefix, endpoint, in_host, region, account })
    }

    /// The address of the service, or of the bucket where that is part of the host, without a slash at its end.
    pub(super) fn base(&self) -> &str {
        self.endpoint.as_str().trim_end_matches('/')
    }

    /// Where S3 says that this bucket really is; `None` if that is not to be believed.
    ///
    /// Files and signatures go to no other hosts than this one and those of the cloud.
    pub(super) fn moved(&self, refusal: &Refusal) -> Option<Self> {
        if self.cloud != Cloud::S3 {
            return None;
        }
        let region = refusal.region.clone().unwrap_or_else(|| self.region.clone());
        let is_ours = |url: &Url| url.host_str().is_some_and(|host| host == self.host() || is_amazon(host));
        let (endpoint, in_host) = match &refusal.location {
            Some(location) if !is_ours(location) || location.scheme() != self.endpoint.scheme() => {
                return None;
            }
            Some(location) if location.host_str() == Some(self.host()) => {
                (self.endpoint.clone(), self.in_host)
            }
            Some(location) => {
                let in_host = location.host_str()?.starts_with(&format!("{}.", self.bucket));
                (address(location.origin().ascii_serialization().as_str())?, in_host)
            }
            None if is_amazon(self.host()) => {
                let (endpoint, in_host) = s3(None, &self.bucket, &region);
                (address(&endpoint)?, in_host)
            }
            None => (self.endpoint.clone(), self.in_host),
        };
        let moved = Self { endpoint, in_host, region, ..self.clone() };
        (moved != *self).then_some(moved)
    }

    fn host(&self) -> &str {
        self.endpoint.host_str().unwrap_or_default()
    }
}

/// Amazon's own addresses name the region and have the bucket in the host, unless a dot in its name would break
/// the certificate; the regional flag of the instructions changes nothing about that.
fn s3(given: Option<&str>, bucket: &str, region: &str) -> (String, bool) {
    if let Some(given) = given {
        return (with_scheme(given), false);
    }
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    match bucket.contains('.') {
        true => (format!("https://s3.{region}.{domain}"), false),
        false => (format!("https://{bucket}.s3.{region}.{domain}"), true),
    }
}

fn azure(given: Option<&str>, account: &str, region: &str) -> (String, bool) {
    let endpoint = match given {
        Some(given) if given.contains("://") => given.to_owned(),
        Some(given) if given.starts_with("blob.") => format!("https://{account}.{given}"),
        Some(given) => format!("https://{account}.blob.{given}"),
        None => {
            let domain = match region.to_ascii_lowercase() {
                region if region.starts_with("usgov") => "usgovcloudapi.net",
                region if region.starts_with("china") => "chinacloudapi.cn",
                _ => "windows.net",
            };
            format!("https://{account}.blob.core.{domain}")
        }
    };
    (endpoint, false)
}

fn google(given: Option<&str>, bucket: &str, region: &str, info: &StageInfo) -> (String, bool) {
    let is_regional = info.use_regional_url == Some(true) || region.eq_ignore_ascii_case(ME_CENTRAL_2);
    match given {
        Some(given) => (with_scheme(given), false),
        None if info.use_virtual_url == Some(true) => {
            (format!("https://{bucket}.storage.googleapis.com"), true)
        }
        None if is_regional => {
            (format!("https://storage.{}.rep.googleapis.com", region.to_ascii_lowercase()), false)
        }
        None => ("https://storage.googleapis.com".to_owned(), false),
    }
}

fn with_scheme(given: &str) -> String {
    if given.contains("://") { given.to_owned() } else { format!("https://{given}") }
}

/// An address that requests can be sent to.
pub(super) fn address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    is_plain.then_some(url)
}

fn is_amazon(host: &str) -> bool {
    [".amazonaws.com", ".amazonaws.com.cn"].iter().any(|suffix| host.ends_with(suffix))
}

/// A name that may stand in a host, a path and a header.
fn name(text: &str) -> Option<String> {
    let fits = (1..=255).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'$'))
        && !text.bytes().all(|byte| byte == b'.');
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::*;
    use crate::ErrorKind;

    fn info() -> StageInfo {
        StageInfo {
            location: "bk/stages/abc".to_owned(),
            region: Some("us-west-2".to_owned()),
            storage_account: Some("acc".to_owned()),
            ..StageInfo::default()
        }
    }

    fn base(cloud: Cloud, change: impl FnOnce(&mut StageInfo)) -> String {
        let mut info = info();
        change(&mut info);
        let site = Site::of(cloud, &info).unwrap();
        assert_eq!(site.prefix, "stages/abc/");
        site.base().to_owned()
    }

    #[test]
    fn every_cloud_has_its_own_addresses() {
        let given = |endpoint: &str| {
            let endpoint = endpoint.to_owned();
            move |info: &mut StageInfo| info.end_point = Some(endpoint)
        };
        assert_eq!(base(Cloud::S3, |_| {}), "https://bk.s3.us-west-2.amazonaws.com");
        assert_eq!(
            base(Cloud::S3, |info| info.region = Some("cn-north-1".into())),
            "https://bk.s3.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(base(Cloud::S3, given("e.example.com")), "https://e.example.com");
        assert_eq!(base(Cloud::S3, given("http://127.0.0.1:9000/")), "http://127.0.0.1:9000");

        assert_eq!(base(Cloud::Azure, |_| {}), "https://acc.blob.core.windows.net");
        assert_eq!(base(Cloud::Azure, given("core.windows.net")), "https://acc.blob.core.windows.net");
        assert_eq!(base(Cloud::Azure, given("blob.core.windows.net")), "https://acc.blob.core.windows.net");
        assert_eq!(base(Cloud::Azure, given("http://127.0.0.1:1/acc/")), "http://127.0.0.1:1/acc");

        assert_eq!(base(Cloud::Google, |_| {}), "https://storage.googleapis.com");
        assert_eq!(
            base(Cloud::Google, |info| info.use_regional_url = Some(true)),
            "https://storage.us-west-2.rep.googleapis.com"
        );
        assert_eq!(
            base(Cloud::Google, |info| info.region = Some("ME-CENTRAL2".into())),
            "https://storage.me-central2.rep.googleapis.com"
        );
        assert_eq!(
            base(Cloud::Google, |info| info.use_virtual_url = Some(true)),
            "https://bk.storage.googleapis.com"
        );
        assert_eq!(base(Cloud::Google, given("e.example.com")), "https://e.example.com");
    }

    #[test]
    fn a_bucket_with_a_dot_stays_out_of_the_host() {
        let site = Site::of(Cloud::S3, &StageInfo { location: "my.bucket".into(), ..info() }).unwrap();
        assert_eq!((site.base(), site.prefix.as_str()), ("https://s3.us-west-2.amazonaws.com", ""));
    }

    #[test]
    fn places_that_cannot_be_are_refused() {
        for change in [
            |info: &mut StageInfo| info.location = "/x".into(),
            |info: &mut StageInfo| info.location = "a@b/x".into(),
            |info: &mut StageInfo| info.region = Some("us\r\nwest".into()),
            |info: &mut StageInfo| info.end_point = Some("http://user:pass@host".into()),
            |info: &mut StageInfo| info.end_point = Some("file:///etc/passwd".into()),
            |info: &mut StageInfo| info.end_point = Some("host/?sig=1".into()),
            |info: &mut StageInfo| info.end_point = Some("ho st".into()),
        ] {
            let mut info = info();
            change(&mut info);
            assert_eq!(Site::of(Cloud::S3, &info).unwrap_err().kind(), ErrorKind::Protocol);
        }
    }

    #[test]
    fn f17_a_bucket_moves_within_its_host_and_its_cloud_only() {
        let refusal = |location: &str, region: &'static str| {
            let mut headers = HeaderMap::new();
            if !location.is_empty() {
                headers.insert("location", HeaderValue::from_str(location).unwrap());
            }
            if !region.is_empty() {
                headers.insert("x-amz-bucket-region", HeaderValue::from_static(region));
            }
            Refusal::read(StatusCode::TEMPORARY_REDIRECT, &headers, b"")
        };
        let ours = Site::of(Cloud::S3, &info()).unwrap();
        let moved = ours.moved(&refusal("", "eu-west-1")).unwrap();
        assert_eq!(
            (moved.base(), moved.region.as_str()),
            ("https://bk.s3.eu-west-1.amazonaws.com", "eu-west-1")
        );
        let moved = ours.moved(&refusal("https://s3.eu-west-1.amazonaws.com/bk/k", "eu-west-1")).unwrap();
        assert_eq!((moved.base(), moved.in_host), ("https://s3.eu-west-1.amazonaws.com", false));
        for location in [
            "https://evil.example.com/k",
            "http://bk.s3.eu-west-1.amazonaws.com/k",
            "https://amazonaws.com.evil.example/k",
        ] {
            assert_eq!(ours.moved(&refusal(location, "eu-west-1")), None, "{location}");
        }
        // Nothing has changed, so another try would go the same way.
        assert_eq!(ours.moved(&refusal("", "us-west-2")), None);
        let custom =
            Site::of(Cloud::S3, &StageInfo { end_point: Some("http://127.0.0.1:1".into()), ..info() })
                .unwrap();
        let moved = custom.moved(&refusal("", "eu-west-1")).unwrap();
        assert_eq!((moved.base(), moved.region.as_str()), ("http://127.0.0.1:1", "eu-west-1"));
        assert_eq!(custom.moved(&refusal("http://evil.example.com/", "eu-west-1")), None);
    }
}
