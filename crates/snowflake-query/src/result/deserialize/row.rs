//! A row, as serde sees it.

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor, value::StrDeserializer};

use super::cell::CellDeserializer;
use super::error::DeError;
use super::plan::{Found, Plan};
use crate::result::batch::Batch;

/// Structs take their columns by name, sequences by position, maps all columns with their names; anything
/// else is the value of the only column.
pub(super) struct RowDeserializer<'a> {
    plan: &'a mut Plan,
    batch: &'a Batch,
    row: usize,
}

impl<'a> RowDeserializer<'a> {
    pub(super) fn new(plan: &'a mut Plan, batch: &'a Batch, row: usize) -> Self {
        Self { plan, batch, row }
    }

    fn all(self) -> Cells<'a> {
        Cells { batch: self.batch, row: self.row, next: 0 }
    }

    fn only(self) -> Result<CellDeserializer<'a>, DeError> {
        match self.batch.columns().as_slice() {
            [_] => cell(self.batch, self.row, 0),
            columns => {
                Err(de::Error::custom(format_args!("a row of {} columns is no single value", columns.len())))
            }
        }
    }
}

#[inline]
fn cell(batch: &Batch, row: usize, position: usize) -> Result<CellDeserializer<'_>, DeError> {
    match (batch.reader(position), batch.columns().as_slice().get(position)) {
        (Some(reader), Some(column)) => Ok(CellDeserializer::new(reader, row, column)),
        _ => Err(de::Error::custom("a column is missing")),
    }
}

macro_rules! forward_to_only {
    ($($method:ident($($argument:ident: $kind:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $kind,)* visitor: V) -> Result<V::Value, DeError> {
            self.only()?.$method($($argument,)* visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for RowDeserializer<'_> {
    type Error = DeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_map(self.all())
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_map(self.all())
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        let (found, rest) = self.plan.fields(fields, self.batch.columns())?;
        visitor.visit_map(Fields { batch: self.batch, row: self.row, found, rest, current: 0 })
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_seq(self.all())
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, DeError> {
        let columns = self.batch.columns().as_slice().len();
        if columns != length {
            return Err(de::Error::custom(format_args!("it has {length} parts and the row has {columns}")));
        }
        visitor.visit_seq(self.all())
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, DeError> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeError> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_unit()
    }

    forward_to_only! {
        deserialize_bool()
        deserialize_i8()
        deserialize_i16()
        deserialize_i32()
        deserialize_i64()
        deserialize_i128()
        deserialize_u8()
        deserialize_u16()
        deserialize_u32()
        deserialize_u64()
        deserialize_u128()
        deserialize_f32()
        deserialize_f64()
        deserialize_char()
        deserialize_str()
        deserialize_string()
        deserialize_bytes()
        deserialize_byte_buf()
        deserialize_option()
        deserialize_identifier()
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}

/// The columns of a struct's fields, under the fields' own names.
struct Fields<'a> {
    batch: &'a Batch,
    row: usize,
    found: &'a [Found],
    rest: &'a [usize],
    current: usize,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = DeError;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DeError> {
        let name = if let Some(((name, position), others)) = self.found.split_first() {
            self.current = *position;
            self.found = others;
            *name
        } else if let Some((position, others)) = self.rest.split_first() {
            self.current = *position;
            self.rest = others;
            self.batch.columns().as_slice().get(*position).map_or("", |column| column.name.as_str())
        } else {
            return Ok(None);
        };
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, DeError> {
        let cell = cell(self.batch, self.row, self.current)?;
        let column = cell.column();
        seed.deserialize(cell).map_err(|error| error.in_column(column))
    }
}

/// All cells in order.
struct Cells<'a> {
    batch: &'a Batch,
    row: usize,
    next: usize,
}

impl Cells<'_> {
    fn left(&self) -> usize {
        self.batch.columns().as_slice().len() - self.next
    }

    fn value<'de, S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, DeError> {
        let cell = cell(self.batch, self.row, self.next)?;
        self.next += 1;
        let column = cell.column();
        seed.deserialize(cell).map_err(|error| error.in_column(column))
    }
}

impl<'de> SeqAccess<'de> for Cells<'_> {
    type Error = DeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DeError> {
        if self.left() == 0 { Ok(None) } else { self.value(seed).map(Some) }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left())
    }
}

impl<'de> MapAccess<'de> for Cells<'_> {
    type Error = DeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DeError> {
        match self.batch.columns().as_slice().get(self.next) {
            Some(column) => seed.deserialize(StrDeserializer::new(&column.name)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, DeError> {
        self.value(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left())
    }
}
