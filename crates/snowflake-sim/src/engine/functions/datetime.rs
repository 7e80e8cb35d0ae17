//! Functions over dates, times and timestamps.

use chrono::Datelike;
use chrono_tz::Tz;

use super::super::SqlError;
use super::super::time::{NANOS_PER_SECOND, Part, Stamp, days_of_date};
use super::super::types::SqlType;
use super::super::value::{Number, Value, convert};
use super::{Call, Function, Types};

const NTZ: SqlType = SqlType::TimestampNtz { scale: 9 };

const fn part(name: &'static str) -> Function {
    Function::new(name, (1, 1), count, |call| extract(call, Part::parse(call.name), 0))
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("DATEADD", (3, 3), shifted_type, date_add),
    Function::new("DATEDIFF", (3, 3), count, date_diff),
    Function::new(
        "DATE_TRUNC",
        (2, 2),
        |types| Ok(moment(types.get(1))),
        |call| truncate(call, &call.text(0), 1),
    ),
    Function::new("DATE_PART", (2, 2), count, |call| extract(call, Part::parse(&call.text(0)), 1)),
    Function::new("LAST_DAY", (1, 2), |_| Ok(SqlType::Date), last_day),
    Function::new("ADD_MONTHS", (2, 2), |types| Ok(moment(types.get(0))), add_months),
    Function::new("MONTHS_BETWEEN", (2, 2), |_| Ok(SqlType::Float), months_between),
    Function::new("NEXT_DAY", (2, 2), |_| Ok(SqlType::Date), |call| weekday(call, 1)),
    Function::new("PREVIOUS_DAY", (2, 2), |_| Ok(SqlType::Date), |call| weekday(call, -1)),
    Function::new(
        "DAYNAME",
        (1, 1),
        |_| Ok(SqlType::Text { length: 3 }),
        |call| Ok(day(call, 0)?.date().map_or(Value::Null, |date| Value::text(date.weekday().to_string()))),
    ),
    Function::new(
        "MONTHNAME",
        (1, 1),
        |_| Ok(SqlType::Text { length: 3 }),
        |call| {
            Ok(day(call, 0)?.date().map_or(Value::Null, |date| Value::text(date.format("%b").to_string())))
        },
    ),
    Function::new(
        "DATE_FROM_PARTS",
        (3, 3),
        |_| Ok(SqlType::Date),
        |call| {
            from_parts(call)?
                .days()
                .map(Value::Date)
                .ok_or_else(|| SqlError::not_simulated("dates of that year"))
        },
    ),
    Function::new(
        "TIME_FROM_PARTS",
        (3, 4),
        |_| Ok(SqlType::Time { scale: 9 }),
        |call| Ok(Value::Time(clock(call, 0)?.rem_euclid(super::super::time::NANOS_PER_DAY))),
    ),
    Function::new("TIMESTAMP_NTZ_FROM_PARTS", (2, 7), |_| Ok(NTZ), timestamp_from_parts),
    Function::new(
        "CONVERT_TIMEZONE",
        (2, 3),
        |types| Ok(if types.types.len() == 3 { NTZ } else { SqlType::TimestampTz { scale: 9 } }),
        convert_timezone,
    ),
    part("YEAR"),
    part("QUARTER"),
    part("MONTH"),
    part("WEEK"),
    part("WEEKOFYEAR"),
    part("WEEKISO"),
    part("DAY"),
    part("DAYOFMONTH"),
    part("DAYOFWEEK"),
    part("DAYOFWEEKISO"),
    part("DAYOFYEAR"),
    part("YEAROFWEEK"),
    part("YEAROFWEEKISO"),
    part("HOUR"),
    part("MINUTE"),
    part("SECOND"),
];

fn count(_: &Types<'_>) -> Result<SqlType, SqlError> {
    Ok(SqlType::Number { precision: 9, scale: 0 })
}

/// The type of a date or timestamp argument; text counts as a timestamp.
fn moment(argument: SqlType) -> SqlType {
    match argument {
        SqlType::Text { .. } | SqlType::Variant => NTZ,
        other => other,
    }
}

