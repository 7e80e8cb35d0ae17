//! Regular expressions.

use ::regex::Regex;

use super::super::SqlError;
use super::super::types::{INTEGER, SqlType, TEXT};
use super::super::value::Value;
use super::{Call, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "REGEXP_LIKE",
        (2, 3),
        |_| Ok(SqlType::Boolean),
        |call| Ok(Value::Boolean(pattern(call, 1, 2, true)?.is_match(&call.text(0)))),
    ),
    Function::new("REGEXP_REPLACE", (2, 6), |_| Ok(TEXT), replace),
    Function::new("REGEXP_SUBSTR", (2, 6), |_| Ok(TEXT), substr),
    Function::new(
        "REGEXP_COUNT",
        (2, 4),
        |_| Ok(INTEGER),
        |call| {
            let (text, start) = (call.text(0), from_position(call, 2)?);
            let tail: String = text.chars().skip(start).collect();
            let count = pattern(call, 1, 3, false)?.find_iter(&tail).count();
            Ok(Value::integer(i64::try_from(count).unwrap_or(i64::MAX)))
        },
    ),
    Function::new("REGEXP_INSTR", (2, 7), |_| Ok(INTEGER), instr),
];

/// The pattern argument with its parameters (`c`, `i`, `m`, `s`, `e`).
fn pattern(call: &Call<'_>, at: usize, parameters: usize, whole: bool) -> Result<Regex, SqlError> {
    let flags: String = call.text_or(parameters, "").chars().filter(|flag| "ims".contains(*flag)).collect();
    let text = call.text(at);
    let body = if whole { format!("^(?:{text})$") } else { text };
    call.regex(&if flags.is_empty() { body } else { format!("(?{flags}){body}") })
}

/// A position from 1, as a number of characters to skip.
fn from_position(call: &Call<'_>, at: usize) -> Result<usize, SqlError> {
    Ok(usize::try_from(call.integer_or(at, 1)?.max(1) - 1).unwrap_or(0))
}

fn replace(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let (text, start) = (call.text(0), from_position(call, 3)?);
    let occurrence = usize::try_from(call.integer_or(4, 0)?).unwrap_or(0);
    let regex = pattern(call, 1, 5, false)?;
    // \1 names a group in Snowflake, ${1} in the library.
    let replacement =
        call.regex(r"\\(\d)")?.replace_all(&call.text_or(2, "").replace('$', "$$"), "$${$1}").into_owned();
    let head: String = text.chars().take(start).collect();
    let tail: String = text.chars().skip(start).collect();
    if occurrence == 0 {
        return Ok(Value::text(head + &regex.replace_all(&tail, replacement.as_str())));
    }
    let Some(found) = regex.captures_iter(&tail).nth(occurrence - 1) else { return Ok(Value::text(text)) };
    let (Some(whole), mut middle) = (found.get(0), String::new()) else { return Ok(Value::text(text)) };
    found.expand(&replacement, &mut middle);
    Ok(Value::text(format!("{head}{}{middle}{}", &tail[..whole.start()], &tail[whole.end()..])))
}

fn substr(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let tail: String = call.text(0).chars().skip(from_position(call, 2)?).collect();
    let occurrence = usize::try_from(call.integer_or(3, 1)?.max(1) - 1).unwrap_or(0);
    let regex = pattern(call, 1, 4, false)?;
    let default_group = i64::from(call.text_or(4, "").contains('e'));
    let group = usize::try_from(call.integer_or(5, default_group)?).unwrap_or(0);
    let found = regex.captures_iter(&tail).nth(occurrence);
    Ok(found.and_then(|captures| captures.get(group)).map_or(Value::Null, |part| Value::text(part.as_str())))
}

fn instr(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let skipped = from_position(call, 2)?;
    let tail: String = call.text(0).chars().skip(skipped).collect();
    let occurrence = usize::try_from(call.integer_or(3, 1)?.max(1) - 1).unwrap_or(0);
    let after = call.integer_or(4, 0)? == 1;
    let regex = pattern(call, 1, 5, false)?;
    let default_group = i64::from(call.text_or(5, "").contains('e'));
    let group = usize::try_from(call.integer_or(6, default_group)?).unwrap_or(0);
    let found = regex.captures_iter(&tail).nth(occurrence).and_then(|captures| {
        captures.get(group).map(|part| {
            let end = if after { part.end() } else { part.start() };
            tail[..end].chars().count() + skipped + 1
        })
    });
    Ok(Value::integer(found.and_then(|at| i64::try_from(at).ok()).unwrap_or(0)))
}
