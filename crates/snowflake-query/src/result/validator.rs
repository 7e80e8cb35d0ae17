//! What proves that two answers hold bytes of one and the same object.

use http::header::{CONTENT_RANGE, DATE, ETAG, LAST_MODIFIED};
use http::{HeaderMap, HeaderValue};
use time::format_description::well_known::Rfc2822;
use time::{Duration, OffsetDateTime};

/// An object that was changed this long before it was sent is not changed twice within the same second, and clocks
/// that differ a little cannot hide that it was.
const SETTLED: Duration = Duration::MINUTE;

/// A mark that every other content of the object would lack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Validator {
    Tag(HeaderValue),
    Date(HeaderValue),
}

impl Validator {
    /// The mark of an answer, if it has a strong one.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        match headers.get(ETAG) {
            Some(tag) => is_strong(tag).then(|| Self::Tag(tag.clone())),
            None => is_settled(headers).then(|| headers.get(LAST_MODIFIED).cloned().map(Self::Date))?,
        }
    }

    /// The mark as `If-Range` wants it.
    pub(super) fn value(&self) -> &HeaderValue {
        let (Self::Tag(value) | Self::Date(value)) = self;
        value
    }

    /// Whether another answer has the same mark.
    pub(super) fn marks(&self, headers: &HeaderMap) -> bool {
        match self {
            Self::Tag(tag) => headers.get(ETAG) == Some(tag),
            Self::Date(date) => !headers.contains_key(ETAG) && headers.get(LAST_MODIFIED) == Some(date),
        }
    }
}

/// A weak tag stands for the same meaning, not for the same bytes.
fn is_strong(tag: &HeaderValue) -> bool {
    let tag = tag.as_bytes();
    tag.len() > 2 && tag.starts_with(b"\"") && tag.ends_with(b"\"")
}

fn is_settled(headers: &HeaderMap) -> bool {
    let date = |name| OffsetDateTime::parse(headers.get(name)?.to_str().ok()?, &Rfc2822).ok();
    match (date(LAST_MODIFIED), date(DATE)) {
        (Some(changed), Some(sent)) => sent - changed >= SETTLED,
        _ => false,
    }
}

/// The size of the object of which an answer holds all bytes from `start` on, if that is what it says.
pub(super) fn size_of_object(headers: &HeaderMap, start: u64) -> Option<u64> {
    let range = headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?;
    let (span, size) = range.split_once('/')?;
    let (first, last) = span.split_once('-')?;
    let size = number(size)?;
    let is_rest = number(first)? == start && start < size && number(last)? == size - 1;
    is_rest.then_some(size)
}

fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::{Validator, size_of_object};

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn c02_only_strong_marks_count() {
        let changed = ("last-modified", "Sun, 22 Nov 2026 10:00:00 GMT");
        for (pairs, strong) in [
            (vec![("etag", "\"a1\"")], true),
            (vec![("etag", "W/\"a1\"")], false),
            (vec![("etag", "a1")], false),
            (vec![("etag", "\"\"")], false),
            (vec![("etag", "\"")], false),
            (vec![changed, ("date", "Sun, 22 Nov 2026 10:01:00 GMT")], true),
            (vec![changed, ("date", "Sun, 22 Nov 2026 10:00:59 GMT")], false),
            (vec![changed, ("date", "yesterday")], false),
            (vec![changed], false),
            (vec![changed, ("date", "Sun, 22 Nov 2026 10:01:00 GMT"), ("etag", "W/\"a1\"")], false),
            (vec![], false),
        ] {
            let headers = headers(&pairs);
            let validator = Validator::of(&headers);
            assert_eq!(validator.is_some(), strong, "{pairs:?}");
            assert!(validator.is_none_or(|validator| validator.marks(&headers)), "{pairs:?}");
        }
    }

    #[test]
    fn c13_another_mark_is_another_object() {
        let tag = Validator::of(&headers(&[("etag", "\"a1\"")])).unwrap();
        let changed = ("last-modified", "Sun, 22 Nov 2026 10:00:00 GMT");
        let date = Validator::of(&headers(&[changed, ("date", "Sun, 22 Nov 2026 12:00:00 GMT")])).unwrap();
        assert!(tag.marks(&headers(&[("etag", "\"a1\""), changed])));
        assert!(date.marks(&headers(&[changed])));
        for other in [&[][..], &[("etag", "\"a2\"")], &[("etag", "W/\"a1\"")]] {
            assert!(!tag.marks(&headers(other)) && !date.marks(&headers(other)), "{other:?}");
        }
        assert!(!date.marks(&headers(&[("last-modified", "Sun, 22 Nov 2026 10:00:01 GMT")])));
        assert!(!date.marks(&headers(&[changed, ("etag", "\"a1\"")])));
    }

    #[test]
    fn c13_only_the_whole_rest_is_the_rest() {
        let size = |range: &str| size_of_object(&headers(&[("content-range", range)]), 5);
        assert_eq!(size("bytes 5-9/10"), Some(10));
        assert_eq!(size("bytes 5-5/6"), Some(6));
        for other in [
            "bytes 4-9/10",
            "bytes 6-9/10",
            "bytes 5-8/10",
            "bytes 5-10/10",
            "bytes 5-9/*",
            "bytes */10",
            "bytes 5-4/5",
            "bytes 5-18446744073709551615/0",
            "bytes +5-9/10",
            "bytes 5-/10",
            "items 5-9/10",
            "5-9/10",
            "",
        ] {
            assert_eq!(size(other), None, "{other}");
        }
        assert_eq!(size_of_object(&HeaderMap::new(), 5), None);
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(value in "[ -~]{0,40}", start in any::<u64>()) {
            let headers = headers(&[("content-range", &value), ("etag", &value), ("last-modified", &value)]);
            let _ = (Validator::of(&headers), size_of_object(&headers, start));
        }
    }
}