fn wanted_part(call: &Call<'_>, name: &str) -> Result<Part, SqlError> {
    Part::parse(name).ok_or_else(|| {
        SqlError::new(
            "002151",
            "22023",
            format!(
                "SQL compilation error: [{name}] is not a valid date/time component for function {}.",
                call.name
            ),
        )
    })
}

/// A date becomes a timestamp when a part of a day is added to it.
fn shifted_type(types: &Types<'_>) -> Result<SqlType, SqlError> {
    let fine = types.constant_text(0).and_then(|name| Part::parse(&name)).is_some_and(Part::is_time);
    Ok(match moment(types.get(2)) {
        SqlType::Date if fine => NTZ,
        other => other,
    })
}

/// The argument as what a wall clock shows: an instant in the session's zone, text read as a timestamp.
fn day(call: &Call<'_>, at: usize) -> Result<Stamp, SqlError> {
    Ok(match call.get(at) {
        Value::Time(nanos) => Stamp::of_nanos_i64(nanos),
        Value::Tz(stamp) => stamp,
        Value::Ltz(stamp) => stamp.shown_in(call.env.zone),
        value => match convert(value, &NTZ, call.env)? {
            Value::Ntz(stamp) => stamp,
            _ => Stamp::new(0, 0),
        },
    })
}

