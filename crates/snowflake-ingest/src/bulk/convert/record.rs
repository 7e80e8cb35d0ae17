//! A record, field by field into the columns of its row.

use serde::Serialize;
use serde::ser::{Impossible, SerializeMap, SerializeStruct, Serializer};

use super::cell;
use super::misfit::Misfit;
use super::rows::Rows;

/// Writes one record: a struct, a map, or what is one at last behind `Option` and newtypes.
pub(super) struct Record<'a>(pub(super) &'a mut Rows);

/// The fields of one record.
pub(super) struct Fields<'a> {
    rows: &'a mut Rows,
    /// The name that a map gave last.
    key: Option<String>,
}

impl Fields<'_> {
    fn put<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Misfit> {
        let column = self.rows.cell(key)?;
        cell::put(column, value).map_err(|misfit| misfit.at(column.name()))
    }
}

fn none<T>() -> Result<T, Misfit> {
    Err(Misfit::Record(
        "a record is a struct or a map, whose fields are named as the table's columns".to_owned(),
    ))
}

macro_rules! none {
    ($($name:ident $value:ty),*) => {$(
        fn $name(self, _: $value) -> Result<(), Misfit> {
            none()
        }
    )*};
}

impl<'a> Serializer for Record<'a> {
    type Ok = ();
    type Error = Misfit;
    type SerializeSeq = Impossible<(), Misfit>;
    type SerializeTuple = Impossible<(), Misfit>;
    type SerializeTupleStruct = Impossible<(), Misfit>;
    type SerializeTupleVariant = Impossible<(), Misfit>;
    type SerializeMap = Fields<'a>;
    type SerializeStruct = Fields<'a>;
    type SerializeStructVariant = Impossible<(), Misfit>;

    none!(serialize_bool bool, serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64, serialize_f32 f32,
        serialize_f64 f64, serialize_char char, serialize_str &str, serialize_bytes &[u8],
        serialize_unit_struct &'static str);

    fn serialize_none(self) -> Result<(), Misfit> {
        none()
    }

    fn serialize_unit(self) -> Result<(), Misfit> {
        none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Misfit> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Misfit> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Misfit> {
        none()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Misfit> {
        none()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Misfit> {
        none()
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Misfit> {
        none()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Misfit> {
        none()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Misfit> {
        none()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields<'a>, Misfit> {
        Ok(Fields { rows: self.0, key: None })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'a>, Misfit> {
        Ok(Fields { rows: self.0, key: None })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Misfit> {
        none()
    }
}

impl SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = Misfit;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Misfit> {
        self.put(key, value)
    }

    fn end(self) -> Result<(), Misfit> {
        Ok(())
    }
}

impl SerializeMap for Fields<'_> {
    type Ok = ();
    type Error = Misfit;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Misfit> {
        match serde_json::to_value(key) {
            Ok(serde_json::Value::String(key)) => self.key = Some(key),
            _ => return none(),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Misfit> {
        match self.key.take() {
            Some(key) => self.put(&key, value),
            None => none(),
        }
    }

    fn end(self) -> Result<(), Misfit> {
        Ok(())
    }
}
