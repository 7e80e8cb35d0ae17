//! The types of columns that a table does not have yet, from the values that are to go into them.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;
use arrow_schema::DataType as ArrowType;
use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use snowflake_proto::DataType;

use super::misfit::Misfit;
use crate::bulk::table::TableColumn;

/// A column for a field that has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewColumn {
    pub(crate) field: String,
    pub(crate) data_type: DataType,
    /// Whether the type is read off the values rather than told.
    pub(crate) is_guessed: bool,
}

impl NewColumn {
    /// A field that could be written without quotes means the column that SQL would mean: the upper-case one.
    pub(crate) fn column_name(&self) -> String {
        let first = self.field.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        if first && self.field.chars().all(plain) {
            self.field.to_ascii_uppercase()
        } else {
            self.field.clone()
        }
    }

    pub(super) fn into_table_column(self) -> TableColumn {
        TableColumn {
            name: self.column_name(),
            data_type: self.data_type,
            nullable: true,
            has_default: false,
            is_new: true,
            is_guessed: self.is_guessed,
        }
    }
}

/// What the values of a field are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    /// NULL, all of them.
    #[default]
    Nothing,
    Boolean,
    Whole,
    Fraction,
    Text,
    Bytes,
    Nested,
}

impl Kind {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, kind) | (kind, Self::Nothing) => kind,
            (one, two) if one == two => one,
            (Self::Nested, _) | (_, Self::Nested) => Self::Nested,
            (Self::Whole, Self::Fraction) | (Self::Fraction, Self::Whole) => Self::Fraction,
            _ => Self::Text,
        }
    }

    fn data_type(self) -> DataType {
        match self {
            Self::Boolean => DataType::Boolean,
            Self::Whole => DataType::Number { precision: 38, scale: 0 },
            Self::Fraction => DataType::Float,
            Self::Nothing | Self::Text => DataType::Text { length: 16_777_216 },
            Self::Bytes => DataType::Binary { length: 8_388_608 },
            Self::Nested => DataType::Variant,
        }
    }
}

/// A column for every field of the records, in the order in which they first appear.
pub(crate) fn of_records<T: Serialize>(records: &[T], told: &[(String, DataType)]) -> Vec<NewColumn> {
    let mut fields = Fields::default();
    for record in records {
        // What is no record is reported where it is converted.
        let _ = record.serialize(Tracer(Some(&mut fields)));
    }
    let column = |(field, kind): (String, Kind)| column(field, kind.data_type(), kind == Kind::Whole, told);
    fields.in_order.into_iter().map(column).collect()
}

/// A column for every column of an Arrow batch.
pub(crate) fn of_batch(batch: &RecordBatch, told: &[(String, DataType)]) -> Vec<NewColumn> {
    let schema = batch.schema();
    let column = |field: &std::sync::Arc<arrow_schema::Field>| {
        column(field.name().clone(), of_arrow(field.data_type()), false, told)
    };
    schema.fields().iter().map(column).collect()
}

fn column(field: String, data_type: DataType, is_guessed: bool, told: &[(String, DataType)]) -> NewColumn {
    match told.iter().find(|(name, _)| *name == field || name.eq_ignore_ascii_case(&field)) {
        Some((_, data_type)) => NewColumn { field, data_type: data_type.clone(), is_guessed: false },
        None => NewColumn { field, data_type, is_guessed },
    }
}

fn of_arrow(data_type: &ArrowType) -> DataType {
    match data_type {
        ArrowType::Boolean => DataType::Boolean,
        data_type if data_type.is_integer() => DataType::Number { precision: 38, scale: 0 },
        data_type if data_type.is_floating() => DataType::Float,
        ArrowType::Decimal32(precision, scale)
        | ArrowType::Decimal64(precision, scale)
        | ArrowType::Decimal128(precision, scale)
        | ArrowType::Decimal256(precision, scale) => DataType::Number {
            precision: (*precision).min(38),
            scale: u8::try_from(*scale).unwrap_or(0).min(37),
        },
        ArrowType::Date32 | ArrowType::Date64 => DataType::Date,
        ArrowType::Time32(_) | ArrowType::Time64(_) => DataType::Time { scale: 9 },
        ArrowType::Timestamp(_, None) => DataType::TimestampNtz { scale: 9 },
        ArrowType::Timestamp(_, Some(_)) => DataType::TimestampLtz { scale: 9 },
        ArrowType::Binary
        | ArrowType::LargeBinary
        | ArrowType::BinaryView
        | ArrowType::FixedSizeBinary(_) => DataType::Binary { length: 8_388_608 },
        ArrowType::Dictionary(_, values) => of_arrow(values),
        data_type if data_type.is_nested() => DataType::Variant,
        _ => DataType::Text { length: 16_777_216 },
    }
}