/// A moved wall clock as a value of the result's type.
fn shown(call: &Call<'_>, stamp: Stamp) -> Result<Value<'static>, SqlError> {
    Ok(match call.returns {
        SqlType::Date => stamp.days().map_or(Value::Null, Value::Date),
        SqlType::Time { .. } => Value::Time(stamp.nanos_of_day()),
        SqlType::TimestampLtz { .. } => Value::Ltz(Stamp { offset: None, ..stamp }.instant(call.env.zone)),
        SqlType::TimestampTz { .. } => Value::Tz(stamp),
        SqlType::TimestampNtz { .. } => Value::Ntz(Stamp { offset: None, ..stamp }),
        other => return Err(SqlError::internal(format!("a moment of type {other}"))),
    })
}

fn out_of_range() -> SqlError {
    SqlError::not_simulated("dates of that year")
}

fn date_add(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let part = wanted_part(call, &call.text(0))?;
    let count = call.integer(1)?;
    shown(call, part.add(&day(call, 2)?, count).ok_or_else(out_of_range)?)
}

fn date_diff(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let name = call.text(0);
    let part = wanted_part(call, &name)?;
    let difference = part.between(&day(call, 1)?, &day(call, 2)?);
    difference.map(Value::integer).ok_or_else(|| {
        SqlError::new(
            "002151",
            "22023",
            format!(
                "SQL compilation error: [{name}] is not a valid date/time component for function DATEDIFF."
            ),
        )
    })
}

fn truncate(call: &Call<'_>, name: &str, at: usize) -> Result<Value<'static>, SqlError> {
    let part = wanted_part(call, name)?;
    shown(call, part.truncate(&day(call, at)?).ok_or_else(out_of_range)?)
}

fn extract(call: &Call<'_>, part: Option<Part>, at: usize) -> Result<Value<'static>, SqlError> {
    let Some(part) = part else {
        return wanted_part(call, &call.text(0)).map(|_| Value::Null);
    };
    let wall = day(call, at)?;
    let instant = if wall.offset.is_some() { wall.instant(Tz::UTC) } else { wall };
    let value = match (part, call.env.week_start) {
        (Part::DayOfWeek, start @ 1..=7) => {
            let iso = Part::DayOfWeekIso.extract(&wall, &instant);
            iso.map(|iso| (iso - i64::from(start)).rem_euclid(7) + 1)
        }
        _ => part.extract(&wall, &instant),
    };
    Ok(value.map_or(Value::Null, Value::integer))
}

fn last_day(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let part = wanted_part(call, &call.text_or(1, "month"))?;
    let last = part
        .truncate(&day(call, 0)?)
        .and_then(|start| part.add(&start, 1))
        .and_then(|next| Part::Day.add(&next, -1))
        .and_then(|stamp| stamp.days());
    last.map(Value::Date).ok_or_else(out_of_range)
}

fn add_months(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let (start, count) = (day(call, 0)?, call.integer(1)?);
    let is_last = |stamp: &Stamp| {
        Part::Day.add(stamp, 1).and_then(|next| next.date()).is_some_and(|date| date.day() == 1)
    };
    let mut moved = Part::Month.add(&start, count).ok_or_else(out_of_range)?;
    // The last day of a month stays the last day.
    while is_last(&start) && !is_last(&moved) {
        moved = Part::Day.add(&moved, 1).ok_or_else(out_of_range)?;
    }
    shown(call, moved)
}

fn months_between(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let (later, earlier) = (day(call, 0)?, day(call, 1)?);
    let (Some(a), Some(b)) = (later.date(), earlier.date()) else { return Err(out_of_range()) };
    let months = f64::from((a.year() - b.year()) * 12) + f64::from(a.month()) - f64::from(b.month());
    let is_last = |date: chrono::NaiveDate| date.succ_opt().is_some_and(|next| next.day() == 1);
    if a.day() == b.day() || is_last(a) && is_last(b) {
        return Ok(Value::Float(months));
    }
    let in_day = |stamp: &Stamp| Number::new(i128::from(stamp.nanos_of_day()), 9).to_f64() / 86_400.0;
    let share = (f64::from(a.day()) + in_day(&later) - f64::from(b.day()) - in_day(&earlier)) / 31.0;
    Ok(Value::Float(((months + share) * 1e6).round() / 1e6))
}

fn weekday(call: &Call<'_>, direction: i64) -> Result<Value<'static>, SqlError> {
    let name = call.text(1).trim().to_lowercase();
    let wanted = ["mo", "tu", "we", "th", "fr", "sa", "su"].iter().position(|short| name.starts_with(short));
    let wanted = wanted.ok_or_else(|| SqlError::invalid_argument(format!("Invalid day of week: {name}")))?;
    let mut stamp = day(call, 0)?;
    loop {
        stamp = Part::Day.add(&stamp, direction).ok_or_else(out_of_range)?;
        let date = stamp.date().ok_or_else(out_of_range)?;
        if usize::try_from(date.weekday().num_days_from_monday()) == Ok(wanted) {
            return Ok(Value::Date(days_of_date(date)));
        }
    }
}

/// Midnight of year, month and day; months and days beyond their range carry over.
fn from_parts(call: &Call<'_>) -> Result<Stamp, SqlError> {
    let year = i32::try_from(call.integer(0)?).map_err(|_| out_of_range())?;
    let first = chrono::NaiveDate::from_ymd_opt(year, 1, 1).ok_or_else(out_of_range)?;
    Part::Month
        .add(&Stamp::of_days(days_of_date(first)), call.integer(1)? - 1)
        .and_then(|month| call.integer(2).ok().and_then(|days| Part::Day.add(&month, days - 1)))
        .ok_or_else(out_of_range)
}

/// Hour, minute, second and nanosecond from an argument on, as nanoseconds.
fn clock(call: &Call<'_>, from: usize) -> Result<i64, SqlError> {
    let seconds = call.integer_or(from, 0)? * 3600
        + call.integer_or(from + 1, 0)? * 60
        + call.integer_or(from + 2, 0)?;
    Ok(seconds * NANOS_PER_SECOND + call.integer_or(from + 3, 0)?)
}

fn timestamp_from_parts(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let (start, nanos) = if call.values.len() == 2 {
        let date = day(call, 0)?;
        (Part::Day.truncate(&date).ok_or_else(out_of_range)?, day(call, 1)?.nanos_of_day())
    } else {
        (from_parts(call)?, clock(call, 3)?)
    };
    shown(call, Part::Nanosecond.add(&start, nanos).ok_or_else(out_of_range)?)
}

fn convert_timezone(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let zone = |at: usize| {
        let name = call.text(at);
        // The cause says no more than that the name is unknown.
        name.parse::<Tz>()
            .map_err(|_| SqlError::new("100271", "22023", format!("Invalid time zone '{name}'")))
    };
    if call.values.len() == 3 {
        let stamp = Stamp { offset: None, ..day(call, 2)? };
        return shown(call, stamp.instant(zone(0)?).shown_in(zone(1)?));
    }
    let instant = match call.get(1) {
        Value::Ltz(stamp) => stamp,
        _ => day(call, 1)?.instant(call.env.zone),
    };
    shown(call, instant.shown_in(zone(0)?))
}
