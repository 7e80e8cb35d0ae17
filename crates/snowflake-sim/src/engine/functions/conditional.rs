//! Functions that choose among their arguments. Those that must not evaluate what they do not choose
//! (`IFF`, `NVL`, `DECODE` and so on) are rewritten to CASE before they get here.

use std::cmp::Ordering;

use super::super::SqlError;
use super::super::types::{SqlType, common};
use super::super::value::{Value, instant_of};
use super::{Call, Function, Types};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("GREATEST", (1, 64), all, |call| extreme(call, Ordering::Greater)),
    Function::new("LEAST", (1, 64), all, |call| extreme(call, Ordering::Less)),
    Function::new("GREATEST_IGNORE_NULLS", (1, 64), all, |call| extreme(call, Ordering::Greater))
        .with_nulls(),
    Function::new("LEAST_IGNORE_NULLS", (1, 64), all, |call| extreme(call, Ordering::Less)).with_nulls(),
    Function::new("BOOLNOT", (1, 1), boolean, |call| {
        Ok(truth(call, 0)?.map_or(Value::Null, |a| Value::Boolean(!a)))
    })
    .with_nulls(),
    Function::new("BOOLAND", (2, 2), boolean, |call| {
        Ok(match (truth(call, 0)?, truth(call, 1)?) {
            (Some(false), _) | (_, Some(false)) => Value::Boolean(false),
            (Some(true), Some(true)) => Value::Boolean(true),
            _ => Value::Null,
        })
    })
    .with_nulls(),
    Function::new("BOOLOR", (2, 2), boolean, |call| {
        Ok(match (truth(call, 0)?, truth(call, 1)?) {
            (Some(true), _) | (_, Some(true)) => Value::Boolean(true),
            (Some(false), Some(false)) => Value::Boolean(false),
            _ => Value::Null,
        })
    })
    .with_nulls(),
    Function::new("BOOLXOR", (2, 2), boolean, |call| {
        Ok(match (truth(call, 0)?, truth(call, 1)?) {
            (Some(a), Some(b)) => Value::Boolean(a != b),
            _ => Value::Null,
        })
    })
    .with_nulls(),
];

fn boolean(_: &Types<'_>) -> Result<SqlType, SqlError> {
    Ok(SqlType::Boolean)
}

fn all(types: &Types<'_>) -> Result<SqlType, SqlError> {
    Ok(types.types.iter().skip(1).fold(types.get(0), |so_far, next| common(&so_far, next)))
}

fn truth(call: &Call<'_>, at: usize) -> Result<Option<bool>, SqlError> {
    Ok(match call.convert(at, &SqlType::Boolean)? {
        Value::Boolean(value) => Some(value),
        _ => None,
    })
}

fn extreme(call: &Call<'_>, wanted: Ordering) -> Result<Value<'static>, SqlError> {
    let mut best = Value::Null;
    for at in 0..call.values.len() {
        let next = call.convert(at, call.returns)?;
        if !next.is_null() && (best.is_null() || compare(&next, &best, call) == wanted) {
            best = next;
        }
    }
    Ok(best)
}

/// Compares two values of one type.
fn compare(a: &Value<'_>, b: &Value<'_>, call: &Call<'_>) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.compare(*b),
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
        (Value::Text(a), Value::Text(b)) | (Value::Json(a), Value::Json(b)) => a.cmp(b),
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Time(a), Value::Time(b)) => a.cmp(b),
        (Value::Binary(a), Value::Binary(b)) => a.cmp(b),
        (a, b) => instant_of(a, call.env.zone).cmp(&instant_of(b, call.env.zone)),
    }
}
