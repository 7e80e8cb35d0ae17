//! The columns of a history: what each is called, its type, and what it says of a record.

use std::time::Duration;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use time::{Date, OffsetDateTime};

use super::super::SqlError;
use super::super::information_schema::table_of;
use super::super::run::Run;
use super::super::time::Stamp;
use super::super::types::SqlType;
use super::super::value::{Number, Value};

/// Rows under a schema.
pub(super) type Rows = (SchemaRef, Vec<RecordBatch>);

/// The Julian day of 1970-01-01.
const EPOCH: i32 = 2_440_588;

/// A time in a history.
pub(super) const INSTANT: SqlType = SqlType::TimestampLtz { scale: 3 };

/// An amount of credits.
pub(super) const CREDITS: SqlType = SqlType::Number { precision: 38, scale: 9 };

/// A column of a history of `T`s.
pub(super) struct Field<T> {
    name: &'static str,
    data_type: SqlType,
    value: fn(&T) -> Value<'static>,
}

impl<T> Field<T> {
    pub(super) const fn new(name: &'static str, data_type: SqlType, value: fn(&T) -> Value<'static>) -> Self {
        Self { name, data_type, value }
    }
}

/// The table that some columns make of some records.
///
/// # Errors
/// `300010` when a value is not of its column's type.
pub(super) fn table<T>(
    fields: &[&[Field<T>]],
    records: impl IntoIterator<Item = T>,
) -> Result<Rows, SqlError> {
    let fields: Vec<&Field<T>> = fields.iter().flat_map(|part| part.iter()).collect();
    let columns: Vec<(&str, SqlType)> =
        fields.iter().map(|field| (field.name, field.data_type.clone())).collect();
    let row = |record: T| fields.iter().map(|field| (field.value)(&record)).collect();
    table_of(&columns, records.into_iter().map(row).collect())
}

/// A count.
pub(super) fn count(n: u64) -> Value<'static> {
    i64::try_from(n).map_or(Value::Null, Value::integer)
}

/// Text, or NULL.
pub(super) fn optional(text: Option<&str>) -> Value<'static> {
    text.map_or(Value::Null, Value::text)
}

/// A time, to the millisecond.
pub(super) fn instant(at: OffsetDateTime) -> Value<'static> {
    Stamp::of_nanos(at.unix_timestamp_nanos()).map_or(Value::Null, |stamp| Value::Ltz(stamp.truncated(3)))
}

/// A time, or NULL.
pub(super) fn maybe(at: Option<OffsetDateTime>) -> Value<'static> {
    at.map_or(Value::Null, instant)
}

/// A duration in whole milliseconds.
pub(super) fn millis(duration: Duration) -> Value<'static> {
    count(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// An amount of billionths of a credit.
pub(super) fn credits(nanos: i128) -> Value<'static> {
    Value::Number(Number { unscaled: nanos, scale: 9 })
}

/// A day.
pub(super) fn day(date: Date) -> Value<'static> {
    Value::Date(date.to_julian_day() - EPOCH)
}

/// What is younger than this, the views do not tell yet.
pub(super) fn known(run: &Run) -> OffsetDateTime {
    let options = run.engine().options();
    options.clock.wall() - options.history.latency
}

/// The number that stands for an object of a kind and name: the same each time, and hardly ever that of
/// another.
pub(super) fn object_id(kind: &str, name: &str) -> Value<'static> {
    // FNV-1a, whose upper half is kept.
    let bytes = kind.bytes().chain([0]).chain(name.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    count(hash >> 32)
}
