//! One column on its way from values to Arrow, in the type that its table wants.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder,
    StringBuilder,
};
use arrow_array::types::{Time64MicrosecondType, TimestampMicrosecondType};
use arrow_array::{ArrayRef, Int64Array};
use arrow_schema::{DataType as ArrowType, Field, TimeUnit};
use snowflake_proto::DataType;
use time::Time;

use super::misfit::Misfit;
use super::moment::{Moment, days};
use super::number::{self, Rounding};

/// Digits that every 64-bit number has room for.
const SHORT_DIGITS: u8 = 18;

/// A column that grows value by value.
///
/// Whole numbers stay 64 bits wide and times stay microseconds as long as every value fits exactly. The first
/// that does not makes the column wider (decimals, or text with all nine digits), for the rest of the load.
#[derive(Debug)]
pub(crate) struct Column {
    /// Its name in the table.
    name: String,
    data_type: DataType,
    required: bool,
    /// Whether a fraction that the scale has no room for is an error rather than rounded.
    exact: bool,
    store: Store,
}

#[derive(Debug)]
enum Store {
    Whole(Int64Builder),
    Decimal(Decimal128Builder),
    Float(Float64Builder),
    Boolean(BooleanBuilder),
    Text(StringBuilder),
    Binary(BinaryBuilder),
    Date(Date32Builder),
    Micros(Int64Builder),
}

/// How the values of a column are held, and with what they are written to Parquet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// 64-bit numbers.
    Whole,
    /// 128-bit decimals.
    Decimal,
    /// Doubles.
    Float,
    /// Booleans.
    Boolean,
    /// Text.
    Text,
    /// Bytes.
    Binary,
    /// Days since 1970.
    Date,
    /// Microseconds.
    Micros,
}

macro_rules! each {
    ($store:expr, $builder:ident => $result:expr) => {
        match $store {
            Store::Whole($builder) | Store::Micros($builder) => $result,
            Store::Decimal($builder) => $result,
            Store::Float($builder) => $result,
            Store::Boolean($builder) => $result,
            Store::Text($builder) => $result,
            Store::Binary($builder) => $result,
            Store::Date($builder) => $result,
        }
    };
}

impl Column {
    pub(crate) fn new(name: &str, data_type: DataType, required: bool, exact: bool) -> Self {
        let store = Store::new(Form::of(&data_type));
        Self { name: name.to_owned(), data_type, required, exact, store }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn data_type(&self) -> &DataType {
        &self.data_type
    }

    pub(crate) fn form(&self) -> Form {
        self.store.form()
    }

    pub(crate) fn is_required(&self) -> bool {
        self.required
    }

    pub(crate) fn len(&self) -> usize {
        use arrow_array::builder::ArrayBuilder;
        each!(&self.store, builder => builder.len())
    }

    /// Adds NULLs up to a length, whatever the column allows.
    pub(crate) fn pad(&mut self, length: usize) {
        let missing = length.saturating_sub(self.len());
        each!(&mut self.store, builder => builder.append_nulls(missing));
    }

    pub(crate) fn push_null(&mut self) -> Result<(), Misfit> {
        if self.required {
            return Err(Misfit::value("it may not be NULL"));
        }
        self.pad(self.len() + 1);
        Ok(())
    }

    pub(crate) fn push_whole(&mut self, value: i128) -> Result<(), Misfit> {
        match (&self.data_type, &mut self.store) {
            (DataType::Number { precision, scale: 0 }, Store::Whole(builder)) => {
                if let Ok(short) = i64::try_from(value)
                    && (*precision > SHORT_DIGITS || fits(value, *precision))
                {
                    builder.append_value(short);
                    return Ok(());
                }
                self.push_units(value)
            }
            (DataType::Number { scale, .. }, _) => {
                let units = number::power(u32::from(*scale)).and_then(|power| value.checked_mul(power));
                self.push_units(units.ok_or_else(|| self.too_many_digits())?)
            }
            #[expect(clippy::cast_precision_loss, reason = "a FLOAT column holds what a double holds")]
            (_, Store::Float(builder)) => {
                builder.append_value(value as f64);
                Ok(())
            }
            (DataType::Text { .. } | DataType::Other(_), _) => self.push_text(&value.to_string()),
            _ => Err(self.refuse("a number")),
        }
    }

    pub(crate) fn push_float(&mut self, value: f64) -> Result<(), Misfit> {
        match (&self.data_type, &mut self.store) {
            (_, Store::Float(builder)) => {
                builder.append_value(value);
                Ok(())
            }
            (DataType::Number { scale, .. }, _) if value.is_finite() => {
                let parsed = number::parse(&format!("{value:?}"), *scale);
                let (units, rounding) = parsed.ok_or_else(|| self.too_many_digits())?;
                self.push_rounded(units, rounding)
            }
            (DataType::Number { .. }, _) => Err(Misfit::value("NUMBER has no infinity and no NaN")),
            (DataType::Text { .. } | DataType::Other(_), _) => self.push_text(&format!("{value:?}")),
            _ => Err(self.refuse("a number")),
        }
    }

    pub(crate) fn push_bool(&mut self, value: bool) -> Result<(), Misfit> {
        match (&self.data_type, &mut self.store) {
            (_, Store::Boolean(builder)) => {
                builder.append_value(value);
                Ok(())
            }
            (DataType::Text { .. } | DataType::Other(_), _) => {
                self.push_text(if value { "true" } else { "false" })
            }
            _ => Err(self.refuse("a boolean")),
        }
    }

    pub(crate) fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), Misfit> {
        match (&self.data_type, &mut self.store) {
            (DataType::Binary { length }, Store::Binary(builder)) => {
                if u64::try_from(bytes.len()).is_ok_and(|count| count <= *length) {
                    builder.append_value(bytes);
                    return Ok(());
                }
                Err(Misfit::value(format!("the value is longer than {} allows", self.data_type)))
            }
            _ => Err(self.refuse("a sequence of bytes")),
        }
    }

