//! Days, times of day and points in time, from the forms in which records hold them.

use std::fmt;

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// The Julian day of 1970-01-01.
const UNIX_JULIAN_DAY: i32 = 2_440_588;

/// What a text or a tuple of numbers says: a date, a time of day, both, and perhaps an offset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moment {
    date: Option<Date>,
    time: Option<Time>,
    offset: Option<UtcOffset>,
}

impl Moment {
    /// Reads ISO 8601 as the crates of the ecosystem write it: `2026-02-03`, `12:34:56.789`,
    /// `2026-02-03T12:34:56.789Z`, `2026-02-03 12:34:56 +02:00`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut cursor = Cursor(text.trim().as_bytes());
        let mut moment = Self::default();
        if cursor.0.get(4) == Some(&b'-') {
            moment.date = Some(cursor.date()?);
            if cursor.is_done() {
                return Some(moment);
            }
            cursor.any(b"Tt ")?;
        }
        moment.time = Some(cursor.time()?);
        if moment.date.is_some() {
            moment.offset = cursor.offset()?;
        }
        cursor.is_done().then_some(moment)
    }

    /// Reads the tuples that the types of the `time` crate are without its feature for readable forms: year and
    /// ordinal day; hour, minute, second and nanosecond; both; and both with the offset.
    pub(crate) fn of_numbers(numbers: &[i64]) -> Option<Self> {
        let date = |year: i64, day: i64| {
            Date::from_ordinal_date(i32::try_from(year).ok()?, u16::try_from(day).ok()?).ok()
        };
        let time = |hour: i64, minute: i64, second: i64, nano: i64| {
            let small = |value: i64| u8::try_from(value).ok();
            Time::from_hms_nano(small(hour)?, small(minute)?, small(second)?, u32::try_from(nano).ok()?).ok()
        };
        let offset = |hours: i64, minutes: i64, seconds: i64| {
            let small = |value: i64| i8::try_from(value).ok();
            UtcOffset::from_hms(small(hours)?, small(minutes)?, small(seconds)?).ok()
        };
        Some(match *numbers {
            [year, day] => Self { date: Some(date(year, day)?), ..Self::default() },
            [hour, minute, second, nano] => {
                Self { time: Some(time(hour, minute, second, nano)?), ..Self::default() }
            }
            [year, day, hour, minute, second, nano] => Self {
                date: Some(date(year, day)?),
                time: Some(time(hour, minute, second, nano)?),
                offset: None,
            },
            [year, day, hour, minute, second, nano, hours, minutes, seconds] => Self {
                date: Some(date(year, day)?),
                time: Some(time(hour, minute, second, nano)?),
                offset: Some(offset(hours, minutes, seconds)?),
            },
            _ => return None,
        })
    }

    /// A point in time at UTC.
    pub(crate) fn of_nanos(nanos: i128) -> Option<Self> {
        let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
        Some(Self { date: Some(at.date()), time: Some(at.time()), offset: None })
    }

    /// A day, counted from 1970-01-01.
    pub(crate) fn of_days(days: i32) -> Option<Self> {
        let date = Date::from_julian_day(days.checked_add(UNIX_JULIAN_DAY)?).ok()?;
        Some(Self { date: Some(date), ..Self::default() })
    }

    /// A time of day, in nanoseconds since midnight.
    pub(crate) fn of_day_nanos(nanos: i64) -> Option<Self> {
        let seconds = u32::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
        let nano = u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?;
        let small = |value: u32| u8::try_from(value).ok();
        let time = Time::from_hms_nano(
            small(seconds / 3600)?,
            small(seconds / 60 % 60)?,
            small(seconds % 60)?,
            nano,
        );
        Some(Self { time: Some(time.ok()?), ..Self::default() })
    }

    /// The same moment with this offset said.
    pub(crate) fn with_offset(mut self, offset: UtcOffset) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The day, if nothing but a day is meant.
    pub(crate) fn day(&self) -> Option<Date> {
        self.date.filter(|_| self.time.is_none())
    }

    /// The time of day, if nothing else is meant.
    pub(crate) fn time_of_day(&self) -> Option<Time> {
        self.time.filter(|_| self.date.is_none())
    }

    /// What a clock on the wall shows; a day alone is its midnight.
    pub(crate) fn clock(&self) -> Option<PrimitiveDateTime> {
        Some(PrimitiveDateTime::new(self.date?, self.time.unwrap_or(Time::MIDNIGHT)))
    }

    /// The offset that is said.
    pub(crate) fn offset(&self) -> Option<UtcOffset> {
        self.offset
    }

    /// The point in time, where an offset is said.
    pub(crate) fn instant(&self) -> Option<OffsetDateTime> {
        Some(self.clock()?.assume_offset(self.offset?))
    }
}

