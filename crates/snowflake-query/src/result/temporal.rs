//! Days, times and instants: as ISO 8601 text for every year, and as the types of `time` where those reach.

use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Nanoseconds of a second.
const SECOND: i64 = 1_000_000_000;
/// The day 1970-01-01 in Julian days.
const EPOCH_JULIAN_DAY: i64 = 2_440_588;

/// A day as `2024-02-29`; years beyond four digits are signed, as ISO 8601 asks.
pub(crate) fn push_date(out: &mut String, days: i64) {
    let (year, month, day) = civil(days);
    if (0..=9_999).contains(&year) {
        push_digits(out, year.unsigned_abs(), 4);
    } else {
        out.push(if year < 0 { '-' } else { '+' });
        push_digits(out, year.unsigned_abs(), 6);
    }
    out.push('-');
    push_digits(out, month, 2);
    out.push('-');
    push_digits(out, day, 2);
}

/// A time of day as `23:59:59.5`: only the digits that are needed.
pub(crate) fn push_time(out: &mut String, nanoseconds: i64) {
    let seconds = nanoseconds.div_euclid(SECOND).unsigned_abs();
    push_digits(out, seconds / 3_600, 2);
    out.push(':');
    push_digits(out, seconds / 60 % 60, 2);
    out.push(':');
    push_digits(out, seconds % 60, 2);
    let mut fraction = nanoseconds.rem_euclid(SECOND).unsigned_abs();
    if fraction != 0 {
        let mut width = 9;
        while fraction.is_multiple_of(10) {
            fraction /= 10;
            width -= 1;
        }
        out.push('.');
        push_digits(out, fraction, width);
    }
}

/// A wall clock as `2024-02-29T23:59:59.5`.
pub(crate) fn push_wall_clock(out: &mut String, epoch: i64, fraction: u32) {
    push_date(out, epoch.div_euclid(DAY));
    out.push('T');
    push_time(out, epoch.rem_euclid(DAY) * SECOND + i64::from(fraction));
}

/// An instant in UTC, ending in `Z`.
pub(crate) fn push_utc(out: &mut String, epoch: i64, fraction: u32) {
    push_wall_clock(out, epoch, fraction);
    out.push('Z');
}

/// An instant at an offset of minutes, ending in `+02:00`.
pub(crate) fn push_offset(out: &mut String, epoch: i64, fraction: u32, minutes: i32) {
    push_wall_clock(out, epoch.saturating_add(i64::from(minutes) * 60), fraction);
    out.push(if minutes < 0 { '-' } else { '+' });
    let minutes = u64::from(minutes.unsigned_abs());
    push_digits(out, minutes / 60, 2);
    out.push(':');
    push_digits(out, minutes % 60, 2);
}

/// The day, unless its year is beyond ±9999.
pub(crate) fn date(days: i64) -> Option<Date> {
    Date::from_julian_day(i32::try_from(days.checked_add(EPOCH_JULIAN_DAY)?).ok()?).ok()
}

/// The time of day, unless there is no such time.
pub(crate) fn time_of_day(nanoseconds: i64) -> Option<Time> {
    let seconds = nanoseconds.div_euclid(SECOND);
    let part = |value: i64| u8::try_from(value).ok();
    let nanosecond = u32::try_from(nanoseconds.rem_euclid(SECOND)).ok()?;
    Time::from_hms_nano(part(seconds / 3_600)?, part(seconds / 60 % 60)?, part(seconds % 60)?, nanosecond)
        .ok()
}

/// The wall clock, unless its year is beyond ±9999.
pub(crate) fn wall_clock(epoch: i64, fraction: u32) -> Option<PrimitiveDateTime> {
    let nanoseconds = epoch.rem_euclid(DAY) * SECOND + i64::from(fraction);
    Some(PrimitiveDateTime::new(date(epoch.div_euclid(DAY))?, time_of_day(nanoseconds)?))
}

/// The instant at an offset of minutes, unless its year is beyond ±9999.
pub(crate) fn instant(epoch: i64, fraction: u32, minutes: i32) -> Option<OffsetDateTime> {
    let offset = UtcOffset::from_whole_seconds(minutes.checked_mul(60)?).ok()?;
    let local = wall_clock(epoch.checked_add(i64::from(minutes) * 60)?, fraction)?;
    Some(local.assume_offset(offset))
}

