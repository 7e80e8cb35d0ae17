//! Functions over VARIANT, OBJECT and ARRAY.

use serde_json::{Map, Value as Json};

use super::super::SqlError;
use super::super::env::Env;
use super::super::types::{SqlType, TEXT};
use super::super::value::{Value, convert_or_null, to_json, variant_value};
use super::{Call, Function, Types};

const fn array(
    name: &'static str,
    arity: (usize, usize),
    value: fn(&Call<'_>) -> Result<Value<'static>, SqlError>,
) -> Function {
    Function::new(name, arity, |_| Ok(SqlType::Array), value)
}

const fn test(name: &'static str, value: fn(&Call<'_>) -> Result<Value<'static>, SqlError>) -> Function {
    Function::new(name, (1, 1), |_| Ok(SqlType::Boolean), value)
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "TO_JSON",
        (1, 1),
        |_| Ok(TEXT),
        |call| Ok(to_json(call.get(0), call.env).map_or(Value::Null, Value::text)),
    ),
    Function::new(
        "CHECK_JSON",
        (1, 1),
        |_| Ok(TEXT),
        |call| {
            Ok(super::super::value::parse_json(&call.text(0))
                .err()
                .map_or(Value::Null, |error| Value::text(error.message)))
        },
    ),
    Function::new("STRIP_NULL_VALUE", (1, 1), variant, |call| Ok(stripped(json(call, 0)?))),
    Function::new("TYPEOF", (1, 1), |_| Ok(TEXT), |call| Ok(Value::text(kind(&json(call, 0)?)))),
    Function::new("SYSTEM$TYPEOF", (1, 1), |_| Ok(TEXT), |call| Ok(Value::text(storage(&call.types[0]))))
        .with_nulls(),
    Function::new("GET", (2, 2), variant, |call| Ok(found(member(&json(call, 0)?, call.get(1))))),
    Function::new("GET_IGNORE_CASE", (2, 2), variant, |call| {
        let wanted = call.text(1);
        Ok(found(match &json(call, 0)? {
            Json::Object(members) => {
                members.iter().find(|(key, _)| key.eq_ignore_ascii_case(&wanted)).map(|(_, value)| value)
            }
            _ => None,
        }))
    }),
    Function::new("GET_PATH", (2, 2), variant, |call| Ok(found(follow(&json(call, 0)?, &call.text(1))))),
    Function::new(
        "JSON_EXTRACT_PATH_TEXT",
        (2, 2),
        |_| Ok(TEXT),
        |call| {
            let root = json(call, 0)?;
            Ok(match follow(&root, &call.text(1)) {
                None | Some(Json::Null) => Value::Null,
                Some(Json::String(text)) => Value::text(text.clone()),
                Some(other) => Value::text(other.to_string()),
            })
        },
    ),
    Function::new("OBJECT_CONSTRUCT", (0, 256), |_| Ok(SqlType::Object), |call| construct(call, false))
        .with_nulls(),
    Function::new(
        "OBJECT_CONSTRUCT_KEEP_NULL",
        (0, 256),
        |_| Ok(SqlType::Object),
        |call| construct(call, true),
    )
    .with_nulls(),
    Function::new(
        "OBJECT_KEYS",
        (1, 1),
        |_| Ok(SqlType::Array),
        |call| {
            Ok(match json(call, 0)? {
                Json::Object(members) => {
                    list(members.into_iter().map(|(key, _)| Json::String(key)).collect())
                }
                _ => Value::Null,
            })
        },
    ),
    Function::new(
        "OBJECT_DELETE",
        (2, 64),
        |_| Ok(SqlType::Object),
        |call| {
            let Json::Object(mut members) = json(call, 0)? else { return Ok(Value::Null) };
            for at in 1..call.values.len() {
                members.remove(&call.text(at));
            }
            Ok(Value::json(Json::Object(members).to_string()))
        },
    ),
    Function::new(
        "OBJECT_INSERT",
        (3, 4),
        |_| Ok(SqlType::Object),
        |call| {
            let Json::Object(mut members) = json(call, 0)? else { return Ok(Value::Null) };
            members.insert(call.text(1), any(call.get(2), call.env)?);
            Ok(Value::json(Json::Object(members).to_string()))
        },
    )
    .with_nulls(),
    array("ARRAY_CONSTRUCT", (0, 256), |call| {
        Ok(list(call.values.iter().map(|value| any(value.clone(), call.env)).collect::<Result<_, _>>()?))
    })
    .with_nulls(),
    array("ARRAY_CONSTRUCT_COMPACT", (0, 256), |call| {
        let given = call.values.iter().filter(|value| !value.is_null());
        Ok(list(given.map(|value| any(value.clone(), call.env)).collect::<Result<_, _>>()?))
    })
    .with_nulls(),
    array("ARRAY_APPEND", (2, 2), |call| edit(call, |items, value| items.push(value))),
    array("ARRAY_PREPEND", (2, 2), |call| edit(call, |items, value| items.insert(0, value))),
    array("ARRAY_CAT", (2, 2), |call| {
        let mut items = elements(call, 0)?;
        items.extend(elements(call, 1)?);
        Ok(list(items))
    }),
    array("ARRAY_COMPACT", (1, 1), |call| {
        Ok(list(elements(call, 0)?.into_iter().filter(|item| !item.is_null()).collect()))
    }),
    array("ARRAY_REVERSE", (1, 1), |call| Ok(list(elements(call, 0)?.into_iter().rev().collect()))),
    array("ARRAY_DISTINCT", (1, 1), |call| {
        let mut kept: Vec<Json> = Vec::new();
        for item in elements(call, 0)? {
            if !kept.contains(&item) {
                kept.push(item);
            }
        }
        Ok(list(kept))
    }),
    array("ARRAY_SLICE", (3, 3), |call| {
        let items = elements(call, 0)?;
        let at = |index: i64| {
            let size = i64::try_from(items.len()).unwrap_or(i64::MAX);
            usize::try_from(if index < 0 { (size + index).max(0) } else { index.min(size) }).unwrap_or(0)
        };
        let (from, to) = (at(call.integer(1)?), at(call.integer(2)?));
        Ok(list(items.get(from..to.max(from)).unwrap_or_default().to_vec()))
    }),
    array("ARRAY_REMOVE", (2, 2), |call| {
        let wanted = any(call.get(1), call.env)?;
        Ok(list(elements(call, 0)?.into_iter().filter(|item| *item != wanted).collect()))
    }),
    array("ARRAY_GENERATE_RANGE", (2, 3), |call| {
        let (from, to, step) = (call.integer(0)?, call.integer(1)?, call.integer_or(2, 1)?);
        let mut items = Vec::new();
        let mut next = from;
        while step != 0 && (step > 0 && next < to || step < 0 && next > to) && items.len() < 1_000_000 {
            items.push(Json::from(next));
            next += step;
        }
        Ok(list(items))
    }),
    array("SPLIT", (2, 2), |call| {
        let (text, separator) = (call.text(0), call.text(1));
        let parts: Vec<&str> =
            if separator.is_empty() { vec![&text] } else { text.split(&separator).collect() };
        Ok(list(parts.into_iter().map(Json::from).collect()))
    }),
    array("STRTOK_TO_ARRAY", (1, 2), |call| {
        let (text, delimiters) = (call.text(0), call.text_or(1, " "));
        let parts = text.split(|each| delimiters.contains(each)).filter(|part| !part.is_empty());
        Ok(list(parts.map(Json::from).collect()))
    }),
    Function::new(
        "ARRAY_SIZE",
        (1, 1),
        |_| Ok(SqlType::Number { precision: 9, scale: 0 }),
        |call| {
            Ok(match json(call, 0)? {
                Json::Array(items) => Value::integer(i64::try_from(items.len()).unwrap_or(i64::MAX)),
                _ => Value::Null,
            })
        },
    ),
    Function::new(
        "ARRAY_CONTAINS",
        (2, 2),
        |_| Ok(SqlType::Boolean),
        |call| {
            let wanted = any(call.get(0), call.env)?;
            Ok(Value::Boolean(elements(call, 1)?.contains(&wanted)))
        },
    ),
    Function::new(
        "ARRAY_POSITION",
        (2, 2),
        |_| Ok(SqlType::Number { precision: 9, scale: 0 }),
        |call| {
            let wanted = any(call.get(0), call.env)?;
            let at = elements(call, 1)?.iter().position(|item| *item == wanted);
            Ok(at.and_then(|at| i64::try_from(at).ok()).map_or(Value::Null, Value::integer))
        },
    ),
    Function::new(
        "ARRAYS_OVERLAP",
        (2, 2),
        |_| Ok(SqlType::Boolean),
        |call| {
            let other = elements(call, 1)?;
            Ok(Value::Boolean(elements(call, 0)?.iter().any(|item| other.contains(item))))
        },
    ),
    Function::new(
        "ARRAY_TO_STRING",
        (2, 2),
        |_| Ok(TEXT),
        |call| {
            let texts: Vec<String> = elements(call, 0)?
                .into_iter()
                .map(|item| match item {
                    Json::Null => String::new(),
                    Json::String(text) => text,
                    other => other.to_string(),
                })
                .collect();
            Ok(Value::text(texts.join(&call.text(1))))
        },
    ),
    // What ARRAY_AGG and OBJECT_AGG are made of: the texts of the members, gathered by STRING_AGG.
    Function::new(
        "$JSON",
        (1, 1),
        |_| Ok(TEXT),
        |call| Ok(to_json(call.get(0), call.env).map_or(Value::Null, Value::text)),
    ),
    Function::new(
        "$PAIR",
        (2, 2),
        |_| Ok(TEXT),
        |call| {
            let value = to_json(call.get(1), call.env).unwrap_or_default();
            Ok(Value::text(format!("{}:{value}", Json::String(call.text(0)))))
        },
    ),
    array("$LIST", (1, 1), |call| Ok(Value::json(format!("[{}]", call.raw(0))))).with_nulls(),
    Function::new(
        "$OBJECT",
        (1, 1),
        |_| Ok(SqlType::Object),
        |call| {
            let text = format!("{{{}}}", call.raw(0));
            Ok(super::super::value::parse_json(&text)?.map_or(Value::Null, Value::json))
        },
    )
    .with_nulls(),
    test("IS_ARRAY", |call| Ok(Value::Boolean(json(call, 0)?.is_array()))),
    test("IS_OBJECT", |call| Ok(Value::Boolean(json(call, 0)?.is_object()))),
    test("IS_BOOLEAN", |call| Ok(Value::Boolean(json(call, 0)?.is_boolean()))),
    test("IS_VARCHAR", |call| Ok(Value::Boolean(json(call, 0)?.is_string()))),
    test("IS_CHAR", |call| Ok(Value::Boolean(json(call, 0)?.is_string()))),
    test("IS_NULL_VALUE", |call| Ok(Value::Boolean(json(call, 0)?.is_null()))),
    test("IS_INTEGER", |call| Ok(Value::Boolean(json(call, 0)?.is_i64()))),
    test("IS_DECIMAL", |call| Ok(Value::Boolean(json(call, 0)?.is_number()))),
    test("IS_DOUBLE", |call| Ok(Value::Boolean(json(call, 0)?.is_number()))),
    test("IS_REAL", |call| Ok(Value::Boolean(json(call, 0)?.is_number()))),
    Function::new("AS_ARRAY", (1, 1), |_| Ok(SqlType::Array), |call| keep(call, Json::is_array)),
    Function::new("AS_OBJECT", (1, 1), |_| Ok(SqlType::Object), |call| keep(call, Json::is_object)),
    Function::new("AS_VARCHAR", (1, 1), |_| Ok(TEXT), |call| unwrap(call, Json::is_string)),
    Function::new("AS_CHAR", (1, 1), |_| Ok(TEXT), |call| unwrap(call, Json::is_string)),
    Function::new("AS_BOOLEAN", (1, 1), |_| Ok(SqlType::Boolean), |call| unwrap(call, Json::is_boolean)),
    Function::new(
        "AS_INTEGER",
        (1, 1),
        |_| Ok(super::super::types::INTEGER),
        |call| unwrap(call, Json::is_number),
    ),
    Function::new("AS_DOUBLE", (1, 1), |_| Ok(SqlType::Float), |call| unwrap(call, Json::is_number)),
    Function::new("AS_REAL", (1, 1), |_| Ok(SqlType::Float), |call| unwrap(call, Json::is_number)),
];

