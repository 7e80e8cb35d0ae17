//! The struct form of timestamps.

use std::sync::{Arc, LazyLock};

use arrow_array::builder::{Int32Builder, Int64Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, Int32Array, Int64Array, PrimitiveArray, StructArray};
use arrow_buffer::{NullBuffer, NullBufferBuilder};
use arrow_schema::{DataType as ArrowType, Field, Fields};

use crate::{Column, Error, Result};

/// Name of the field with the whole seconds since 1970, rounded down.
pub const EPOCH_FIELD: &str = "epoch";
/// Name of the field with the nanoseconds within the second.
pub const FRACTION_FIELD: &str = "fraction";
/// Name of the field with the offset in minutes east of UTC plus [`TIMEZONE_BIAS_MINUTES`].
pub const TIMEZONE_FIELD: &str = "timezone";
/// What is added to an offset so that it is never negative.
pub const TIMEZONE_BIAS_MINUTES: i32 = 1440;

const NANOS_PER_SECOND: i64 = 1_000_000_000;

static PLAIN: LazyLock<Fields> = LazyLock::new(|| {
    Fields::from(vec![
        Field::new(EPOCH_FIELD, ArrowType::Int64, false),
        Field::new(FRACTION_FIELD, ArrowType::Int32, false),
    ])
});

static ZONED: LazyLock<Fields> = LazyLock::new(|| {
    Fields::from(vec![
        Field::new(EPOCH_FIELD, ArrowType::Int64, false),
        Field::new(FRACTION_FIELD, ArrowType::Int32, false),
        Field::new(TIMEZONE_FIELD, ArrowType::Int32, false),
    ])
});

pub(super) fn plain_fields() -> Fields {
    PLAIN.clone()
}

pub(super) fn zoned_fields() -> Fields {
    ZONED.clone()
}

/// A wire column of `TIMESTAMP_NTZ` or `TIMESTAMP_LTZ` in the struct form.
pub(super) fn plain(column: &Column, scale: u8, wire: &ArrayRef) -> Result<ArrayRef> {
    match wire.data_type() {
        ArrowType::Int64 => {
            let (epoch, fraction) = split(wire.as_primitive::<Int64Type>(), scale);
            assemble(column, plain_fields(), epoch, fraction, None, wire.nulls().cloned())
        }
        ArrowType::Struct(fields) if fields.len() == 2 => {
            let (epoch, nulls) = child::<Int64Type>(column, wire, EPOCH_FIELD)?;
            let (fraction, _) = child::<Int32Type>(column, wire, FRACTION_FIELD)?;
            assemble(column, plain_fields(), epoch, fraction, None, nulls)
        }
        other => Err(mismatch(column, other)),
    }
}

/// A wire column of `TIMESTAMP_TZ` in the struct form.
pub(super) fn zoned(column: &Column, scale: u8, wire: &ArrayRef) -> Result<ArrayRef> {
    let ArrowType::Struct(fields) = wire.data_type() else {
        return Err(mismatch(column, wire.data_type()));
    };
    let (epoch, nulls) = child::<Int64Type>(column, wire, EPOCH_FIELD)?;
    let (zone, _) = child::<Int32Type>(column, wire, TIMEZONE_FIELD)?;
    let (epoch, fraction) = if fields.len() == 3 {
        (epoch, child::<Int32Type>(column, wire, FRACTION_FIELD)?.0)
    } else {
        // Without a fraction, `epoch` counts units of 10^-scale seconds.
        split(&epoch, scale)
    };
    assemble(column, zoned_fields(), epoch, fraction, Some(zone), nulls)
}

/// Splits counts of 10^-scale seconds into seconds rounded down and nanoseconds.
fn split(values: &Int64Array, scale: u8) -> (Int64Array, Int32Array) {
    let units_per_second = 10_i64.pow(u32::from(scale.min(9)));
    let nanos_per_unit = NANOS_PER_SECOND / units_per_second;
    let epoch = values.unary::<_, Int64Type>(|value| value.div_euclid(units_per_second));
    let fraction = values.unary::<_, Int32Type>(|value| {
        // Below 10^9 by construction.
        i32::try_from(value.rem_euclid(units_per_second) * nanos_per_unit).unwrap_or_default()
    });
    (epoch, fraction)
}

