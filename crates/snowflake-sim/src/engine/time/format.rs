//! Snowflake's format strings such as `YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM`, for writing and reading.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};

use super::stamp::{Stamp, days_of_date};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Year,
    ShortYear,
    Month,
    MonthName,
    MonthShort,
    Day,
    DayShort,
    Hour24,
    Hour12,
    Meridiem,
    Minute,
    Second,
    Fraction(u8),
    ZoneHour,
    ZoneMinute,
    Literal(String),
}

/// The elements, longest spelling first where one begins another.
const ELEMENTS: [(&str, Piece); 18] = [
    ("YYYY", Piece::Year),
    ("YY", Piece::ShortYear),
    ("MMMM", Piece::MonthName),
    ("MON", Piece::MonthShort),
    ("MM", Piece::Month),
    ("MI", Piece::Minute),
    ("DD", Piece::Day),
    ("DY", Piece::DayShort),
    ("HH24", Piece::Hour24),
    ("HH12", Piece::Hour12),
    ("HH", Piece::Hour24),
    ("AM", Piece::Meridiem),
    ("PM", Piece::Meridiem),
    ("SS", Piece::Second),
    ("TZH", Piece::ZoneHour),
    ("TZM", Piece::ZoneMinute),
    ("UUUU", Piece::Year),
    ("FF", Piece::Fraction(9)),
];

/// A parsed format string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Format {
    pieces: Vec<Piece>,
}

impl Format {
    /// Reads a format string; what is no element stands for itself.
    pub(in super::super) fn new(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if first == '"' {
                let inner = &rest[1..];
                let end = inner.find('"').unwrap_or(inner.len());
                literal.push_str(&inner[..end]);
                rest = inner.get(end + 1..).unwrap_or("");
                continue;
            }
            let found = ELEMENTS
                .iter()
                .find(|(name, _)| rest.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)));
            let Some((name, piece)) = found else {
                literal.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            };
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
            }
            rest = &rest[name.len()..];
            let mut piece = piece.clone();
            if let Piece::Fraction(_) = piece
                && let Some(digits) = rest.chars().next().and_then(|next| next.to_digit(10))
            {
                piece = Piece::Fraction(u8::try_from(digits).unwrap_or(9));
                rest = &rest[1..];
            }
            pieces.push(piece);
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Self { pieces }
    }

    /// Writes what a wall clock shows. Without an offset the zone elements write nothing.
    pub(in super::super) fn write(&self, stamp: &Stamp) -> String {
        let mut out = String::new();
        let date = stamp.date().unwrap_or_default();
        let second_of_day = stamp.seconds.rem_euclid(86_400);
        let (hour, minute, second) = (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
        let offset = stamp.offset;
        for piece in &self.pieces {
            let written = match piece {
                Piece::Year => write!(out, "{:04}", date.year()),
                Piece::ShortYear => write!(out, "{:02}", date.year().rem_euclid(100)),
                Piece::Month => write!(out, "{:02}", date.month()),
                Piece::MonthName => write!(out, "{}", name(&MONTHS, date.month0())),
                Piece::MonthShort => write!(out, "{:.3}", name(&MONTHS, date.month0())),
                Piece::Day => write!(out, "{:02}", date.day()),
                Piece::DayShort => write!(out, "{}", name(&DAYS, date.weekday().num_days_from_monday())),
                Piece::Hour24 => write!(out, "{hour:02}"),
                Piece::Hour12 => write!(out, "{:02}", (hour + 11) % 12 + 1),
                Piece::Meridiem => write!(out, "{}", if hour < 12 { "AM" } else { "PM" }),
                Piece::Minute => write!(out, "{minute:02}"),
                Piece::Second => write!(out, "{second:02}"),
                Piece::Fraction(0) => {
                    if out.ends_with('.') {
                        out.pop();
                    }
                    Ok(())
                }
                Piece::Fraction(digits) => {
                    let unit = 10_u32.pow(u32::from(9 - digits.min(&9)));
                    write!(out, "{:0width$}", stamp.nanos / unit, width = usize::from(*digits))
                }
                Piece::ZoneHour => offset.map_or(Ok(()), |minutes| {
                    write!(out, "{}{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60)
                }),
                Piece::ZoneMinute => {
                    offset.map_or(Ok(()), |minutes| write!(out, "{:02}", minutes.abs() % 60))
                }
                Piece::Literal(text) => {
                    out.push_str(text);
                    Ok(())
                }
            };
            debug_assert!(written.is_ok(), "writing to a string cannot fail");
        }
        if offset.is_none() { out.trim_end().to_owned() } else { out }
    }

    /// Reads a text that follows the format; elements that are missing keep 1970-01-01 and midnight.
    pub(in super::super) fn read(&self, text: &str) -> Option<Stamp> {
        let mut fields = Fields::default();
        let mut rest = text.trim();
        for piece in &self.pieces {
            rest = fields.take(piece, rest)?;
        }
        rest.trim().is_empty().then_some(())?;
        fields.stamp()
    }
}

fn name<'a>(names: &[&'a str], at: u32) -> &'a str {
    usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or("")
}

