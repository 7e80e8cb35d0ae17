//! The parts of dates and times that `DATEADD`, `DATEDIFF`, `DATE_TRUNC` and `DATE_PART` name.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::stamp::{NANOS_PER_SECOND, Stamp, days_of_date};

/// A part of a date or time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Part {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
    DayOfWeek,
    DayOfWeekIso,
    DayOfYear,
    WeekIso,
    YearOfWeek,
    EpochSecond,
    EpochMillisecond,
    EpochMicrosecond,
    EpochNanosecond,
    TimezoneHour,
    TimezoneMinute,
}

impl Part {
    /// The part that one of Snowflake's many spellings names.
    pub(in super::super) fn parse(text: &str) -> Option<Self> {
        Some(match text.trim().to_ascii_lowercase().as_str() {
            "year" | "y" | "yy" | "yyy" | "yyyy" | "yr" | "years" | "yrs" => Self::Year,
            "quarter" | "q" | "qtr" | "qtrs" | "quarters" => Self::Quarter,
            "month" | "mm" | "mon" | "mons" | "months" => Self::Month,
            "week" | "w" | "wk" | "weekofyear" | "woy" | "wy" | "weeks" => Self::Week,
            "day" | "d" | "dd" | "days" | "dayofmonth" => Self::Day,
            "hour" | "h" | "hh" | "hr" | "hours" | "hrs" => Self::Hour,
            "minute" | "m" | "mi" | "min" | "minutes" | "mins" => Self::Minute,
            "second" | "s" | "sec" | "seconds" | "secs" => Self::Second,
            "millisecond" | "ms" | "msec" | "milliseconds" => Self::Millisecond,
            "microsecond" | "us" | "usec" | "microseconds" => Self::Microsecond,
            "nanosecond" | "ns" | "nsec" | "nanosec" | "nsecond" | "nanoseconds" | "nanosecs"
            | "nseconds" => Self::Nanosecond,
            "dayofweek" | "weekday" | "dow" | "dw" => Self::DayOfWeek,
            "dayofweekiso" | "dayofweek_iso" | "weekday_iso" | "dow_iso" | "dw_iso" => Self::DayOfWeekIso,
            "dayofyear" | "yearday" | "doy" | "dy" => Self::DayOfYear,
            "weekiso" | "week_iso" | "weekofyeariso" | "weekofyear_iso" => Self::WeekIso,
            "yearofweek" | "yearofweekiso" => Self::YearOfWeek,
            "epoch_second" | "epoch" | "epoch_seconds" => Self::EpochSecond,
            "epoch_millisecond" | "epoch_milliseconds" => Self::EpochMillisecond,
            "epoch_microsecond" | "epoch_microseconds" => Self::EpochMicrosecond,
            "epoch_nanosecond" | "epoch_nanoseconds" => Self::EpochNanosecond,
            "timezone_hour" | "tzh" => Self::TimezoneHour,
            "timezone_minute" | "tzm" => Self::TimezoneMinute,
            _ => return None,
        })
    }

    /// Whether the part is finer than a day.
    pub(in super::super) fn is_time(self) -> bool {
        self.nanos().is_some()
    }

    /// How many nanoseconds a part of fixed length lasts.
    fn nanos(self) -> Option<i64> {
        Some(match self {
            Self::Hour => 3600 * NANOS_PER_SECOND,
            Self::Minute => 60 * NANOS_PER_SECOND,
            Self::Second => NANOS_PER_SECOND,
            Self::Millisecond => 1_000_000,
            Self::Microsecond => 1_000,
            Self::Nanosecond => 1,
            _ => return None,
        })
    }

    /// The wall clock `count` parts later.
    pub(in super::super) fn add(self, stamp: &Stamp, count: i64) -> Option<Stamp> {
        if let Some(unit) = self.nanos() {
            let nanos = i128::from(stamp.seconds) * i128::from(NANOS_PER_SECOND)
                + i128::from(stamp.nanos)
                + i128::from(count) * i128::from(unit);
            return Some(Stamp { offset: stamp.offset, ..Stamp::of_nanos(nanos)? });
        }
        let date = stamp.date()?;
        let moved = match self {
            Self::Year => months(date, count.checked_mul(12)?)?,
            Self::Quarter => months(date, count.checked_mul(3)?)?,
            Self::Month => months(date, count)?,
            Self::Week | Self::WeekIso => days(date, count.checked_mul(7)?)?,
            Self::Day | Self::DayOfWeek | Self::DayOfWeekIso | Self::DayOfYear => days(date, count)?,
            _ => return None,
        };
        let shift = i64::from(days_of_date(moved)) - i64::from(days_of_date(date));
        Some(Stamp { seconds: stamp.seconds + shift * 86_400, ..*stamp })
    }

