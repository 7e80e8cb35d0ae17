//! One value of an Arrow array as something that can be serialized.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal128Type, Decimal256Type, Float16Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_schema::{DataType as ArrowType, TimeUnit};
use serde::ser::{Error, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use time::UtcOffset;

use super::moment::Moment;

const MILLIS_PER_DAY: i64 = 86_400_000;

/// The value of one row.
pub(super) struct ArrowCell<'a> {
    array: &'a dyn Array,
    row: usize,
}

impl<'a> ArrowCell<'a> {
    pub(super) fn new(array: &'a dyn Array, row: usize) -> Self {
        Self { array, row }
    }

    fn moment<S: Serializer>(&self, to: S, moment: Option<Moment>) -> Result<S::Ok, S::Error> {
        let moment = moment.ok_or_else(|| S::Error::custom("the date or time is out of range"))?;
        to.collect_str(&moment)
    }

    fn temporal<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (array, row) = (self.array, self.row);
        let day = |nanos: i64| Moment::of_day_nanos(nanos);
        match array.data_type() {
            ArrowType::Date32 => {
                self.moment(to, Moment::of_days(array.as_primitive::<Date32Type>().value(row)))
            }
            ArrowType::Date64 => {
                let days = array.as_primitive::<Date64Type>().value(row).div_euclid(MILLIS_PER_DAY);
                self.moment(to, i32::try_from(days).ok().and_then(Moment::of_days))
            }
            ArrowType::Time32(TimeUnit::Second) => {
                let seconds = array.as_primitive::<Time32SecondType>().value(row);
                self.moment(to, day(i64::from(seconds) * 1_000_000_000))
            }
            ArrowType::Time32(_) => {
                let millis = array.as_primitive::<Time32MillisecondType>().value(row);
                self.moment(to, day(i64::from(millis) * 1_000_000))
            }
            ArrowType::Time64(TimeUnit::Microsecond) => {
                let micros = array.as_primitive::<Time64MicrosecondType>().value(row);
                self.moment(to, micros.checked_mul(1000).and_then(day))
            }
            ArrowType::Time64(_) => {
                self.moment(to, day(array.as_primitive::<Time64NanosecondType>().value(row)))
            }
            _ => self.timestamp(to),
        }
    }

    fn timestamp<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (array, row) = (self.array, self.row);
        let ArrowType::Timestamp(unit, zone) = array.data_type() else {
            let kind = array.data_type();
            return Err(S::Error::custom(format!("values of the Arrow type {kind} are not loaded")));
        };
        let nanos = match unit {
            TimeUnit::Second => {
                i128::from(array.as_primitive::<TimestampSecondType>().value(row)) * 1_000_000_000
            }
            TimeUnit::Millisecond => {
                i128::from(array.as_primitive::<TimestampMillisecondType>().value(row)) * 1_000_000
            }
            TimeUnit::Microsecond => {
                i128::from(array.as_primitive::<TimestampMicrosecondType>().value(row)) * 1000
            }
            TimeUnit::Nanosecond => i128::from(array.as_primitive::<TimestampNanosecondType>().value(row)),
        };
        let moment = Moment::of_nanos(nanos);
        self.moment(to, moment.map(|at| if zone.is_some() { at.with_offset(UtcOffset::UTC) } else { at }))
    }

    fn list<S: Serializer>(&self, to: S, values: &dyn Array) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(values.len()))?;
        for row in 0..values.len() {
            list.serialize_element(&ArrowCell::new(values, row))?;
        }
        list.end()
    }

    fn nested<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (array, row) = (self.array, self.row);
        match array.data_type() {
            ArrowType::List(_) => self.list(to, array.as_list::<i32>().value(row).as_ref()),
            ArrowType::LargeList(_) => self.list(to, array.as_list::<i64>().value(row).as_ref()),
            ArrowType::FixedSizeList(_, _) => self.list(to, array.as_fixed_size_list().value(row).as_ref()),
            ArrowType::Struct(fields) => {
                let mut map = to.serialize_map(Some(fields.len()))?;
                for (field, values) in fields.iter().zip(array.as_struct().columns()) {
                    map.serialize_entry(field.name(), &ArrowCell::new(values.as_ref(), row))?;
                }
                map.end()
            }
            ArrowType::Map(_, _) => {
                let entries = array.as_map().value(row);
                let mut map = to.serialize_map(Some(entries.len()))?;
                for entry in 0..entries.len() {
                    let key = ArrowCell::new(entries.column(0).as_ref(), entry);
                    map.serialize_entry(&key, &ArrowCell::new(entries.column(1).as_ref(), entry))?;
                }
                map.end()
            }
            _ => self.temporal(to),
        }
    }

    fn text_or_bytes<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (array, row) = (self.array, self.row);
        match array.data_type() {
            ArrowType::Utf8 => to.serialize_str(array.as_string::<i32>().value(row)),
            ArrowType::LargeUtf8 => to.serialize_str(array.as_string::<i64>().value(row)),
            ArrowType::Utf8View => to.serialize_str(array.as_string_view().value(row)),
            ArrowType::Binary => to.serialize_bytes(array.as_binary::<i32>().value(row)),
            ArrowType::LargeBinary => to.serialize_bytes(array.as_binary::<i64>().value(row)),
            ArrowType::BinaryView => to.serialize_bytes(array.as_binary_view().value(row)),
            ArrowType::FixedSizeBinary(_) => to.serialize_bytes(array.as_fixed_size_binary().value(row)),
            ArrowType::Dictionary(_, _) => {
                let dictionary = array.as_any_dictionary();
                let key = dictionary.normalized_keys().get(row).copied().unwrap_or(usize::MAX);
                if key >= dictionary.values().len() {
                    return to.serialize_none();
                }
                ArrowCell::new(dictionary.values().as_ref(), key).serialize(to)
            }
            _ => self.nested(to),
        }
    }
}