/// What has been read so far.
struct Fields {
    year: i32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    nanos: u32,
    afternoon: Option<bool>,
    offset: Option<i32>,
}

impl Default for Fields {
    fn default() -> Self {
        Self {
            year: 1970,
            month: 1,
            day: 1,
            hour: 0,
            minute: 0,
            second: 0,
            nanos: 0,
            afternoon: None,
            offset: None,
        }
    }
}

impl Fields {
    fn take<'a>(&mut self, piece: &Piece, rest: &'a str) -> Option<&'a str> {
        match piece {
            Piece::Literal(text) => return rest.strip_prefix(text.as_str()),
            Piece::MonthName | Piece::MonthShort => {
                let at = MONTHS.iter().position(|month| begins(rest, &month[..3]))?;
                self.month = u32::try_from(at).ok()? + 1;
                let full = MONTHS[at].len();
                return rest.get(if begins(rest, MONTHS[at]) { full } else { 3 }..);
            }
            Piece::DayShort => return rest.get(3..),
            Piece::Meridiem => {
                self.afternoon = Some(begins(rest, "PM"));
                return rest.get(2..);
            }
            Piece::ZoneHour => {
                let sign = if rest.starts_with('-') { -1 } else { 1 };
                let (hours, rest) = digits(rest.trim_start_matches(['+', '-']), 2)?;
                self.offset = Some(sign * i32::try_from(hours).ok()? * 60);
                return Some(rest);
            }
            Piece::Fraction(_) => {
                let count = rest.bytes().take_while(u8::is_ascii_digit).count().min(9);
                let nine: String = rest[..count].chars().chain(std::iter::repeat('0')).take(9).collect();
                self.nanos = nine.parse().ok()?;
                return Some(&rest[count..]);
            }
            _ => {}
        }
        let (value, rest) = digits(rest, if *piece == Piece::Year { 4 } else { 2 })?;
        match piece {
            Piece::Year => self.year = i32::try_from(value).ok()?,
            Piece::ShortYear => {
                self.year = i32::try_from(if value < 70 { 2000 + value } else { 1900 + value }).ok()?
            }
            Piece::Month => self.month = value,
            Piece::Day => self.day = value,
            Piece::Hour24 | Piece::Hour12 => self.hour = value,
            Piece::Minute => self.minute = value,
            Piece::Second => self.second = value,
            Piece::ZoneMinute => {
                let hours = self.offset.unwrap_or(0);
                let minutes = i32::try_from(value).ok()?;
                self.offset = Some(if hours < 0 { hours - minutes } else { hours + minutes });
            }
            _ => return None,
        }
        Some(rest)
    }

    fn stamp(&self) -> Option<Stamp> {
        let hour = match self.afternoon {
            Some(true) => self.hour % 12 + 12,
            Some(false) => self.hour % 12,
            None => self.hour,
        };
        if hour > 23 || self.minute > 59 || self.second > 59 {
            return None;
        }
        let mut stamp =
            Stamp::of_days(days_of_date(NaiveDate::from_ymd_opt(self.year, self.month, self.day)?));
        stamp.seconds += i64::from(hour * 3600 + self.minute * 60 + self.second);
        stamp.nanos = self.nanos;
        stamp.offset = self.offset;
        Some(stamp)
    }
}

fn begins(text: &str, head: &str) -> bool {
    text.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head))
}

fn digits(text: &str, most: usize) -> Option<(u32, &str)> {
    let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (head, rest) = text.split_at(count);
    Some((head.parse().ok()?, rest))
}
