//! What warehouses cost: by the hour, and by the day.

use std::collections::BTreeMap;

use time::{Date, Duration, OffsetDateTime};

use super::super::SqlError;
use super::super::run::Run;
use super::super::types::{INTEGER, SqlType, TEXT};
use super::super::value::Value;
use super::arguments::Arguments;
use super::attribution::attributed;
use super::field::{CREDITS, Field, INSTANT, Rows, count, credits, instant, known, table};

/// How far the views look back.
const KEPT_BY_VIEW: Duration = Duration::days(365);
/// How far the function looks back.
const KEPT: Duration = Duration::days(180);
const SERVICE: &str = "WAREHOUSE_METERING";

/// What one warehouse cost in one hour, in billionths of a credit.
struct Hour {
    start: OffsetDateTime,
    end: OffsetDateTime,
    warehouse_id: u64,
    warehouse: String,
    compute: i128,
    cloud_services: i128,
    attributed: i128,
}

/// What all warehouses cost in one day.
struct Day {
    date: Date,
    compute: i128,
    cloud_services: i128,
}

impl Hour {
    fn used(&self) -> i128 {
        self.compute + self.cloud_services
    }
}

const OF_HOUR: [Field<Hour>; 2] = [
    Field::new("START_TIME", INSTANT, |hour| instant(hour.start)),
    Field::new("END_TIME", INSTANT, |hour| instant(hour.end)),
];
const OF_WAREHOUSE: [Field<Hour>; 1] =
    [Field::new("WAREHOUSE_NAME", TEXT, |hour| Value::text(hour.warehouse.clone()))];
const ID: [Field<Hour>; 1] = [Field::new("WAREHOUSE_ID", INTEGER, |hour| count(hour.warehouse_id))];
const USED: [Field<Hour>; 3] = [
    Field::new("CREDITS_USED", CREDITS, |hour| credits(hour.used())),
    Field::new("CREDITS_USED_COMPUTE", CREDITS, |hour| credits(hour.compute)),
    Field::new("CREDITS_USED_CLOUD_SERVICES", CREDITS, |hour| credits(hour.cloud_services)),
];
const ATTRIBUTED: [Field<Hour>; 1] =
    [Field::new("CREDITS_ATTRIBUTED_COMPUTE_QUERIES", CREDITS, |hour| credits(hour.attributed))];
const OF_SERVICE: [Field<Hour>; 9] = [
    Field::new("SERVICE_TYPE", TEXT, |_| Value::text(SERVICE)),
    Field::new("ENTITY_TYPE", TEXT, |_| Value::text("WAREHOUSE")),
    Field::new("ENTITY_ID", INTEGER, |hour| count(hour.warehouse_id)),
    Field::new("NAME", TEXT, |hour| Value::text(hour.warehouse.clone())),
    Field::new("DATABASE_NAME", TEXT, |_| Value::Null),
    Field::new("SCHEMA_NAME", TEXT, |_| Value::Null),
    Field::new("BYTES", INTEGER, |_| Value::Null),
    Field::new("ROWS", INTEGER, |_| Value::Null),
    Field::new("FILES", INTEGER, |_| Value::Null),
];
const OF_DAY: [Field<Day>; 7] = [
    Field::new("SERVICE_TYPE", TEXT, |_| Value::text(SERVICE)),
    Field::new("USAGE_DATE", SqlType::Date, |day| super::field::day(day.date)),
    Field::new("CREDITS_USED_COMPUTE", CREDITS, |day| credits(day.compute)),
    Field::new("CREDITS_USED_CLOUD_SERVICES", CREDITS, |day| credits(day.cloud_services)),
    Field::new("CREDITS_USED", CREDITS, |day| credits(day.compute + day.cloud_services)),
    Field::new("CREDITS_ADJUSTMENT_CLOUD_SERVICES", CREDITS, |day| credits(-free(day))),
    Field::new("CREDITS_BILLED", CREDITS, |day| credits(day.compute + day.cloud_services - free(day))),
];

