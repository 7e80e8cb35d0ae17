//! A point on the wall clock, with or without an offset, and the units that carry it.

use chrono::{DateTime, Datelike, NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;

use super::super::SqlError;

pub(in super::super) const NANOS_PER_SECOND: i64 = 1_000_000_000;
pub(in super::super) const NANOS_PER_DAY: i64 = 86_400 * NANOS_PER_SECOND;
const SECONDS_PER_DAY: i64 = 86_400;
/// Days from the first day of chrono's calendar to 1970-01-01.
const EPOCH_FROM_COMMON_ERA: i32 = 719_163;

/// What a wall clock shows, as seconds since 1970 as if in UTC, and the offset it is shown at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Stamp {
    /// Seconds of the wall clock, rounded down.
    pub(in super::super) seconds: i64,
    /// Nanoseconds within the second.
    pub(in super::super) nanos: u32,
    /// Minutes east of UTC, when stated.
    pub(in super::super) offset: Option<i32>,
}

impl Stamp {
    pub(in super::super) fn new(seconds: i64, nanos: u32) -> Self {
        Self { seconds, nanos, offset: None }
    }

    /// Midnight of a day.
    pub(in super::super) fn of_days(days: i32) -> Self {
        Self::new(i64::from(days) * SECONDS_PER_DAY, 0)
    }

    /// From nanoseconds since 1970.
    pub(in super::super) fn of_nanos(nanos: i128) -> Option<Self> {
        let seconds = i64::try_from(nanos.div_euclid(i128::from(NANOS_PER_SECOND))).ok()?;
        let rest = u32::try_from(nanos.rem_euclid(i128::from(NANOS_PER_SECOND))).ok()?;
        Some(Self::new(seconds, rest))
    }

    /// From nanoseconds since 1970 as Arrow holds them.
    pub(in super::super) fn of_nanos_i64(nanos: i64) -> Self {
        let rest = u32::try_from(nanos.rem_euclid(NANOS_PER_SECOND)).unwrap_or(0);
        Self::new(nanos.div_euclid(NANOS_PER_SECOND), rest)
    }

    /// The wall clock as nanoseconds since 1970, without regard to the offset.
    ///
    /// # Errors
    /// `0A000` outside the years 1677 to 2262.
    pub(in super::super) fn wall_nanos(&self) -> Result<i64, SqlError> {
        self.seconds
            .checked_mul(NANOS_PER_SECOND)
            .and_then(|nanos| nanos.checked_add(i64::from(self.nanos)))
            .ok_or_else(|| SqlError::not_simulated("timestamps outside the years 1677 to 2262"))
    }

    /// The day of the wall clock.
    pub(in super::super) fn days(&self) -> Option<i32> {
        i32::try_from(self.seconds.div_euclid(SECONDS_PER_DAY)).ok()
    }

    /// Nanoseconds since midnight of the wall clock.
    pub(in super::super) fn nanos_of_day(&self) -> i64 {
        self.seconds.rem_euclid(SECONDS_PER_DAY) * NANOS_PER_SECOND + i64::from(self.nanos)
    }

    /// The calendar day of the wall clock.
    pub(in super::super) fn date(&self) -> Option<NaiveDate> {
        self.days().and_then(date_of_days)
    }

    /// The same instant shown in UTC; without an offset the clock is taken to be in `zone`.
    pub(in super::super) fn instant(&self, zone: Tz) -> Stamp {
        let offset = self
            .offset
            .map_or_else(|| wall_offset_seconds(self.seconds, zone), |minutes| i64::from(minutes) * 60);
        Stamp::new(self.seconds - offset, self.nanos)
    }

    /// This instant in UTC as the wall clock of `zone` shows it, with its offset.
    pub(in super::super) fn shown_in(&self, zone: Tz) -> Stamp {
        let minutes = zone_offset_minutes(self.seconds, zone);
        self.shown_at(minutes)
    }

    /// This instant in UTC as a wall clock at an offset shows it.
    pub(in super::super) fn shown_at(&self, minutes: i32) -> Stamp {
        Stamp { seconds: self.seconds + i64::from(minutes) * 60, nanos: self.nanos, offset: Some(minutes) }
    }

    /// The same with the fraction cut to `scale` digits.
    pub(in super::super) fn truncated(&self, scale: u8) -> Stamp {
        let unit = 10_u32.pow(u32::from(9 - scale.min(9)));
        Stamp { nanos: self.nanos / unit * unit, ..*self }
    }
}

/// The offset of `zone` at an instant in UTC.
pub(in super::super) fn zone_offset_minutes(seconds: i64, zone: Tz) -> i32 {
    DateTime::from_timestamp(seconds, 0)
        .map_or(0, |instant| zone.offset_from_utc_datetime(&instant.naive_utc()).fix().local_minus_utc() / 60)
}

/// The offset of `zone` when its wall clock shows `seconds`; the earlier one of two.
fn wall_offset_seconds(seconds: i64, zone: Tz) -> i64 {
    let Some(wall) = DateTime::from_timestamp(seconds, 0) else { return 0 };
    let found = zone.offset_from_local_datetime(&wall.naive_utc());
    let offset = found.earliest().map(|offset| offset.fix().local_minus_utc());
    // A clock that skips an hour never shows this time: the offset before the gap holds.
    i64::from(offset.unwrap_or_else(|| zone_offset_minutes(seconds - 3 * 3600, zone) * 60))
}

/// The calendar day that Arrow's day number names.
pub(in super::super) fn date_of_days(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(days.checked_add(EPOCH_FROM_COMMON_ERA)?)
}

/// The day number of a calendar day.
pub(in super::super) fn days_of_date(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - EPOCH_FROM_COMMON_ERA
}
