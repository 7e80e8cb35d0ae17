//! One value of a record into its column.

use serde::Serialize;
use serde::ser::{Impossible, SerializeSeq, SerializeTuple, Serializer};
use snowflake_proto::DataType;

use super::column::Column;
use super::misfit::Misfit;

/// Puts a value into a column.
pub(super) fn put<T: Serialize + ?Sized>(column: &mut Column, value: &T) -> Result<(), Misfit> {
    match column.data_type() {
        data_type if data_type.is_semi_structured() => {
            let json = serde_json::to_string(value).map_err(|error| Misfit::value(error.to_string()))?;
            // An `Option` that is `None` is not told from JSON's null: both are NULL.
            if json == "null" { column.push_null() } else { column.push_json(&json) }
        }
        DataType::Other(_) => {
            let json = serde_json::to_value(value).map_err(|error| Misfit::value(error.to_string()))?;
            match json {
                serde_json::Value::Null => column.push_null(),
                serde_json::Value::String(text) => column.push_json(&text),
                other => column.push_json(&other.to_string()),
            }
        }
        _ => value.serialize(Cell(column)),
    }
}

struct Cell<'a>(&'a mut Column);

impl Cell<'_> {
    fn nested<T>(&self) -> Result<T, Misfit> {
        let data_type = self.0.data_type();
        Err(Misfit::value(format!("{data_type} does not take a nested value; VARIANT, OBJECT and ARRAY do")))
    }
}

macro_rules! whole {
    ($($name:ident $integer:ty),*) => {$(
        fn $name(self, value: $integer) -> Result<(), Misfit> {
            self.0.push_whole(i128::from(value))
        }
    )*};
}

impl<'a> Serializer for Cell<'a> {
    type Ok = ();
    type Error = Misfit;
    type SerializeSeq = Numbers<'a>;
    type SerializeTuple = Numbers<'a>;
    type SerializeTupleStruct = Impossible<(), Misfit>;
    type SerializeTupleVariant = Impossible<(), Misfit>;
    type SerializeMap = Impossible<(), Misfit>;
    type SerializeStruct = Impossible<(), Misfit>;
    type SerializeStructVariant = Impossible<(), Misfit>;

    whole!(serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_i128 i128,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64);

    fn serialize_u128(self, value: u128) -> Result<(), Misfit> {
        let value = i128::try_from(value).map_err(|_| Misfit::value("the number has more than 38 digits"))?;
        self.0.push_whole(value)
    }

    fn serialize_bool(self, value: bool) -> Result<(), Misfit> {
        self.0.push_bool(value)
    }

    /// A single-precision number means the decimal that it is written as, not the digits of its double.
    fn serialize_f32(self, value: f32) -> Result<(), Misfit> {
        match self.0.data_type() {
            DataType::Float => self.0.push_float(f64::from(value)),
            _ if value.is_finite() => self.0.push_text(&format!("{value:?}")),
            _ => self.0.push_float(f64::from(value)),
        }
    }

    fn serialize_f64(self, value: f64) -> Result<(), Misfit> {
        self.0.push_float(value)
    }

    fn serialize_char(self, value: char) -> Result<(), Misfit> {
        self.0.push_text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Misfit> {
        self.0.push_text(text)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Misfit> {
        self.0.push_bytes(bytes)
    }

    fn serialize_none(self) -> Result<(), Misfit> {
        self.0.push_null()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Misfit> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Misfit> {
        self.0.push_null()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Misfit> {
        self.0.push_null()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Misfit> {
        self.0.push_text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Misfit> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Misfit> {
        self.nested()
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Numbers<'a>, Misfit> {
        Ok(Numbers { column: self.0, values: Vec::with_capacity(length.unwrap_or(0).min(4096)) })
    }

    fn serialize_tuple(self, length: usize) -> Result<Numbers<'a>, Misfit> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Impossible<(), Misfit>, Misfit> {
        self.nested()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Misfit>, Misfit> {
        self.nested()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Impossible<(), Misfit>, Misfit> {
        self.nested()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Impossible<(), Misfit>, Misfit> {
        self.nested()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Misfit>, Misfit> {
        self.nested()
    }
}

/// A sequence or tuple: bytes, a date or a time, one number after the other.
struct Numbers<'a> {
    column: &'a mut Column,
    values: Vec<i64>,
}

impl Numbers<'_> {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Misfit> {
        let number = serde_json::to_value(value).ok().and_then(|value| value.as_i64());
        match number {
            Some(number) => self.values.push(number),
            None => return Cell(self.column).nested(),
        }
        Ok(())
    }
}

impl SerializeSeq for Numbers<'_> {
    type Ok = ();
    type Error = Misfit;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Misfit> {
        self.push(value)
    }

    fn end(self) -> Result<(), Misfit> {
        self.column.push_numbers(&self.values)
    }
}

impl SerializeTuple for Numbers<'_> {
    type Ok = ();
    type Error = Misfit;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Misfit> {
        self.push(value)
    }

    fn end(self) -> Result<(), Misfit> {
        self.column.push_numbers(&self.values)
    }
}