    pub(crate) fn push_text(&mut self, text: &str) -> Result<(), Misfit> {
        match (&self.data_type, &mut self.store) {
            (DataType::Text { length }, Store::Text(builder)) => {
                if is_longer(text, *length) {
                    return Err(Misfit::value(format!("the text is longer than {} allows", self.data_type)));
                }
                builder.append_value(text);
                Ok(())
            }
            (DataType::Number { scale, .. }, _) => {
                let (units, rounding) = number::parse(text.trim(), *scale)
                    .ok_or_else(|| self.refuse("a text that is no number"))?;
                self.push_rounded(units, rounding)
            }
            (_, Store::Float(builder)) => {
                let value = text.trim().parse().map_err(|_| Misfit::value("the text is no number"))?;
                builder.append_value(value);
                Ok(())
            }
            (_, Store::Boolean(builder)) => {
                let value = text.to_ascii_lowercase().parse();
                builder.append_value(value.map_err(|_| Misfit::value("the text is neither true nor false"))?);
                Ok(())
            }
            (DataType::Binary { .. }, _) => {
                let bytes = unhex(text).ok_or_else(|| self.refuse("a text that is not hexadecimal"))?;
                self.push_bytes(&bytes)
            }
            (DataType::Other(_), Store::Text(builder)) => {
                builder.append_value(text);
                Ok(())
            }
            _ => {
                let moment =
                    Moment::parse(text).ok_or_else(|| self.refuse("a text that is no date or time"))?;
                self.push_moment(moment)
            }
        }
    }

    /// A sequence of numbers: bytes, or a date or time as the `time` crate writes it.
    pub(crate) fn push_numbers(&mut self, numbers: &[i64]) -> Result<(), Misfit> {
        if matches!(self.data_type, DataType::Binary { .. }) {
            let bytes = numbers.iter().map(|number| u8::try_from(*number)).collect::<Result<Vec<_>, _>>();
            return self.push_bytes(&bytes.map_err(|_| self.refuse("numbers that are no bytes"))?);
        }
        let moment = Moment::of_numbers(numbers).ok_or_else(|| self.refuse("a sequence of numbers"))?;
        self.push_moment(moment)
    }

    /// JSON text, for a semi-structured column.
    pub(crate) fn push_json(&mut self, json: &str) -> Result<(), Misfit> {
        match &mut self.store {
            Store::Text(builder) => builder.append_value(json),
            _ => return Err(self.refuse("a nested value")),
        }
        Ok(())
    }