/// What a day's cloud services cost is free up to a tenth of its compute.
fn free(day: &Day) -> i128 {
    day.cloud_services.min(day.compute / 10)
}

/// The hours that begin between two times, oldest first.
fn hours(run: &Run, from: OffsetDateTime, to: OffsetDateTime) -> Vec<Hour> {
    let mut by_hour: BTreeMap<(OffsetDateTime, u64), i128> = BTreeMap::new();
    for each in attributed(run) {
        // A statement counts in the hour in which it began.
        *by_hour.entry((hour_of(each.started), each.warehouse_id())).or_default() += each.nanos;
    }
    let is_modelled = run.engine().options().history.speed.is_some();
    let hours = run.engine().warehouse_usage(from, to).into_iter().map(|usage| {
        let attributed = by_hour.get(&(usage.start, usage.warehouse_id)).copied().unwrap_or(0);
        // A modelled speed makes statements last longer than the meter has run.
        let least = if is_modelled { attributed } else { 0 };
        Hour {
            start: usage.start,
            end: usage.end,
            warehouse_id: usage.warehouse_id,
            warehouse: usage.warehouse,
            compute: usage.compute.nanos().max(least),
            cloud_services: usage.cloud_services.nanos(),
            attributed,
        }
    });
    let mut hours: Vec<Hour> = hours.collect();
    hours.sort_by(|one, other| (one.start, &one.warehouse).cmp(&(other.start, &other.warehouse)));
    hours
}

/// The start of the hour that a time is in.
fn hour_of(at: OffsetDateTime) -> OffsetDateTime {
    let second = at.unix_timestamp();
    OffsetDateTime::from_unix_timestamp(second - second.rem_euclid(3_600)).unwrap_or(at)
}

/// The hours that the views know of.
fn viewed(run: &Run) -> Vec<Hour> {
    let known = known(run);
    hours(run, known - KEPT_BY_VIEW, known)
}

/// The table function `WAREHOUSE_METERING_HISTORY`.
pub(super) fn function(run: &Run, arguments: &Arguments<'_>) -> Result<Rows, SqlError> {
    let now = run.engine().options().clock.wall();
    let from = arguments.time("DATE_RANGE_START")?.ok_or_else(|| arguments.invalid("DATE_RANGE_START"))?;
    let to = arguments.time("DATE_RANGE_END")?.unwrap_or(now);
    let warehouse = arguments.text("WAREHOUSE_NAME");
    let mut hours = hours(run, from.max(now - KEPT), to.min(now) + Duration::NANOSECOND);
    if let Some(name) = warehouse {
        hours.retain(|hour| hour.warehouse.eq_ignore_ascii_case(&name));
    }
    table(&[&OF_HOUR, &OF_WAREHOUSE, &USED], hours)
}

/// The view `WAREHOUSE_METERING_HISTORY`.
pub(super) fn by_warehouse(run: &Run) -> Result<Rows, SqlError> {
    table(&[&OF_HOUR, &ID, &OF_WAREHOUSE, &USED, &ATTRIBUTED], viewed(run))
}

/// The view `METERING_HISTORY`.
pub(super) fn by_service(run: &Run) -> Result<Rows, SqlError> {
    table(&[&OF_HOUR, &OF_SERVICE, &USED], viewed(run))
}

/// The view `METERING_DAILY_HISTORY`.
pub(super) fn by_day(run: &Run) -> Result<Rows, SqlError> {
    let mut days: BTreeMap<Date, Day> = BTreeMap::new();
    for hour in viewed(run) {
        let date = hour.start.date();
        let day = days.entry(date).or_insert(Day { date, compute: 0, cloud_services: 0 });
        day.compute += hour.compute;
        day.cloud_services += hour.cloud_services;
    }
    table(&[&OF_DAY], days.into_values())
}
