//! Redirects: followed inside one origin, refused everywhere else.

use http::header::LOCATION;
use http::{HeaderMap, StatusCode, Uri};
use snafu::ensure;
use url::Url;

use crate::error::{RedirectSnafu, Repr};

/// How many redirects one request follows.
pub(super) const MAX_HOPS: usize = 5;

/// Where an answer sends us: `None` if it is no redirect, an error if we must not go there.
///
/// Only 307 and 308 keep the method and the body; the older codes would turn a login into a GET.
/// Another origin never sees a byte: it would receive the password in the body, or the key of a file in
/// a header.
pub(super) fn next_hop(status: StatusCode, headers: &HeaderMap, from: &Uri) -> Result<Option<Uri>, Repr> {
    match status.as_u16() {
        307 | 308 => {}
        301..=303 => return RedirectSnafu { status, reason: "it would change the method" }.fail(),
        _ => return Ok(None),
    }
    let refuse = |reason| RedirectSnafu { status, reason };
    let Some(location) = headers.get(LOCATION) else {
        return refuse("it names no location").fail();
    };
    let base = Url::parse(&from.to_string()).ok();
    let target = location.to_str().ok().zip(base.as_ref()).and_then(|(to, base)| base.join(to).ok());
    let (Some(base), Some(mut target)) = (base, target) else {
        return refuse("its location cannot be read").fail();
    };
    ensure!(target.origin().is_tuple(), refuse("it leads out of HTTP"));
    ensure!(target.origin() == base.origin(), refuse("it leads to another origin"));
    ensure!(
        target.username().is_empty() && target.password().is_none(),
        refuse("its location holds credentials")
    );
    target.set_fragment(None);
    match Uri::try_from(target.as_str()) {
        Ok(uri) => Ok(Some(uri)),
        Err(_) => refuse("its location cannot be read").fail(),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, StatusCode, Uri, header::LOCATION};
    use proptest::prelude::*;

    use super::next_hop;
    use crate::error::Error;

    fn hop(status: u16, location: Option<&str>) -> Result<Option<String>, String> {
        let mut headers = HeaderMap::new();
        if let Some(location) = location {
            headers.insert(LOCATION, HeaderValue::from_str(location).unwrap());
        }
        let from = Uri::from_static("https://one.example.com/a/b?token=secret");
        next_hop(StatusCode::from_u16(status).unwrap(), &headers, &from)
            .map(|to| to.map(|uri| uri.to_string()))
            .map_err(|repr| Error::from(repr).to_string())
    }

    #[test]
    fn r10_the_same_origin_is_followed() {
        for location in ["/c?x=1", "https://one.example.com/c?x=1", "https://ONE.example.com:443/c?x=1#top"] {
            assert_eq!(hop(307, Some(location)), Ok(Some("https://one.example.com/c?x=1".to_owned())));
            assert_eq!(hop(308, Some(location)), Ok(Some("https://one.example.com/c?x=1".to_owned())));
        }
        assert_eq!(hop(307, Some("c")), Ok(Some("https://one.example.com/a/c".to_owned())));
    }

    #[test]
    fn r10_everything_else_is_refused_without_naming_the_address() {
        for location in [
            "https://two.example.com/c",
            "http://one.example.com/a/b",
            "https://one.example.com:444/",
            "//two.example.com/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://user:pass@one.example.com/",
            "https://",
        ] {
            let refusal = hop(307, Some(location)).unwrap_err();
            assert!(refusal.starts_with("refused to follow a redirect (307"), "{refusal}");
            assert!(!refusal.contains("secret") && !refusal.contains("pass"), "{refusal}");
        }
        assert!(hop(308, None).is_err());
        assert!(hop(302, Some("/c")).is_err());
    }

    #[test]
    fn other_statuses_are_answers() {
        for status in [200, 204, 300, 304, 305, 400, 503] {
            assert_eq!(hop(status, Some("/c")), Ok(None));
        }
    }

    proptest! {
        #[test]
        fn r10_no_location_leads_to_another_origin(location in "[ -~]{0,40}") {
            if let Ok(Some(to)) = hop(307, Some(&location)) {
                prop_assert!(to.starts_with("https://one.example.com/"), "{}", to);
            }
        }
    }
}
