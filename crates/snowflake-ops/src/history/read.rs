//! Reading the history from wherever it is.

use futures::stream::{self, StreamExt, TryStreamExt};
use snowflake_query::Pool;
use time::{Duration, OffsetDateTime};

use super::options::{HistorySource, QueryHistoryOptions};
use super::record::QueryRecord;
use super::{recent, view};
use crate::metadata::Listing;

/// How far back the functions of `INFORMATION_SCHEMA` look, with a margin for clocks that disagree.
const RECENT: Duration = Duration::minutes(7 * 24 * 60 - 5);
/// Where a longer range is cut: long before that the view knows everything.
const CUT: Duration = Duration::days(6);

/// A range of time, and whether statements that run are in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: OffsetDateTime,
    /// Nothing is the present moment, with what runs.
    pub(super) end: Option<OffsetDateTime>,
}

/// The statements that ended between two times, both included, newest first; those that run too, where `end` is not in the
/// past.
///
/// A range within the last 7 days is read from `INFORMATION_SCHEMA`, an older one from `ACCOUNT_USAGE`, and a longer one from
/// both; [`QueryRecord::source`] tells which. Answers of the first have at most 10,000 rows: the stream asks again for what
/// is older. Both are queries, which the service may run on the session's warehouse.
///
/// The stream fails with [`Configuration`](crate::ErrorKind::Configuration) for an option that is no name; with
/// [`Sql`](crate::ErrorKind::Sql) where the role may not read `ACCOUNT_USAGE` and it is needed: the message names the missing
/// grant, and [`Error::lacks_account_usage`](crate::Error::lacks_account_usage) is true; with
/// [`Incomplete`](crate::ErrorKind::Incomplete) where more than 10,000 statements ended in the same millisecond; and with the
/// other kinds of a statement.
pub fn query_history(
    pool: &Pool,
    start: OffsetDateTime,
    end: OffsetDateTime,
    options: QueryHistoryOptions,
) -> Listing<QueryRecord> {
    let now = pool.clock().wall();
    let range = Range { start, end: Some(end).filter(|end| *end < now) };
    let limit = options.limit;
    let records = stream::iter(parts(range, now, options.source)).flat_map({
        let pool = pool.clone();
        move |(source, range)| match source {
            HistorySource::InformationSchema => recent::records(&pool, range, options.clone()).boxed(),
            HistorySource::AccountUsage => view::records(&pool, range, options.clone()).boxed(),
        }
    });
    match limit.map(usize::try_from) {
        Some(Ok(limit)) => Listing::new(records.take(limit)),
        _ => Listing::new(records.into_stream()),
    }
}

/// Where to read which part of a range, the newest first.
pub(super) fn parts(
    range: Range,
    now: OffsetDateTime,
    source: Option<HistorySource>,
) -> Vec<(HistorySource, Range)> {
    use HistorySource::{AccountUsage, InformationSchema};
    let cut = now - CUT;
    match source {
        Some(source) => vec![(source, range)],
        None if range.start >= now - RECENT => vec![(InformationSchema, range)],
        None if range.end.is_some_and(|end| end < cut) => vec![(AccountUsage, range)],
        None => {
            let before = cut - Duration::nanoseconds(1);
            let recent = Range { start: cut, ..range };
            let older = Range { end: Some(before), ..range };
            vec![(InformationSchema, recent), (AccountUsage, older)]
        }
    }
}

/// An instant in SQL.
pub(super) fn instant(at: OffsetDateTime) -> String {
    let utc = at.to_offset(time::UtcOffset::UTC);
    let ((hour, minute, second, nanosecond), date) = (utc.time().as_hms_nano(), utc.date());
    format!("'{date}T{hour:02}:{minute:02}:{second:02}.{nanosecond:09}Z'::TIMESTAMP_LTZ")
}