    /// A date, a time or both.
    pub(crate) fn push_moment(&mut self, moment: Moment) -> Result<(), Misfit> {
        let refused = || self.refuse(what(&moment));
        let nanos = match &self.data_type {
            DataType::Date => {
                let date = moment.day().ok_or_else(refused)?;
                if let Store::Date(builder) = &mut self.store {
                    builder.append_value(days(date));
                }
                return Ok(());
            }
            DataType::Time { .. } => {
                let time = moment.time_of_day().ok_or_else(refused)?;
                (time - Time::MIDNIGHT).whole_nanoseconds()
            }
            DataType::TimestampNtz { .. } => {
                let clock = moment.clock().ok_or_else(refused)?;
                if moment.offset().is_some_and(|offset| !offset.is_utc()) {
                    return Err(Misfit::value("TIMESTAMP_NTZ cannot keep the offset: give it in UTC"));
                }
                clock.assume_utc().unix_timestamp_nanos()
            }
            DataType::TimestampLtz { .. } => {
                moment.instant().ok_or_else(|| self.without_offset(&moment))?.unix_timestamp_nanos()
            }
            DataType::TimestampTz { .. } => {
                moment.instant().ok_or_else(|| self.without_offset(&moment))?;
                return self.push_json(&moment.to_string());
            }
            _ => return Err(refused()),
        };
        self.push_nanos(nanos)
    }

    fn push_nanos(&mut self, nanos: i128) -> Result<(), Misfit> {
        if let (Store::Micros(builder), 0, Ok(micros)) =
            (&mut self.store, nanos.rem_euclid(1000), i64::try_from(nanos.div_euclid(1000)))
        {
            builder.append_value(micros);
            return Ok(());
        }
        self.widen();
        let text = written(&self.data_type, nanos).ok_or_else(|| self.refuse("a time out of range"))?;
        self.push_json(&text)
    }

    fn push_rounded(&mut self, units: i128, rounding: Rounding) -> Result<(), Misfit> {
        if self.exact && rounding == Rounding::Rounded {
            return Err(Misfit::value(
                "it has held whole numbers so far, and this one has a fraction: say the column's type in \
                 `column_types`",
            ));
        }
        self.push_units(units)
    }

    /// A number in units of the column's scale.
    fn push_units(&mut self, units: i128) -> Result<(), Misfit> {
        let DataType::Number { precision, .. } = self.data_type else { return Err(self.refuse("a number")) };
        if !fits(units, precision) {
            return Err(self.too_many_digits());
        }
        if let Store::Whole(builder) = &mut self.store {
            if let Ok(short) = i64::try_from(units) {
                builder.append_value(short);
                return Ok(());
            }
            self.widen();
        }
        match &mut self.store {
            Store::Decimal(builder) => builder.append_value(units),
            _ => return Err(self.refuse("a number")),
        }
        Ok(())
    }

    /// Makes room for what the column's first form cannot hold.
    fn widen(&mut self) {
        let wide = match &mut self.store {
            Store::Whole(builder) => {
                let mut decimals = Decimal128Builder::new();
                for value in &builder.finish() {
                    decimals.append_option(value.map(i128::from));
                }
                Store::Decimal(decimals)
            }
            Store::Micros(builder) => {
                let mut texts = StringBuilder::new();
                for value in &builder.finish() {
                    texts.append_option(
                        value.and_then(|micros| written(&self.data_type, i128::from(micros) * 1000)),
                    );
                }
                Store::Text(texts)
            }
            _ => return,
        };
        self.store = wide;
    }

    /// Takes what has gathered; the column goes on in the same form.
    pub(crate) fn finish(&mut self) -> ArrayRef {
        match &mut self.store {
            Store::Micros(builder) => micros(&self.data_type, builder.finish()),
            Store::Decimal(builder) => {
                let array = builder.finish();
                match self.decimals() {
                    Some((precision, scale)) => {
                        Arc::new(array.with_data_type(ArrowType::Decimal128(precision, scale)))
                    }
                    None => Arc::new(array),
                }
            }
            store => {
                use arrow_array::builder::ArrayBuilder;
                each!(store, builder => ArrayBuilder::finish(builder))
            }
        }
    }

    /// The field that fits what [`finish`](Self::finish) gives.
    pub(crate) fn field(&self) -> Field {
        let arrow = match self.form() {
            Form::Whole => ArrowType::Int64,
            Form::Decimal => {
                self.decimals().map_or(ArrowType::Decimal128(38, 0), |(p, s)| ArrowType::Decimal128(p, s))
            }
            Form::Float => ArrowType::Float64,
            Form::Boolean => ArrowType::Boolean,
            Form::Text => ArrowType::Utf8,
            Form::Binary => ArrowType::Binary,
            Form::Date => ArrowType::Date32,
            Form::Micros => match &self.data_type {
                DataType::Time { .. } => ArrowType::Time64(TimeUnit::Microsecond),
                DataType::TimestampLtz { .. } => {
                    ArrowType::Timestamp(TimeUnit::Microsecond, Some(Arc::from("UTC")))
                }
                _ => ArrowType::Timestamp(TimeUnit::Microsecond, None),
            },
        };
        Field::new(&self.name, arrow, true)
    }

