//! A cell, as serde sees it.

use serde::de::value::{SeqDeserializer, StrDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use snowflake_proto::{Cell, CellReader, Column};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::error::DeError;
use crate::result::from_cell::{FromCell, Mismatch};
use crate::result::{number, text};

/// Reads from a stream and not from a text, since nothing may borrow from a batch.
type JsonParser<'a> = serde_json::Deserializer<serde_json::de::IoRead<&'a [u8]>>;

/// Converts as [`FromCell`] does; VARIANT, OBJECT and ARRAY are read as the JSON they are.
#[derive(Clone, Copy)]
///
/// The cell is read where it is matched: passing it around costs more than reading it.
pub(super) struct CellDeserializer<'a> {
    reader: &'a CellReader,
    row: usize,
    column: &'a Column,
}

impl<'a> CellDeserializer<'a> {
    #[inline]
    pub(super) fn new(reader: &'a CellReader, row: usize, column: &'a Column) -> Self {
        Self { reader, row, column }
    }

    #[inline]
    pub(super) fn column(&self) -> &'a Column {
        self.column
    }

    #[inline]
    fn cell(self) -> Cell<'a> {
        self.reader.read(self.row)
    }

    #[inline]
    fn is_null(self) -> bool {
        self.reader.is_null(self.row)
    }

    #[inline]
    fn read<T: FromCell>(self, asked: &str) -> Result<T, DeError> {
        T::from_cell(self.cell(), &self.column.data_type)
            .map_err(|mismatch| DeError::mismatch(self.column, asked, &mismatch))
    }

    fn refuse(self, asked: &str) -> DeError {
        let reason = if self.is_null() { "the value is NULL" } else { "the types have nothing in common" };
        DeError::mismatch(self.column, asked, &Mismatch::new(reason))
    }

    /// The JSON text of a semi-structured value.
    #[inline]
    fn json(self) -> Option<&'a str> {
        if !self.column.data_type.is_semi_structured() {
            return None;
        }
        match self.cell() {
            Cell::Text(text::UNDEFINED) => Some("null"),
            Cell::Text(json) => Some(json),
            _ => None,
        }
    }

    fn parse<T>(
        self,
        json: &'a str,
        asked: &str,
        read: impl FnOnce(&mut JsonParser<'a>) -> serde_json::Result<T>,
    ) -> Result<T, DeError> {
        let mut parser = serde_json::Deserializer::from_reader(json.as_bytes());
        read(&mut parser).and_then(|value| parser.end().map(|()| value)).map_err(|error| {
            // The message itself may quote the value.
            let reason = format!("its JSON does not fit at line {} column {}", error.line(), error.column());
            DeError::mismatch(self.column, asked, &Mismatch::new(reason))
        })
    }

    fn is_temporal(self) -> bool {
        matches!(
            self.cell(),
            Cell::Date(_) | Cell::Time(_) | Cell::Timestamp { .. } | Cell::TimestampTz { .. }
        )
    }

    /// The numbers that the types of `time` are read from.
    fn components(self, length: usize) -> Result<Vec<i64>, DeError> {
        Ok(match (self.cell(), length) {
            (Cell::Date(_), 2) => date_components(self.read("Date")?).to_vec(),
            (Cell::Time(_), 4) => time_components(self.read("Time")?).to_vec(),
            (Cell::Timestamp { .. } | Cell::TimestampTz { .. }, 6) => {
                let value: PrimitiveDateTime = self.read("PrimitiveDateTime")?;
                [&date_components(value.date())[..], &time_components(value.time())].concat()
            }
            (Cell::Timestamp { .. } | Cell::TimestampTz { .. }, 9) => {
                let value: OffsetDateTime = self.read("OffsetDateTime")?;
                let (hours, minutes, seconds) = value.offset().as_hms();
                let offset = [hours.into(), minutes.into(), seconds.into()];
                [&date_components(value.date())[..], &time_components(value.time()), &offset].concat()
            }
            _ => return Err(self.refuse("a tuple")),
        })
    }
}

fn date_components(date: Date) -> [i64; 2] {
    [date.year().into(), date.ordinal().into()]
}

