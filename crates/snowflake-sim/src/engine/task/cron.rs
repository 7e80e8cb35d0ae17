//! The five fields of cron and a time zone.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone};
use chrono_tz::Tz;
use time::OffsetDateTime;

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
/// How many days are looked at before a rule is taken for one that never comes true: leap days may be eight
/// years apart.
const FURTHEST: u64 = 366 * 9;

/// A rule that is true of some minutes.
#[derive(Clone, Debug)]
pub(super) struct Cron {
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
    zone: Tz,
}

/// The values that a field may have.
#[derive(Clone, Debug)]
struct Field {
    /// One bit for each value.
    values: u64,
    /// Whether the field says `*`.
    is_any: bool,
    /// Whether the last day of a month is meant too.
    last: bool,
}

impl Cron {
    /// Reads five fields and the name of a zone; none when they are not.
    pub(super) fn parse(fields: &[&str]) -> Option<Self> {
        let [minutes, hours, days, months, weekdays, zone] = fields else { return None };
        Some(Self {
            minutes: Field::parse(minutes, 0, 59, &[])?,
            hours: Field::parse(hours, 0, 23, &[])?,
            days: Field::parse(days, 1, 31, &[])?,
            months: Field::parse(months, 1, 12, &MONTHS)?,
            weekdays: Field::parse(weekdays, 0, 7, &DAYS)?,
            zone: zone.parse().ok()?,
        })
    }

    /// The first minute after a time of which the rule is true.
    pub(super) fn after(&self, time: OffsetDateTime) -> Option<OffsetDateTime> {
        let start = DateTime::from_timestamp(time.unix_timestamp(), 0)?.with_timezone(&self.zone);
        let first = start.date_naive();
        let days = (0..FURTHEST).filter_map(|count| first.checked_add_days(Days::new(count)));
        let mut minutes = days.filter(|day| self.takes(*day)).flat_map(|day| self.minutes_of(day));
        minutes.find(|minute| *minute > time)
    }

    /// Whether a day is one of those that are meant: by both fields, or by either if both say something.
    fn takes(&self, day: NaiveDate) -> bool {
        let is_last = day.succ_opt().is_none_or(|next| next.month() != day.month());
        let by_day = self.days.has(day.day()) || self.days.last && is_last;
        let weekday = day.weekday().num_days_from_sunday();
        let by_weekday = self.weekdays.has(weekday) || weekday == 0 && self.weekdays.has(7);
        let is_meant = match (self.days.is_any, self.weekdays.is_any) {
            (false, false) => by_day || by_weekday,
            _ => by_day && by_weekday,
        };
        is_meant && self.months.has(day.month())
    }

    /// The minutes of a day, but for those that its zone leaves out.
    fn minutes_of(&self, day: NaiveDate) -> impl Iterator<Item = OffsetDateTime> {
        let hours = (0..24).filter(|hour| self.hours.has(*hour));
        let minutes = hours.flat_map(|hour| {
            (0..60).filter(|minute| self.minutes.has(*minute)).map(move |minute| (hour, minute))
        });
        minutes.filter_map(move |(hour, minute)| {
            let local = self.zone.from_local_datetime(&day.and_hms_opt(hour, minute, 0)?).earliest()?;
            OffsetDateTime::from_unix_timestamp(local.timestamp()).ok()
        })
    }
}

impl Field {
    fn parse(text: &str, least: u32, most: u32, names: &[&str]) -> Option<Self> {
        let mut field = Self { values: 0, is_any: text == "*", last: false };
        for part in text.split(',') {
            if part.eq_ignore_ascii_case("L") && most == 31 {
                field.last = true;
                continue;
            }
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, step.parse().ok().filter(|step| *step > 0)?),
                None => (part, 1),
            };
            let number = |text: &str| -> Option<u32> {
                let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
                // The names of days count from 0, those of months from 1.
                let named = named.and_then(|at| u32::try_from(at).ok()).map(|at| at + least);
                named.or_else(|| text.parse().ok()).filter(|number| (least..=most).contains(number))
            };
            let (from, to) = match range.split_once('-') {
                Some((from, to)) => (number(from)?, number(to)?),
                None if range == "*" => (least, most),
                None => {
                    let only = number(range)?;
                    (only, if part.contains('/') { most } else { only })
                }
            };
            let mut value = from;
            while value <= to {
                field.values |= 1 << value;
                value = value.checked_add(step)?;
            }
        }
        (field.values != 0 || field.last).then_some(field)
    }

    fn has(&self, value: u32) -> bool {
        self.values >> value & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use time::format_description::well_known::Rfc3339;

    use super::*;

    fn next(rule: &str, from: &str) -> String {
        let fields: Vec<&str> = rule.split(' ').collect();
        let found = Cron::parse(&fields).unwrap().after(OffsetDateTime::parse(from, &Rfc3339).unwrap());
        found.map_or_else(|| "never".to_owned(), |found| found.format(&Rfc3339).unwrap())
    }

    #[test]
    fn the_next_minute_is_found() {
        let cases = [
            ("* * * * * UTC", "2024-03-15T12:30:45Z", "2024-03-15T12:31:00Z"),
            ("*/15 * * * * UTC", "2024-03-15T12:30:00Z", "2024-03-15T12:45:00Z"),
            ("0 9 * * MON-FRI UTC", "2024-03-15T12:30:45Z", "2024-03-18T09:00:00Z"),
            ("0 9 * * 7 UTC", "2024-03-15T12:30:45Z", "2024-03-17T09:00:00Z"),
            ("30 2,14 1 * * UTC", "2024-03-15T12:30:45Z", "2024-04-01T02:30:00Z"),
            ("0 0 L * * UTC", "2024-02-15T00:00:00Z", "2024-02-29T00:00:00Z"),
            ("0 0 29 FEB * UTC", "2024-03-01T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("0 0 13 * FRI UTC", "2024-03-15T12:00:00Z", "2024-03-22T00:00:00Z"),
            ("0 9 * * * America/Los_Angeles", "2024-03-15T12:30:45Z", "2024-03-15T16:00:00Z"),
            // The clocks jump over that minute on the tenth.
            ("30 2 * * * America/Los_Angeles", "2024-03-09T12:00:00Z", "2024-03-11T09:30:00Z"),
            ("0 0 31 FEB * UTC", "2024-03-15T12:30:45Z", "never"),
        ];
        for (rule, from, wanted) in cases {
            assert_eq!(next(rule, from), wanted, "{rule}");
        }
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for rule in [
            "",
            "* * * * UTC",
            "60 * * * * UTC",
            "* * 0 * * UTC",
            "*/0 * * * * UTC",
            "* * * * * Mars",
            "x * * * * UTC",
        ] {
            let fields: Vec<&str> = rule.split(' ').collect();
            assert!(Cron::parse(&fields).is_none(), "{rule}");
        }
    }
}