/// Days since 1970-01-01.
pub(crate) fn days(date: Date) -> i32 {
    date.to_julian_day() - UNIX_JULIAN_DAY
}

/// Writes what the service reads without being told a format, with all nine digits of the second.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(date) = self.date {
            write!(f, "{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())?;
        }
        if let Some(time) = self.time.or_else(|| self.offset.map(|_| Time::MIDNIGHT)) {
            let blank = if self.date.is_some() { " " } else { "" };
            let (hour, minute, second, nano) = time.as_hms_nano();
            write!(f, "{blank}{hour:02}:{minute:02}:{second:02}.{nano:09}")?;
        }
        if let Some(offset) = self.offset {
            let sign = if offset.is_negative() { '-' } else { '+' };
            let (hours, minutes, _) = offset.as_hms();
            write!(f, " {sign}{:02}:{:02}", hours.abs(), minutes.abs())?;
        }
        Ok(())
    }
}

/// What is left of a text.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn is_done(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes one of these bytes.
    fn any(&mut self, wanted: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first().filter(|(first, _)| wanted.contains(first))?;
        self.0 = rest;
        Some(*first)
    }

    /// Takes exactly so many digits.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let value = digits.iter().try_fold(0_u32, |value, digit| {
            digit.is_ascii_digit().then(|| value * 10 + u32::from(digit - b'0'))
        })?;
        self.0 = rest;
        Some(value)
    }

    fn two(&mut self) -> Option<u8> {
        self.digits(2).and_then(|value| u8::try_from(value).ok())
    }

    fn date(&mut self) -> Option<Date> {
        let year = i32::try_from(self.digits(4)?).ok()?;
        self.any(b"-")?;
        let month = Month::try_from(self.two()?).ok()?;
        self.any(b"-")?;
        Date::from_calendar_date(year, month, self.two()?).ok()
    }

    fn time(&mut self) -> Option<Time> {
        let hour = self.two()?;
        self.any(b":")?;
        let minute = self.two()?;
        let second = if self.any(b":").is_some() { self.two()? } else { 0 };
        let nano = if self.any(b".,").is_some() { self.fraction()? } else { 0 };
        Time::from_hms_nano(hour, minute, second, nano).ok()
    }

    /// One to nine digits as nanoseconds.
    fn fraction(&mut self) -> Option<u32> {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=9).contains(&length) {
            return None;
        }
        let value = self.digits(length)?;
        Some(value * 10_u32.pow(9 - u32::try_from(length).ok()?))
    }

    /// `Some(None)` when there is no offset at all.
    fn offset(&mut self) -> Option<Option<UtcOffset>> {
        if self.is_done() {
            return Some(None);
        }
        let _ = self.any(b" ");
        if self.any(b"Zz").is_some() {
            return Some(Some(UtcOffset::UTC));
        }
        if let Some(rest) = self.0.strip_prefix(b"UTC") {
            self.0 = rest;
            return Some(Some(UtcOffset::UTC));
        }
        let sign = if self.any(b"+-")? == b'-' { -1 } else { 1 };
        let hours = i8::try_from(self.two()?).ok()?;
        let _ = self.any(b":");
        let minutes = if self.is_done() { 0 } else { i8::try_from(self.two()?).ok()? };
        let seconds = if self.any(b":").is_some() { i8::try_from(self.two()?).ok()? } else { 0 };
        UtcOffset::from_hms(sign * hours, sign * minutes, sign * seconds).ok().map(Some)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::{date, datetime, time};

    use super::{Moment, days};

    fn read(text: &str) -> Moment {
        Moment::parse(text).unwrap_or_else(|| panic!("{text:?} is not read"))
    }

    #[test]
    fn v05_the_usual_spellings_are_read() {
        assert_eq!(read("2024-02-29").day(), Some(date!(2024 - 02 - 29)));
        assert_eq!(read("2024-02-29").clock(), Some(datetime!(2024-02-29 0:00)));
        assert_eq!(read("12:34").time_of_day(), Some(time!(12:34)));
        assert_eq!(read("12:34:56.5").time_of_day(), Some(time!(12:34:56.5)));
        let clock = datetime!(2024-02-29 12:34:56.789_123_456);
        for text in ["2024-02-29T12:34:56.789123456", "2024-02-29 12:34:56.789123456"] {
            assert_eq!((read(text).clock(), read(text).offset()), (Some(clock), None));
        }
        for text in ["Z", "z", " UTC", "+00:00", " +00:00", "+0000", "+00", " +00:00:00"] {
            let text = format!("2024-02-29T12:34:56.789123456{text}");
            assert_eq!(read(&text).instant(), Some(clock.assume_utc()), "{text}");
        }
        let west = read("2024-02-29 12:34:56.789123456 -08:30").instant().unwrap();
        assert_eq!(west.offset().whole_minutes(), -510);
    }

    #[test]
    fn v05_what_is_no_moment_is_not_read() {
        for text in [
            "",
            "-",
            "2024",
            "2024-13-01",
            "2023-02-29",
            "2024-02-29T",
            "2024-02-29X12:00",
            "24:00",
            "12:60",
            "12:34:56.",
            "12:34:56.1234567890",
            "2024-02-29 12:34:56 +25:99",
            "12:00Z",
            "2024-02-29T12:00[X]",
            "99999-01-01",
            "\u{661}2:00",
        ] {
            assert_eq!(Moment::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn v05_tuples_of_numbers_are_read() {
        assert_eq!(Moment::of_numbers(&[2024, 60]), Some(read("2024-02-29")));
        assert_eq!(Moment::of_numbers(&[1, 2, 3, 4]), Some(read("01:02:03.000000004")));
        assert_eq!(Moment::of_numbers(&[2024, 1, 1, 2, 3, 0]), Some(read("2024-01-01T01:02:03")));
        let zoned = [2024, 1, 1, 2, 3, 0, -1, -30, 0];
        assert_eq!(Moment::of_numbers(&zoned), Some(read("2024-01-01T01:02:03-01:30")));
        for wrong in
            [&[][..], &[1], &[2024, 367], &[25, 0, 0, 0], &[2024, 1, 1, 2, 3, i64::MAX], &[i64::MIN, 1]]
        {
            assert_eq!(Moment::of_numbers(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn v05_days_are_counted_from_1970() {
        assert_eq!(days(date!(1970 - 01 - 01)), 0);
        assert_eq!(days(date!(1969 - 12 - 31)), -1);
        assert_eq!(Moment::of_days(19_782).unwrap().to_string(), "2024-02-29");
        assert_eq!(Moment::of_days(i32::MAX), None);
    }

    proptest! {
        #[test]
        fn v05_what_is_written_is_read_back(nanos in -62_135_596_800_000_000_000_i128..253_402_300_799_999_999_999) {
            let moment = Moment::of_nanos(nanos).unwrap();
            prop_assert_eq!(Moment::parse(&moment.to_string()), Some(moment));
            prop_assert_eq!(moment.clock().unwrap().assume_utc().unix_timestamp_nanos(), nanos);
        }

        #[test]
        fn v05_times_of_day_are_read_back(nanos in 0_i64..86_400_000_000_000) {
            let moment = Moment::of_day_nanos(nanos).unwrap();
            prop_assert_eq!(Moment::parse(&moment.to_string()), Some(moment));
        }

        #[test]
        fn nothing_panics(text in "[-+:.TZ 0-9]{0,40}|\\PC{0,20}") {
            let _ = Moment::parse(&text);
        }
    }
}