    /// How many boundaries of this part lie between two wall clocks.
    pub(in super::super) fn between(self, from: &Stamp, to: &Stamp) -> Option<i64> {
        if let Some(unit) = self.nanos() {
            let count = |stamp: &Stamp| {
                (i128::from(stamp.seconds) * i128::from(NANOS_PER_SECOND) + i128::from(stamp.nanos))
                    .div_euclid(i128::from(unit))
            };
            return i64::try_from(count(to) - count(from)).ok();
        }
        let (a, b) = (from.date()?, to.date()?);
        let month = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month0());
        Some(match self {
            Self::Year => i64::from(b.year()) - i64::from(a.year()),
            Self::Quarter => month(b).div_euclid(3) - month(a).div_euclid(3),
            Self::Month => month(b) - month(a),
            Self::Week | Self::WeekIso => {
                // Weeks begin on Monday; 1970-01-05 was one.
                let week = |date: NaiveDate| (i64::from(days_of_date(date)) - 4).div_euclid(7);
                week(b) - week(a)
            }
            Self::Day => i64::from(days_of_date(b)) - i64::from(days_of_date(a)),
            _ => return None,
        })
    }

    /// The wall clock cut down to the beginning of this part.
    pub(in super::super) fn truncate(self, stamp: &Stamp) -> Option<Stamp> {
        if let Some(unit) = self.nanos() {
            let in_day = stamp.nanos_of_day();
            let nanos = i128::from(stamp.seconds) * i128::from(NANOS_PER_SECOND) + i128::from(stamp.nanos)
                - i128::from(in_day % unit);
            return Some(Stamp { offset: stamp.offset, ..Stamp::of_nanos(nanos)? });
        }
        let date = stamp.date()?;
        let start = match self {
            Self::Year => NaiveDate::from_ymd_opt(date.year(), 1, 1)?,
            Self::Quarter => NaiveDate::from_ymd_opt(date.year(), date.month0() / 3 * 3 + 1, 1)?,
            Self::Month => NaiveDate::from_ymd_opt(date.year(), date.month(), 1)?,
            Self::Week | Self::WeekIso => days(date, -i64::from(date.weekday().num_days_from_monday()))?,
            Self::Day => date,
            _ => return None,
        };
        Some(Stamp { offset: stamp.offset, ..Stamp::of_days(days_of_date(start)) })
    }

    /// The value of this part; `instant` is the same moment in UTC.
    pub(in super::super) fn extract(self, stamp: &Stamp, instant: &Stamp) -> Option<i64> {
        let date = stamp.date()?;
        let in_day = stamp.nanos_of_day() / NANOS_PER_SECOND;
        let epoch = |unit: i64| {
            let nanos =
                i128::from(instant.seconds) * i128::from(NANOS_PER_SECOND) + i128::from(instant.nanos);
            i64::try_from(nanos.div_euclid(i128::from(unit))).ok()
        };
        Some(match self {
            Self::Year => i64::from(date.year()),
            Self::Quarter => i64::from(date.month0() / 3 + 1),
            Self::Month => i64::from(date.month()),
            Self::Week | Self::WeekIso => i64::from(date.iso_week().week()),
            Self::Day => i64::from(date.day()),
            Self::Hour => in_day / 3600,
            Self::Minute => in_day / 60 % 60,
            Self::Second => in_day % 60,
            Self::Millisecond => i64::from(stamp.nanos / 1_000_000),
            Self::Microsecond => i64::from(stamp.nanos / 1_000),
            Self::Nanosecond => i64::from(stamp.nanos),
            Self::DayOfWeek => i64::from(date.weekday().num_days_from_sunday()),
            Self::DayOfWeekIso => i64::from(date.weekday().number_from_monday()),
            Self::DayOfYear => i64::from(date.ordinal()),
            Self::YearOfWeek => i64::from(date.iso_week().year()),
            Self::EpochSecond => epoch(NANOS_PER_SECOND)?,
            Self::EpochMillisecond => epoch(1_000_000)?,
            Self::EpochMicrosecond => epoch(1_000)?,
            Self::EpochNanosecond => epoch(1)?,
            Self::TimezoneHour => i64::from(stamp.offset.unwrap_or(0) / 60),
            Self::TimezoneMinute => i64::from(stamp.offset.unwrap_or(0) % 60),
        })
    }
}

fn months(date: NaiveDate, count: i64) -> Option<NaiveDate> {
    let size = Months::new(u32::try_from(count.unsigned_abs()).ok()?);
    if count < 0 { date.checked_sub_months(size) } else { date.checked_add_months(size) }
}

fn days(date: NaiveDate, count: i64) -> Option<NaiveDate> {
    let size = Days::new(count.unsigned_abs());
    if count < 0 { date.checked_sub_days(size) } else { date.checked_add_days(size) }
}