#[derive(Default)]
struct Fields {
    in_order: Vec<(String, Kind)>,
    places: BTreeMap<String, usize>,
    next: usize,
    key: String,
}

impl Fields {
    fn merge(&mut self, key: &str, kind: Kind) {
        let expected = self.in_order.get(self.next).is_some_and(|(name, _)| name == key);
        let place = if expected { self.next } else { self.place(key) };
        self.next = place + 1;
        if let Some((_, known)) = self.in_order.get_mut(place) {
            *known = known.and(kind);
        }
    }

    fn place(&mut self, key: &str) -> usize {
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        let place = self.in_order.len();
        self.in_order.push((key.to_owned(), Kind::Nothing));
        self.places.insert(key.to_owned(), place);
        place
    }
}

/// Tells what a value is; with fields to fill, those of a record.
struct Tracer<'a>(Option<&'a mut Fields>);

fn kind<T: Serialize + ?Sized>(value: &T) -> Kind {
    value.serialize(Tracer(None)).unwrap_or(Kind::Nested)
}

macro_rules! kinds {
    ($($name:ident($($value:ty),*) $kind:ident;)*) => {$(
        fn $name(self, $(_: $value),*) -> Result<Kind, Misfit> {
            Ok(Kind::$kind)
        }
    )*};
}

impl<'a> Serializer for Tracer<'a> {
    type Ok = Kind;
    type Error = Misfit;
    type SerializeSeq = Nested;
    type SerializeTuple = Nested;
    type SerializeTupleStruct = Nested;
    type SerializeTupleVariant = Nested;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Nested;

    kinds! {
        serialize_bool(bool) Boolean;
        serialize_i8(i8) Whole;
        serialize_i16(i16) Whole;
        serialize_i32(i32) Whole;
        serialize_i64(i64) Whole;
        serialize_i128(i128) Whole;
        serialize_u8(u8) Whole;
        serialize_u16(u16) Whole;
        serialize_u32(u32) Whole;
        serialize_u64(u64) Whole;
        serialize_u128(u128) Whole;
        serialize_f32(f32) Fraction;
        serialize_f64(f64) Fraction;
        serialize_char(char) Text;
        serialize_str(&str) Text;
        serialize_bytes(&[u8]) Bytes;
        serialize_none() Nothing;
        serialize_unit() Nothing;
        serialize_unit_struct(&'static str) Nothing;
        serialize_unit_variant(&'static str, u32, &'static str) Text;
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Kind, Misfit> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Kind, Misfit> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Kind, Misfit> {
        Ok(Kind::Nested)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Nested, Misfit> {
        Ok(Nested)
    }

    fn serialize_tuple(self, _: usize) -> Result<Nested, Misfit> {
        Ok(Nested)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Nested, Misfit> {
        Ok(Nested)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Nested, Misfit> {
        Ok(Nested)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Misfit> {
        Ok(self.begin())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Misfit> {
        Ok(self.begin())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Nested, Misfit> {
        Ok(Nested)
    }
}

impl Tracer<'_> {
    fn begin(mut self) -> Self {
        if let Some(fields) = &mut self.0 {
            fields.next = 0;
        }
        self
    }
}

impl SerializeStruct for Tracer<'_> {
    type Ok = Kind;
    type Error = Misfit;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Misfit> {
        if let Some(fields) = &mut self.0 {
            fields.merge(key, kind(value));
        }
        Ok(())
    }

    fn end(self) -> Result<Kind, Misfit> {
        Ok(Kind::Nested)
    }
}

impl SerializeMap for Tracer<'_> {
    type Ok = Kind;
    type Error = Misfit;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Misfit> {
        if let (Some(fields), Ok(serde_json::Value::String(key))) = (&mut self.0, serde_json::to_value(key)) {
            fields.key = key;
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Misfit> {
        if let Some(fields) = &mut self.0 {
            let key = std::mem::take(&mut fields.key);
            fields.merge(&key, kind(value));
        }
        Ok(())
    }

    fn end(self) -> Result<Kind, Misfit> {
        Ok(Kind::Nested)
    }
}

/// Elements that nobody looks at.
struct Nested;

macro_rules! unread {
    ($($trait:ident $method:ident,)*) => {$(
        impl $trait for Nested {
            type Ok = Kind;
            type Error = Misfit;

            fn $method<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Misfit> {
                Ok(())
            }

            fn end(self) -> Result<Kind, Misfit> {
                Ok(Kind::Nested)
            }
        }
    )*};
}

unread!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field,);

impl SerializeStructVariant for Nested {
    type Ok = Kind;
    type Error = Misfit;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, _: &T) -> Result<(), Misfit> {
        Ok(())
    }

    fn end(self) -> Result<Kind, Misfit> {
        Ok(Kind::Nested)
    }
}