fn variant(_: &Types<'_>) -> Result<SqlType, SqlError> {
    Ok(SqlType::Variant)
}

/// Any value as JSON; NULL is JSON's null.
fn any(value: Value<'_>, env: &Env) -> Result<Json, SqlError> {
    let Some(text) = to_json(value, env) else { return Ok(Json::Null) };
    serde_json::from_str(&text).map_err(SqlError::internal)
}

fn json(call: &Call<'_>, at: usize) -> Result<Json, SqlError> {
    any(call.get(at), call.env)
}

fn elements(call: &Call<'_>, at: usize) -> Result<Vec<Json>, SqlError> {
    Ok(match json(call, at)? {
        Json::Array(items) => items,
        Json::Null => Vec::new(),
        other => vec![other],
    })
}

fn list(items: Vec<Json>) -> Value<'static> {
    Value::json(Json::Array(items).to_string())
}

fn found(value: Option<&Json>) -> Value<'static> {
    value.map_or(Value::Null, |value| Value::json(value.to_string()))
}

fn stripped(value: Json) -> Value<'static> {
    if value.is_null() { Value::Null } else { Value::json(value.to_string()) }
}

fn edit(call: &Call<'_>, change: fn(&mut Vec<Json>, Json)) -> Result<Value<'static>, SqlError> {
    let mut items = elements(call, 0)?;
    change(&mut items, json(call, 1)?);
    Ok(list(items))
}

fn keep(call: &Call<'_>, wanted: fn(&Json) -> bool) -> Result<Value<'static>, SqlError> {
    let value = json(call, 0)?;
    Ok(if wanted(&value) { Value::json(value.to_string()) } else { Value::Null })
}

fn unwrap(call: &Call<'_>, wanted: fn(&Json) -> bool) -> Result<Value<'static>, SqlError> {
    let value = json(call, 0)?;
    if !wanted(&value) {
        return Ok(Value::Null);
    }
    let text = value.to_string();
    Ok(convert_or_null(variant_value(&text), call.returns, call.env).into_owned())
}

/// A member of an object by name, or of an array by index from 0.
fn member<'a>(value: &'a Json, key: Value<'_>) -> Option<&'a Json> {
    match (value, key) {
        (Json::Object(members), Value::Text(key)) => members.get(key.as_ref()),
        (Json::Array(items), Value::Number(index)) => items.get(usize::try_from(index.to_i64()?).ok()?),
        _ => None,
    }
}

/// Follows a path such as `a.b[0]['c']`.
fn follow<'a>(root: &'a Json, path: &str) -> Option<&'a Json> {
    let mut value = root;
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (index, after) = inner.split_once(']')?;
            value = match index.trim().parse::<usize>() {
                Ok(index) => value.as_array()?.get(index)?,
                Err(_) => value.as_object()?.get(index.trim().trim_matches(['\'', '"']))?,
            };
            rest = after;
            continue;
        }
        rest = rest.strip_prefix(['.', ':']).unwrap_or(rest);
        let end = match rest.strip_prefix('"') {
            Some(quoted) => quoted.find('"').map_or(rest.len(), |at| at + 2),
            None => rest.find(['.', '[', ':']).unwrap_or(rest.len()),
        };
        value = value.as_object()?.get(rest[..end].trim_matches('"'))?;
        rest = &rest[end..];
    }
    Some(value)
}

