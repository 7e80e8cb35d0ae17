//! Durations as a whole number and a unit.

use std::time::Duration;

/// The units, the largest first, with their nanoseconds.
const UNITS: [(&str, u128); 6] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];
const SECOND: u128 = 1_000_000_000;

/// Reads `200ms` or `2s`.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, nanos) = UNITS.iter().find(|(name, _nanos)| *name == unit)?;
    let nanos = number.parse::<u128>().ok()?.checked_mul(*nanos)?;
    let rest = u32::try_from(nanos % SECOND).ok()?;
    Some(Duration::new(u64::try_from(nanos / SECOND).ok()?, rest))
}

/// Writes a duration in the largest unit, seconds at most, that leaves no rest.
pub(super) fn format(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    let fits = |(_unit, size): &(&str, u128)| *size <= SECOND && nanos.is_multiple_of(*size);
    let (unit, size) = UNITS.iter().find(|unit| fits(unit)).copied().unwrap_or(("ns", 1));
    format!("{}{unit}", nanos / size)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{format, parse};

    #[test]
    fn durations_have_a_whole_number_and_a_unit() {
        assert_eq!(parse("200ms"), Some(Duration::from_millis(200)));
        assert_eq!(parse("2h"), Some(Duration::from_secs(7200)));
        assert_eq!(format(Duration::from_millis(2000)), "2s");
        assert_eq!(format(Duration::ZERO), "0s");
        for text in ["", "2", "s", "1.5s", "-1s", "2 s", "2days", "340282366920938463463374607431768211455h"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(seconds: u64, nanos in 0u32..1_000_000_000) {
            let duration = Duration::new(seconds, nanos);
            prop_assert_eq!(parse(&format(duration)), Some(duration));
        }
    }
}
