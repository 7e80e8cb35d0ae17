//! Reading dates, times and timestamps in any of the forms that `AUTO` detects.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::stamp::{Stamp, days_of_date, zone_offset_minutes};

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// Reads a date or timestamp; digits alone count seconds, milli-, micro- or nanoseconds by magnitude.
pub(in super::super) fn read_stamp(text: &str) -> Option<Stamp> {
    let text = text.trim();
    if let Some(stamp) = read_epoch(text) {
        return Some(stamp);
    }
    let mut reader = Reader { rest: text };
    let days = reader.date()?;
    let mut stamp = Stamp::of_days(days);
    if reader.rest.is_empty() {
        return Some(stamp);
    }
    reader.separator()?;
    let (seconds, nanos) = reader.time()?;
    stamp.seconds += seconds;
    stamp.nanos = nanos;
    reader.skip_blanks();
    stamp.offset = reader.zone(&stamp)?;
    reader.rest.is_empty().then_some(stamp)
}

/// Reads a time of day as nanoseconds since midnight.
pub(in super::super) fn read_time(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(stamp) = read_epoch(text) {
        return Some(stamp.nanos_of_day());
    }
    let mut reader = Reader { rest: text };
    if let Some((seconds, nanos)) = reader.time()
        && reader.rest.is_empty()
    {
        return Some(seconds * 1_000_000_000 + i64::from(nanos));
    }
    read_stamp(text).map(|stamp| stamp.nanos_of_day())
}

/// A count since 1970, whose magnitude tells the unit.
fn read_epoch(text: &str) -> Option<Stamp> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: i128 = text.parse().ok()?;
    let unit: i128 = match count.unsigned_abs() {
        0..31_536_000_000 => 1_000_000_000,
        31_536_000_000..31_536_000_000_000 => 1_000_000,
        31_536_000_000_000..31_536_000_000_000_000 => 1_000,
        _ => 1,
    };
    Stamp::of_nanos(count.checked_mul(unit)?)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        digits.parse().ok()
    }

    fn eat(&mut self, byte: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(byte)?;
        Some(())
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn word(&mut self) -> &'a str {
        let count = self.rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (word, rest) = self.rest.split_at(count);
        self.rest = rest;
        word
    }

    fn month_name(&mut self) -> Option<u32> {
        let word = self.word().get(..3)?.to_ascii_uppercase();
        MONTHS.iter().position(|month| *month == word).and_then(|at| u32::try_from(at + 1).ok())
    }

    /// `2024-02-29`, `29-FEB-2024`, `02/29/2024` or `Thu, 29 Feb 2024`.
    fn date(&mut self) -> Option<i32> {
        if self.rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
            self.word();
            self.eat(',')?;
            self.skip_blanks();
            let day = self.digits(1, 2)?;
            self.skip_blanks();
            let month = self.month_name()?;
            self.skip_blanks();
            return civil(self.digits(4, 4)?, month, day);
        }
        let before = self.rest;
        if let Some(year) = self.digits(4, 4) {
            self.eat('-')?;
            let month = self.digits(1, 2)?;
            self.eat('-')?;
            return civil(year, month, self.digits(1, 2)?);
        }
        self.rest = before;
        let first = self.digits(1, 2)?;
        if self.eat('/').is_some() {
            let day = self.digits(1, 2)?;
            self.eat('/')?;
            return civil(self.digits(4, 4)?, first, day);
        }
        self.eat('-')?;
        let month = self.month_name()?;
        self.eat('-')?;
        civil(self.digits(4, 4)?, month, first)
    }

    fn separator(&mut self) -> Option<()> {
        if self.eat('T').is_some() {
            return Some(());
        }
        let before = self.rest.len();
        self.skip_blanks();
        (self.rest.len() < before).then_some(())
    }

    /// `HH[:MI[:SS[.F…]]]` with an optional `AM` or `PM`.
    fn time(&mut self) -> Option<(i64, u32)> {
        let mut hour = self.digits(1, 2)?;
        self.eat(':')?;
        let minute = self.digits(1, 2)?;
        let (mut second, mut nanos) = (0, 0);
        if self.eat(':').is_some() {
            second = self.digits(1, 2)?;
            if self.eat('.').is_some() {
                nanos = self.fraction();
            }
        }
        let before = self.rest;
        self.skip_blanks();
        match self.word().to_ascii_uppercase().as_str() {
            "AM" if hour <= 12 => hour %= 12,
            "PM" if hour <= 12 => hour = hour % 12 + 12,
            _ => self.rest = before,
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        Some((i64::from(hour * 3600 + minute * 60 + second), nanos))
    }

    fn fraction(&mut self) -> u32 {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        let nine: String = digits.chars().chain(std::iter::repeat('0')).take(9).collect();
        nine.parse().unwrap_or(0)
    }

    /// `Z`, `+01:00`, `-0800`, `+1` or the name of a zone; nothing is no offset.
    #[expect(clippy::option_option, reason = "unreadable and absent differ")]
    fn zone(&mut self, wall: &Stamp) -> Option<Option<i32>> {
        if self.rest.is_empty() {
            return Some(None);
        }
        if self.rest == "Z" || self.rest.eq_ignore_ascii_case("UTC") || self.rest.eq_ignore_ascii_case("GMT")
        {
            self.rest = "";
            return Some(Some(0));
        }
        if let Some(sign) = self.rest.chars().next().and_then(|first| match first {
            '+' => Some(1),
            '-' => Some(-1),
            _ => None,
        }) {
            self.rest = &self.rest[1..];
            let hours = self.digits(1, 2)?;
            let colon = self.eat(':').is_some();
            let minutes = if colon { self.digits(2, 2)? } else { self.digits(2, 2).unwrap_or(0) };
            return Some(Some(sign * i32::try_from(hours * 60 + minutes).ok()?));
        }
        let zone: Tz = self.rest.parse().ok()?;
        self.rest = "";
        let instant = wall.instant(zone);
        Some(Some(zone_offset_minutes(instant.seconds, zone)))
    }
}

fn civil(year: u32, month: u32, day: u32) -> Option<i32> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day).map(days_of_date)
}