fn time_components(time: Time) -> [i64; 4] {
    let (hours, minutes, seconds, nanoseconds) = time.as_hms_nano();
    [hours.into(), minutes.into(), seconds.into(), nanoseconds.into()]
}

macro_rules! numbers {
    ($($method:ident, $visit:ident, $number:ty;)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
            match self.json() {
                Some(json) => self.parse(json, stringify!($number), |parser| parser.$method(visitor)),
                None => visitor.$visit(self.read::<$number>(stringify!($number))?),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for CellDeserializer<'_> {
    type Error = DeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        if let Some(json) = self.json() {
            return self.parse(json, "the field's type", |parser| parser.deserialize_any(visitor));
        }
        match self.cell() {
            Cell::Null => visitor.visit_unit(),
            Cell::Integer(value) => visitor.visit_i64(value),
            Cell::Decimal { unscaled, scale: 0 } => {
                match (i64::try_from(unscaled), u64::try_from(unscaled)) {
                    (Ok(value), _) => visitor.visit_i64(value),
                    (_, Ok(value)) => visitor.visit_u64(value),
                    _ => visitor.visit_i128(unscaled),
                }
            }
            Cell::Decimal { unscaled, scale } => match number::decimal_to_f64(unscaled, scale) {
                Some(value) => visitor.visit_f64(value),
                None => visitor.visit_string(number::decimal_text(unscaled, scale)),
            },
            Cell::Float(value) => visitor.visit_f64(value),
            Cell::Text(value) => visitor.visit_str(value),
            Cell::Boolean(value) => visitor.visit_bool(value),
            Cell::Binary(value) => visitor.visit_bytes(value),
            _ => visitor.visit_string(self.read("String")?),
        }
    }

    numbers! {
        deserialize_bool, visit_bool, bool;
        deserialize_i8, visit_i8, i8;
        deserialize_i16, visit_i16, i16;
        deserialize_i32, visit_i32, i32;
        deserialize_i64, visit_i64, i64;
        deserialize_i128, visit_i128, i128;
        deserialize_u8, visit_u8, u8;
        deserialize_u16, visit_u16, u16;
        deserialize_u32, visit_u32, u32;
        deserialize_u64, visit_u64, u64;
        deserialize_u128, visit_u128, u128;
        deserialize_f32, visit_f32, f32;
        deserialize_f64, visit_f64, f64;
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_str(visitor)
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match self.cell() {
            Cell::Text(value) => visitor.visit_str(value),
            _ => visitor.visit_string(self.read("String")?),
        }
    }

    #[inline]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match self.cell() {
            Cell::Binary(value) => visitor.visit_bytes(value),
            _ => Err(self.refuse("bytes")),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_bytes(visitor)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        if self.is_null() || self.json() == Some("null") {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        if self.is_null() { visitor.visit_unit() } else { Err(self.refuse("()")) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match (self.json(), self.cell()) {
            (Some(json), _) => self.parse(json, "a sequence", |parser| parser.deserialize_seq(visitor)),
            (None, Cell::Binary(bytes)) => visitor.visit_seq(SeqDeserializer::new(bytes.iter().copied())),
            _ => Err(self.refuse("a sequence")),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, DeError> {
        if let Some(json) = self.json() {
            return self.parse(json, "a tuple", |parser| parser.deserialize_tuple(length, visitor));
        }
        visitor.visit_seq(SeqDeserializer::new(self.components(length)?.into_iter()))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, DeError> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match self.json() {
            Some(json) => self.parse(json, "a map", |parser| parser.deserialize_map(visitor)),
            None => Err(self.refuse("a map")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        match self.json() {
            Some(json) => self.parse(json, name, |parser| parser.deserialize_struct(name, fields, visitor)),
            None => Err(self.refuse(name)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        match (self.json(), self.cell()) {
            (Some(json), _) => {
                self.parse(json, name, |parser| parser.deserialize_enum(name, variants, visitor))
            }
            (None, Cell::Text(variant)) => {
                let variant: StrDeserializer<'_, DeError> = variant.into_deserializer();
                visitor.visit_enum(variant)
            }
            _ => Err(self.refuse(name)),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_unit()
    }

    /// `time` reads numbers instead of text when the form is not for humans; for all others it is text.
    fn is_human_readable(&self) -> bool {
        !self.is_temporal()
    }
}