impl Serialize for ArrowCell<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (array, row) = (self.array, self.row);
        if array.is_null(row) || *array.data_type() == ArrowType::Null {
            return to.serialize_none();
        }
        match array.data_type() {
            ArrowType::Boolean => to.serialize_bool(array.as_boolean().value(row)),
            ArrowType::Int8 => to.serialize_i8(array.as_primitive::<Int8Type>().value(row)),
            ArrowType::Int16 => to.serialize_i16(array.as_primitive::<Int16Type>().value(row)),
            ArrowType::Int32 => to.serialize_i32(array.as_primitive::<Int32Type>().value(row)),
            ArrowType::Int64 => to.serialize_i64(array.as_primitive::<Int64Type>().value(row)),
            ArrowType::UInt8 => to.serialize_u8(array.as_primitive::<UInt8Type>().value(row)),
            ArrowType::UInt16 => to.serialize_u16(array.as_primitive::<UInt16Type>().value(row)),
            ArrowType::UInt32 => to.serialize_u32(array.as_primitive::<UInt32Type>().value(row)),
            ArrowType::UInt64 => to.serialize_u64(array.as_primitive::<UInt64Type>().value(row)),
            ArrowType::Float16 => to.serialize_f32(array.as_primitive::<Float16Type>().value(row).to_f32()),
            ArrowType::Float32 => to.serialize_f32(array.as_primitive::<Float32Type>().value(row)),
            ArrowType::Float64 => to.serialize_f64(array.as_primitive::<Float64Type>().value(row)),
            ArrowType::Decimal128(_, _) => {
                to.serialize_str(&array.as_primitive::<Decimal128Type>().value_as_string(row))
            }
            ArrowType::Decimal256(_, _) => {
                to.serialize_str(&array.as_primitive::<Decimal256Type>().value_as_string(row))
            }
            _ => self.text_or_bytes(to),
        }
    }
}