/// One child of a wire struct, with the validity of the struct and of the child together.
fn child<T: arrow_array::ArrowPrimitiveType>(
    column: &Column,
    wire: &ArrayRef,
    name: &str,
) -> Result<(PrimitiveArray<T>, Option<NullBuffer>)> {
    let parent = wire.as_struct();
    let array = parent
        .column_by_name(name)
        .and_then(|array| array.as_primitive_opt::<T>())
        .ok_or_else(|| mismatch(column, wire.data_type()))?;
    let nulls = NullBuffer::union(parent.nulls(), array.nulls());
    Ok((array.clone(), nulls))
}

fn assemble(
    column: &Column,
    fields: Fields,
    epoch: Int64Array,
    fraction: Int32Array,
    zone: Option<Int32Array>,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef> {
    let valid_fraction = |value: &i32| (0..1_000_000_000).contains(value);
    if !fraction.values().iter().all(valid_fraction) {
        return Err(Error::decode(format!("column {}: a fraction of a second is out of range", column.name)));
    }
    let mut children: Vec<ArrayRef> = vec![bare(epoch), bare(fraction)];
    if let Some(zone) = zone {
        let valid_zone = |value: &i32| (0..=2 * TIMEZONE_BIAS_MINUTES).contains(value);
        if !zone.values().iter().all(valid_zone) {
            return Err(Error::decode(format!("column {}: an offset is out of range", column.name)));
        }
        children.push(bare(zone));
    }
    StructArray::try_new(fields, children, nulls)
        .map(|array| Arc::new(array) as ArrayRef)
        .map_err(|cause| Error::decode_caused(format!("column {}: malformed timestamps", column.name), cause))
}

/// The values without their own validity, which the struct now carries.
fn bare<T: arrow_array::ArrowPrimitiveType>(array: PrimitiveArray<T>) -> ArrayRef {
    let (_, values, _) = array.into_parts();
    Arc::new(PrimitiveArray::<T>::new(values, None))
}

fn mismatch(column: &Column, got: &ArrowType) -> Error {
    Error::schema_mismatch(&column.name, column.data_type.to_string(), got.to_string())
}

/// Collects timestamps in the struct form.
#[derive(Debug)]
pub(super) struct TimestampBuilder {
    epoch: Int64Builder,
    fraction: Int32Builder,
    zone: Option<Int32Builder>,
    nulls: NullBufferBuilder,
}

impl TimestampBuilder {
    pub(super) fn plain(capacity: usize) -> Self {
        Self {
            epoch: Int64Builder::with_capacity(capacity),
            fraction: Int32Builder::with_capacity(capacity),
            zone: None,
            nulls: NullBufferBuilder::new(capacity),
        }
    }

    pub(super) fn zoned(capacity: usize) -> Self {
        Self { zone: Some(Int32Builder::with_capacity(capacity)), ..Self::plain(capacity) }
    }

    pub(super) fn append(&mut self, epoch: i64, fraction: i32, zone: i32) {
        self.epoch.append_value(epoch);
        self.fraction.append_value(fraction);
        if let Some(builder) = &mut self.zone {
            builder.append_value(zone);
        }
        self.nulls.append_non_null();
    }

    pub(super) fn append_null(&mut self) {
        self.epoch.append_value(0);
        self.fraction.append_value(0);
        if let Some(builder) = &mut self.zone {
            builder.append_value(TIMEZONE_BIAS_MINUTES);
        }
        self.nulls.append_null();
    }

    pub(super) fn finish(&mut self, column: &Column) -> Result<ArrayRef> {
        let fields = if self.zone.is_some() { zoned_fields() } else { plain_fields() };
        let zone = self.zone.as_mut().map(Int32Builder::finish);
        assemble(column, fields, self.epoch.finish(), self.fraction.finish(), zone, self.nulls.finish())
    }
}
