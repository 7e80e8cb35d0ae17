//! Days, weeks, months and quarters of the calendar.

use time::{Date, Duration, Month, OffsetDateTime, UtcOffset};

/// The span that a budget is for, by the calendar of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BudgetPeriod {
    /// From midnight to midnight.
    Day,
    /// From Monday.
    Week,
    /// From the first of the month.
    Month,
    /// From the first of January, April, July or October.
    Quarter,
}

/// One such span: its end is the beginning of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Period {
    pub(super) start: OffsetDateTime,
    pub(super) end: OffsetDateTime,
}

impl Period {
    pub(super) fn length(&self) -> Duration {
        self.end - self.start
    }
}

impl BudgetPeriod {
    /// The word for messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
        }
    }

    /// The span that holds an instant.
    pub(super) fn containing(self, at: OffsetDateTime) -> Period {
        let date = at.to_offset(UtcOffset::UTC).date();
        let first = self.first_day(date);
        let longest = match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 31,
            Self::Quarter => 92,
        };
        // No span is longer: so many days on is its next one, or a few days into it.
        let next = self.first_day(first.saturating_add(Duration::days(longest)));
        Period { start: first.midnight().assume_utc(), end: next.midnight().assume_utc() }
    }

    /// The span before the one that holds an instant.
    pub(super) fn before(self, at: OffsetDateTime) -> Period {
        self.containing(self.containing(at).start.saturating_sub(Duration::DAY))
    }

    fn first_day(self, date: Date) -> Date {
        let month = match self {
            Self::Day => return date,
            Self::Week => {
                let days = i64::from(date.weekday().number_days_from_monday());
                return date.saturating_sub(Duration::days(days));
            }
            Self::Month => date.month(),
            Self::Quarter => match date.month() {
                Month::January | Month::February | Month::March => Month::January,
                Month::April | Month::May | Month::June => Month::April,
                Month::July | Month::August | Month::September => Month::July,
                Month::October | Month::November | Month::December => Month::October,
            },
        };
        Date::from_calendar_date(date.year(), month, 1).unwrap_or(date)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::{BudgetPeriod, Duration, OffsetDateTime};

    const ALL: [BudgetPeriod; 4] =
        [BudgetPeriod::Day, BudgetPeriod::Week, BudgetPeriod::Month, BudgetPeriod::Quarter];

    #[test]
    fn spans_begin_where_the_calendar_says() {
        let at = datetime!(2028-02-29 23:30 -05:00);
        let spans = ALL.map(|period| period.containing(at));
        assert_eq!(spans[0].start, datetime!(2028-03-01 0:00 UTC));
        assert_eq!(spans[1].start, datetime!(2028-02-28 0:00 UTC));
        assert_eq!(
            (spans[2].start, spans[2].end),
            (datetime!(2028-03-01 0:00 UTC), datetime!(2028-04-01 0:00 UTC))
        );
        assert_eq!(
            (spans[3].start, spans[3].end),
            (datetime!(2028-01-01 0:00 UTC), datetime!(2028-04-01 0:00 UTC))
        );
        assert_eq!(BudgetPeriod::Month.before(at).start, datetime!(2028-02-01 0:00 UTC));
    }

    proptest! {
        #[test]
        fn every_instant_lies_in_one_span_and_they_follow_each_other(seconds in 0_i64..4_000_000_000) {
            let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            for period in ALL {
                let span = period.containing(at);
                prop_assert!(span.start <= at && at < span.end);
                prop_assert_eq!(period.before(at).end, span.start);
                prop_assert_eq!(period.containing(span.end).start, span.end);
                prop_assert_eq!(period.containing(span.end - Duration::SECOND), span);
            }
        }
    }
}