    fn decimals(&self) -> Option<(u8, i8)> {
        match self.data_type {
            DataType::Number { precision, scale } => Some((precision, i8::try_from(scale).ok()?)),
            _ => None,
        }
    }

    fn too_many_digits(&self) -> Misfit {
        Misfit::value(format!("the number has more digits than {} holds", self.data_type))
    }

    fn without_offset(&self, moment: &Moment) -> Misfit {
        if moment.clock().is_none() {
            return self.refuse(what(moment));
        }
        Misfit::value(format!("{} is a point in time, and the value has no offset from UTC", self.data_type))
    }

    fn refuse(&self, what: &str) -> Misfit {
        Misfit::value(format!("{} does not take {what}", self.data_type))
    }
}

impl Form {
    fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Number { scale: 0, .. } => Self::Whole,
            DataType::Number { .. } => Self::Decimal,
            DataType::Float => Self::Float,
            DataType::Boolean => Self::Boolean,
            DataType::Binary { .. } => Self::Binary,
            DataType::Date => Self::Date,
            DataType::Time { .. } | DataType::TimestampNtz { .. } | DataType::TimestampLtz { .. } => {
                Self::Micros
            }
            _ => Self::Text,
        }
    }
}

impl Store {
    fn new(form: Form) -> Self {
        match form {
            Form::Whole => Self::Whole(Int64Builder::new()),
            Form::Decimal => Self::Decimal(Decimal128Builder::new()),
            Form::Float => Self::Float(Float64Builder::new()),
            Form::Boolean => Self::Boolean(BooleanBuilder::new()),
            Form::Text => Self::Text(StringBuilder::new()),
            Form::Binary => Self::Binary(BinaryBuilder::new()),
            Form::Date => Self::Date(Date32Builder::new()),
            Form::Micros => Self::Micros(Int64Builder::new()),
        }
    }

    fn form(&self) -> Form {
        match self {
            Self::Whole(_) => Form::Whole,
            Self::Decimal(_) => Form::Decimal,
            Self::Float(_) => Form::Float,
            Self::Boolean(_) => Form::Boolean,
            Self::Text(_) => Form::Text,
            Self::Binary(_) => Form::Binary,
            Self::Date(_) => Form::Date,
            Self::Micros(_) => Form::Micros,
        }
    }
}

/// Whether a number has no more than so many digits.
fn fits(value: i128, precision: u8) -> bool {
    number::power(u32::from(precision)).is_none_or(|limit| -limit < value && value < limit)
}

/// Whether a text has more characters than that.
fn is_longer(text: &str, length: u64) -> bool {
    let longer = |count: usize| u64::try_from(count).is_ok_and(|count| count > length);
    // Characters are counted only where there are enough bytes for too many.
    longer(text.len()) && longer(text.chars().count())
}

fn micros(data_type: &DataType, values: Int64Array) -> ArrayRef {
    match data_type {
        DataType::Time { .. } => Arc::new(values.reinterpret_cast::<Time64MicrosecondType>()),
        DataType::TimestampLtz { .. } => {
            Arc::new(values.reinterpret_cast::<TimestampMicrosecondType>().with_timezone("UTC"))
        }
        _ => Arc::new(values.reinterpret_cast::<TimestampMicrosecondType>()),
    }
}

/// A time with all nine digits, as the service reads it.
fn written(data_type: &DataType, nanos: i128) -> Option<String> {
    let moment = match data_type {
        DataType::Time { .. } => Moment::of_day_nanos(i64::try_from(nanos).ok()?)?,
        DataType::TimestampLtz { .. } => Moment::of_nanos(nanos)?.with_offset(time::UtcOffset::UTC),
        _ => Moment::of_nanos(nanos)?,
    };
    Some(moment.to_string())
}

fn what(moment: &Moment) -> &'static str {
    if moment.day().is_some() {
        "a date"
    } else if moment.time_of_day().is_some() {
        "a time of day"
    } else {
        "a timestamp"
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}