fn construct(call: &Call<'_>, keep_null: bool) -> Result<Value<'static>, SqlError> {
    let mut members = Map::new();
    for pair in call.values.chunks(2) {
        let [key, value] = pair else {
            return Err(SqlError::invalid_argument(
                "not an even number of arguments for function [OBJECT_CONSTRUCT]",
            ));
        };
        if key.is_null() || value.is_null() && !keep_null {
            continue;
        }
        let key = super::super::value::to_text(key.clone(), call.env).unwrap_or_default().into_owned();
        members.insert(key, any(value.clone(), call.env)?);
    }
    Ok(Value::json(Json::Object(members).to_string()))
}

fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "NULL_VALUE",
        Json::Bool(_) => "BOOLEAN",
        Json::Number(number) if number.is_i64() || number.is_u64() => "INTEGER",
        Json::Number(_) => "DECIMAL",
        Json::String(_) => "VARCHAR",
        Json::Array(_) => "ARRAY",
        Json::Object(_) => "OBJECT",
    }
}

fn storage(data_type: &SqlType) -> String {
    match data_type {
        SqlType::Number { precision, .. } => {
            let size = match precision {
                0..=2 => "SB1",
                3..=4 => "SB2",
                5..=9 => "SB4",
                10..=18 => "SB8",
                _ => "SB16",
            };
            format!("{data_type}[{size}]")
        }
        SqlType::Float => "FLOAT[DOUBLE]".to_owned(),
        SqlType::Boolean => "BOOLEAN[SB1]".to_owned(),
        other => format!("{other}[LOB]"),
    }
}