/// Year, month and day of a day since 1970-01-01, in the proleptic Gregorian calendar.
fn civil(days: i64) -> (i64, u64, u64) {
    // Counted from 0000-03-01, in eras of 400 years, so that the leap day is the last of its year.
    let shifted = days.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097).unsigned_abs();
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + i64::try_from(year_of_era).unwrap_or(0) + i64::from(month <= 2);
    (year, month, day)
}

/// At least `width` digits.
fn push_digits(out: &mut String, value: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut rest = value;
    let mut start = digits.len();
    while rest > 0 || digits.len() - start < width {
        start -= 1;
        digits[start] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    out.extend(digits[start..].iter().map(|digit| char::from(*digit)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::format_description::well_known::Rfc3339;
    use time::macros::datetime;

    use super::{
        DAY, civil, date, instant, push_date, push_offset, push_time, push_utc, push_wall_clock, time_of_day,
    };

    fn text(push: impl FnOnce(&mut String)) -> String {
        let mut text = String::new();
        push(&mut text);
        text
    }

    #[test]
    fn v05_the_edges_of_the_calendar() {
        let first = datetime!(0001-01-01 0:00 UTC).unix_timestamp();
        let last = datetime!(9999-12-31 23:59:59 UTC).unix_timestamp();
        assert_eq!(text(|out| push_utc(out, first, 0)), "0001-01-01T00:00:00Z");
        assert_eq!(text(|out| push_utc(out, last, 999_999_999)), "9999-12-31T23:59:59.999999999Z");
        assert_eq!(text(|out| push_wall_clock(out, -1, 999_999_999)), "1969-12-31T23:59:59.999999999");
        assert_eq!(text(|out| push_utc(out, last + 1, 0)), "+010000-01-01T00:00:00Z");
        assert_eq!(text(|out| push_date(out, -719_529)), "-000001-12-31");
        assert_eq!(instant(last, 999_999_999, 0), Some(datetime!(9999-12-31 23:59:59.999_999_999 UTC)));
        assert_eq!(instant(last + 1, 0, 0), None);
        assert_eq!(instant(last, 0, 1), None);
        assert_eq!(instant(i64::MAX, 0, 0), None);
        assert_eq!(instant(i64::MIN, 0, -1), None);
    }

    #[test]
    fn v05_offsets_move_the_wall_clock_and_not_the_instant() {
        for (minutes, expected) in [
            (840, "1970-01-01T14:00:00+14:00"),
            (-840, "1969-12-31T10:00:00-14:00"),
            (1_439, "1970-01-01T23:59:00+23:59"),
            (-1_439, "1969-12-31T00:01:00-23:59"),
            (-30, "1969-12-31T23:30:00-00:30"),
        ] {
            assert_eq!(text(|out| push_offset(out, 0, 0, minutes)), expected);
            let instant = instant(0, 0, minutes).unwrap();
            assert_eq!(instant.unix_timestamp(), 0);
            assert_eq!(i32::from(instant.offset().whole_minutes()), minutes);
        }
        assert_eq!(instant(0, 0, 1_440 * 30), None);
    }

    #[test]
    fn v07_times_and_dates_at_their_limits() {
        assert_eq!(text(|out| push_time(out, DAY * 1_000_000_000 - 1)), "23:59:59.999999999");
        assert_eq!(text(|out| push_time(out, 3_661_500_000_000)), "01:01:01.5");
        assert_eq!(time_of_day(DAY * 1_000_000_000), None);
        assert_eq!(time_of_day(-1), None);
        assert!(date(i64::from(i32::MAX)).is_none() && date(i64::from(i32::MIN)).is_none());
        assert_eq!(civil(i64::from(i32::MAX)).0, 5_881_580);
    }

    proptest! {
        #[test]
        fn v05_text_and_instant_agree(epoch in -62_135_596_800_i64..=253_402_300_799, fraction in 0_u32..1_000_000_000) {
            let text = text(|out| push_utc(out, epoch, fraction));
            let parsed = time::OffsetDateTime::parse(&text, &Rfc3339).unwrap();
            prop_assert_eq!(Some(parsed), instant(epoch, fraction, 0));
            prop_assert_eq!(parsed.unix_timestamp(), epoch);
            prop_assert_eq!(i64::from(parsed.nanosecond()), i64::from(fraction));
        }
    }
}
