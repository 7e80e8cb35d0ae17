//! Values of files as JSON: lists, structs and maps, and whole rows.

use std::sync::Arc;

use arrow_array::builder::LargeStringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType as ArrowType;
use serde_json::{Map, Value as Json};

use super::super::super::SqlError;
use super::super::super::env::Env;
use super::super::super::value::{Reader, Value, to_json, to_text};

/// The values of a nested array as JSON text.
///
/// # Errors
/// `300010` for an Arrow type that the engine never uses.
pub(super) fn texts(array: &ArrayRef, env: &Env) -> Result<ArrayRef, SqlError> {
    let nested = Nested::new(array)?;
    let mut builder = LargeStringBuilder::new();
    for row in 0..array.len() {
        match nested.value(row, env) {
            Json::Null => builder.append_null(),
            value => builder.append_value(value.to_string()),
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// Rows as the texts of objects.
///
/// # Errors
/// `300010` for an Arrow type that the engine never uses.
pub(super) fn objects(
    names: &[String],
    arrays: &[ArrayRef],
    rows: usize,
    env: &Env,
) -> Result<ArrayRef, SqlError> {
    let members = arrays.iter().map(Nested::new).collect::<Result<Vec<_>, _>>()?;
    let mut builder = LargeStringBuilder::new();
    for row in 0..rows {
        let pairs = names.iter().cloned().zip(members.iter().map(|member| member.value(row, env)));
        // What is NULL in a file is not in the object.
        let object: Map<String, Json> = pairs.filter(|(_, value)| !value.is_null()).collect();
        builder.append_value(Json::Object(object).to_string());
    }
    Ok(Arc::new(builder.finish()))
}

/// An array whose values can be read as JSON.
enum Nested {
    Plain(Reader),
    List(ArrayRef, Box<Nested>),
    Struct(ArrayRef, Vec<(String, Nested)>),
    Map(ArrayRef, Reader, Box<Nested>),
}

impl Nested {
    fn new(array: &ArrayRef) -> Result<Self, SqlError> {
        let all = Arc::clone(array);
        Ok(match array.data_type() {
            ArrowType::List(_) => Self::List(all, Box::new(Self::new(array.as_list::<i32>().values())?)),
            ArrowType::LargeList(_) => Self::List(all, Box::new(Self::new(array.as_list::<i64>().values())?)),
            ArrowType::FixedSizeList(..) => {
                Self::List(all, Box::new(Self::new(array.as_fixed_size_list().values())?))
            }
            ArrowType::Struct(fields) => {
                let columns = fields.iter().zip(array.as_struct().columns());
                let members = columns.map(|(field, column)| Ok((field.name().clone(), Self::new(column)?)));
                Self::Struct(all, members.collect::<Result<_, SqlError>>()?)
            }
            ArrowType::Map(..) => {
                let map = array.as_map();
                Self::Map(all, Reader::new(map.keys())?, Box::new(Self::new(map.values())?))
            }
            _ => Self::Plain(Reader::new(array)?),
        })
    }

    fn value(&self, row: usize, env: &Env) -> Json {
        match self {
            Self::Plain(reader) => plain(reader.value(row), env),
            Self::List(array, _) | Self::Struct(array, _) | Self::Map(array, ..) if array.is_null(row) => {
                Json::Null
            }
            Self::List(array, items) => {
                Json::Array(bounds(array, row).map(|at| items.value(at, env)).collect())
            }
            Self::Struct(_, members) => Json::Object(
                members.iter().map(|(name, member)| (name.clone(), member.value(row, env))).collect(),
            ),
            Self::Map(array, keys, values) => {
                let entry = |at: usize| {
                    let key = to_text(keys.value(at), env).unwrap_or_default().into_owned();
                    (key, values.value(at, env))
                };
                Json::Object(bounds(array, row).map(entry).collect())
            }
        }
    }
}

/// Where the items of a row are.
fn bounds(array: &ArrayRef, row: usize) -> std::ops::Range<usize> {
    let at = |offset: i64| usize::try_from(offset).unwrap_or(0);
    match array.data_type() {
        ArrowType::List(_) => {
            let offsets = array.as_list::<i32>().value_offsets();
            at(offsets[row].into())..at(offsets[row + 1].into())
        }
        ArrowType::LargeList(_) => {
            let offsets = array.as_list::<i64>().value_offsets();
            at(offsets[row])..at(offsets[row + 1])
        }
        ArrowType::Map(..) => {
            let offsets = array.as_map().value_offsets();
            at(offsets[row].into())..at(offsets[row + 1].into())
        }
        _ => {
            let list = array.as_fixed_size_list();
            let width = usize::try_from(list.value_length()).unwrap_or(0);
            row * width..(row + 1) * width
        }
    }
}

fn plain(value: Value<'_>, env: &Env) -> Json {
    match value {
        // JSON within JSON stays what it is.
        Value::Json(text) => serde_json::from_str(&text).unwrap_or(Json::Null),
        other => to_json(other, env).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Json::Null),
    }
}
