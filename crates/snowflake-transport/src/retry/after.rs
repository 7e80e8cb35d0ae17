//! `Retry-After`: when the service would like to hear from us again.

use std::time::Duration;

use http::HeaderMap;
use http::header::RETRY_AFTER;
use time::OffsetDateTime;

/// The wait that the headers ask for; of several valid ones the longest, of none valid `None`.
///
/// Both forms count: whole seconds, and a date, which a clock ahead of the service's turns into zero.
pub(super) fn retry_after(headers: &HeaderMap, now: OffsetDateTime) -> Option<Duration> {
    headers.get_all(RETRY_AFTER).iter().filter_map(|value| parse(value.to_str().ok()?.trim(), now)).max()
}

fn parse(value: &str, now: OffsetDateTime) -> Option<Duration> {
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = OffsetDateTime::from(httpdate::parse_http_date(value).ok()?);
    Some(Duration::try_from(date - now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderMap, HeaderValue, header::RETRY_AFTER};
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::{parse, retry_after};

    const NOW: time::OffsetDateTime = datetime!(2026-11-22 10:00:00 UTC);

    #[test]
    fn seconds_and_dates_are_understood_and_garbage_is_not() {
        assert_eq!(parse("2", NOW), Some(Duration::from_secs(2)));
        assert_eq!(parse("18446744073709551615", NOW), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(parse("99999999999999999999999", NOW), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(parse("Sun, 22 Nov 2026 10:00:30 GMT", NOW), Some(Duration::from_secs(30)));
        assert_eq!(parse("Sun, 22 Nov 2026 09:00:00 GMT", NOW), Some(Duration::ZERO));
        for garbage in ["", "-1", "abc", "1.5", "2 s", "Sun, 99 Nov 2026", "+3"] {
            assert_eq!(parse(garbage, NOW), None, "{garbage}");
        }
    }

    #[test]
    fn of_two_headers_the_longer_valid_wait_counts() {
        let mut headers = HeaderMap::new();
        assert_eq!(retry_after(&headers, NOW), None);
        for value in ["1", "abc", "3", "2"] {
            headers.append(RETRY_AFTER, HeaderValue::from_static(value));
        }
        assert_eq!(retry_after(&headers, NOW), Some(Duration::from_secs(3)));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(value in ".*") {
            let _ = parse(&value, NOW);
        }
    }
}
