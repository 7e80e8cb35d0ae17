//! `+ - * / %` with Snowflake's precision and scale rules, and what they mean for dates.

use super::super::SqlError;
use super::super::time::{Part, Stamp};
use super::super::types::{INTEGER, SqlType};
use super::super::value::{Number, Value, power_of_ten};
use super::{Call, Function, Types};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$ADD", (2, 2), add_type, add),
    Function::new("$SUB", (2, 2), subtract_type, subtract),
    Function::new("$MUL", (2, 2), multiply_type, multiply),
    Function::new("$DIV", (2, 2), divide_type, divide),
    Function::new("$MOD", (2, 2), modulo_type, modulo),
    Function::new("MOD", (2, 2), modulo_type, modulo),
    Function::new("DIV0", (2, 2), divide_type, |call| {
        if is_zero(&call.get(1)) { Ok(zero(call.returns)) } else { divide(call) }
    }),
    Function::new("DIV0NULL", (2, 2), divide_type, |call| {
        if call.get(0).is_null() {
            return Ok(Value::Null);
        }
        if call.get(1).is_null() || is_zero(&call.get(1)) { Ok(zero(call.returns)) } else { divide(call) }
    })
    .with_nulls(),
];

/// The numeric type that an operand counts as.
pub(super) fn as_number(operand: &SqlType) -> SqlType {
    match operand {
        SqlType::Number { .. } | SqlType::Float => operand.clone(),
        SqlType::Boolean => SqlType::Number { precision: 1, scale: 0 },
        SqlType::Text { .. } => SqlType::Number { precision: 18, scale: 5 },
        _ => SqlType::Float,
    }
}

enum Operands {
    Float,
    /// Digits before and after the point of both.
    Numbers {
        leading: (u8, u8),
        scales: (u8, u8),
    },
}

fn operands(types: &Types<'_>) -> Result<Operands, SqlError> {
    for at in 0..2 {
        if matches!(
            types.get(at),
            SqlType::Date
                | SqlType::Time { .. }
                | SqlType::TimestampNtz { .. }
                | SqlType::TimestampLtz { .. }
                | SqlType::TimestampTz { .. }
                | SqlType::Binary { .. }
        ) {
            return Err(SqlError::invalid_argument(format!(
                "Invalid argument types for function '{}': ({}, {})",
                types.name.trim_start_matches('$'),
                types.get(0),
                types.get(1)
            )));
        }
    }
    Ok(match (as_number(&types.get(0)), as_number(&types.get(1))) {
        (SqlType::Number { precision: p1, scale: s1 }, SqlType::Number { precision: p2, scale: s2 }) => {
            Operands::Numbers { leading: (p1.saturating_sub(s1), p2.saturating_sub(s2)), scales: (s1, s2) }
        }
        _ => Operands::Float,
    })
}

fn number(leading: u8, scale: u8) -> SqlType {
    SqlType::Number { precision: leading.saturating_add(scale).clamp(1, 38), scale: scale.min(37) }
}

fn is_date(data_type: &SqlType) -> bool {
    matches!(
        data_type,
        SqlType::Date
            | SqlType::TimestampNtz { .. }
            | SqlType::TimestampLtz { .. }
            | SqlType::TimestampTz { .. }
    )
}

fn add_type(types: &Types<'_>) -> Result<SqlType, SqlError> {
    match (is_date(&types.get(0)), is_date(&types.get(1))) {
        (true, false) => return Ok(types.get(0)),
        (false, true) => return Ok(types.get(1)),
        _ => {}
    }
    sum_type(types)
}

fn subtract_type(types: &Types<'_>) -> Result<SqlType, SqlError> {
    match (is_date(&types.get(0)), is_date(&types.get(1))) {
        (true, true) => Ok(SqlType::Number { precision: 9, scale: 0 }),
        (true, false) => Ok(types.get(0)),
        _ => sum_type(types),
    }
}

fn sum_type(types: &Types<'_>) -> Result<SqlType, SqlError> {
    Ok(match operands(types)? {
        Operands::Float => SqlType::Float,
        Operands::Numbers { leading, scales } => number(leading.0.max(leading.1) + 1, scales.0.max(scales.1)),
    })
}

fn multiply_type(types: &Types<'_>) -> Result<SqlType, SqlError> {
    Ok(match operands(types)? {
        Operands::Float => SqlType::Float,
        Operands::Numbers { leading, scales } => {
            let scale = (scales.0 + scales.1).min(scales.0.max(scales.1).max(12));
            number(leading.0 + leading.1, scale)
        }
    })
}

fn divide_type(types: &Types<'_>) -> Result<SqlType, SqlError> {
    Ok(match operands(types)? {
        Operands::Float => SqlType::Float,
        Operands::Numbers { leading, scales } => {
            number(leading.0 + scales.1, scales.0.max((scales.0 + 6).min(12)))
        }
    })
}

fn modulo_type(types: &Types<'_>) -> Result<SqlType, SqlError> {
    Ok(match operands(types)? {
        Operands::Float => SqlType::Float,
        Operands::Numbers { leading, scales } => number(leading.0.max(leading.1), scales.0.max(scales.1)),
    })
}

/// Both operands as numbers of one scale.
fn aligned(call: &Call<'_>) -> Result<(i128, i128, u8), SqlError> {
    let (a, b) = (call.number(0)?, call.number(1)?);
    let scale = a.scale.max(b.scale);
    match (a.rescaled(scale), b.rescaled(scale)) {
        (Some(a), Some(b)) => Ok((a.unscaled, b.unscaled, scale)),
        _ => Err(SqlError::number_out_of_range(&a.to_string())),
    }
}

fn result(call: &Call<'_>, unscaled: Option<i128>, scale: u8) -> Result<Value<'static>, SqlError> {
    let SqlType::Number { precision, scale: wanted } = call.returns else {
        return Err(SqlError::internal("arithmetic of another type"));
    };
    let overflow = || SqlError::number_out_of_range("(overflow)");
    Number::new(unscaled.ok_or_else(overflow)?, scale).fit(*precision, *wanted).map(Value::Number)
}

fn shift_days(call: &Call<'_>, date: usize, days: usize, sign: i64) -> Result<Value<'static>, SqlError> {
    let count = call.integer(days)? * sign;
    let moved = |stamp: &Stamp| {
        Part::Day.add(stamp, count).ok_or_else(|| SqlError::not_simulated("dates of that year"))
    };
    Ok(match call.get(date) {
        Value::Date(days) => moved(&Stamp::of_days(days))?.days().map_or(Value::Null, Value::Date),
        Value::Ntz(stamp) => Value::Ntz(moved(&stamp)?),
        Value::Ltz(stamp) => Value::Ltz(moved(&stamp)?),
        Value::Tz(stamp) => Value::Tz(moved(&stamp)?),
        _ => Value::Null,
    })
}

fn add(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    if is_date(call.returns) {
        return if is_date(&call.types[0]) { shift_days(call, 0, 1, 1) } else { shift_days(call, 1, 0, 1) };
    }
    if *call.returns == SqlType::Float {
        return Ok(Value::Float(call.float(0)? + call.float(1)?));
    }
    let (a, b, scale) = aligned(call)?;
    result(call, a.checked_add(b), scale)
}

fn subtract(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    if is_date(call.returns) {
        return shift_days(call, 0, 1, -1);
    }
    if is_date(&call.types[0]) {
        let (Value::Date(a), Value::Date(b)) =
            (call.convert(0, &SqlType::Date)?, call.convert(1, &SqlType::Date)?)
        else {
            return Ok(Value::Null);
        };
        return Ok(Value::integer(i64::from(a) - i64::from(b)));
    }
    if *call.returns == SqlType::Float {
        return Ok(Value::Float(call.float(0)? - call.float(1)?));
    }
    let (a, b, scale) = aligned(call)?;
    result(call, a.checked_sub(b), scale)
}

fn multiply(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    if *call.returns == SqlType::Float {
        return Ok(Value::Float(call.float(0)? * call.float(1)?));
    }
    let (a, b) = (call.number(0)?, call.number(1)?);
    result(call, a.unscaled.checked_mul(b.unscaled), a.scale + b.scale)
}

fn is_zero(value: &Value<'_>) -> bool {
    match value {
        Value::Number(number) => number.unscaled == 0,
        Value::Float(value) => *value == 0.0,
        _ => false,
    }
}

fn zero(returns: &SqlType) -> Value<'static> {
    if *returns == SqlType::Float { Value::Float(0.0) } else { Value::integer(0) }
}

fn divide(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    if *call.returns == SqlType::Float {
        let divisor = call.float(1)?;
        if divisor == 0.0 {
            return Err(SqlError::division_by_zero());
        }
        return Ok(Value::Float(call.float(0)? / divisor));
    }
    let (a, b) = (call.number(0)?, call.number(1)?);
    if b.unscaled == 0 {
        return Err(SqlError::division_by_zero());
    }
    let SqlType::Number { scale, .. } = *call.returns else {
        return Err(SqlError::internal("a quotient of another type"));
    };
    // a / 10^sa / (b / 10^sb) at the wanted scale is a * 10^(scale + sb - sa) / b.
    let shift = i16::from(scale) + i16::from(b.scale) - i16::from(a.scale);
    let (dividend, divisor) = match u8::try_from(shift) {
        Ok(shift) => (scaled(a.unscaled, shift), Some(b.unscaled)),
        Err(_) => (Some(a.unscaled), scaled(b.unscaled, u8::try_from(-shift).unwrap_or(38))),
    };
    match (dividend, divisor) {
        (Some(dividend), Some(divisor)) => {
            result(call, Some(super::super::value::divide_rounded(dividend, divisor)), scale)
        }
        _ => {
            // Too many digits for an exact quotient; a double has enough for what is left of them.
            let quotient = a.to_f64() / b.to_f64();
            let number = Number::of_float(quotient, scale);
            result(call, number.map(|number| number.unscaled), scale)
        }
    }
}

fn scaled(value: i128, digits: u8) -> Option<i128> {
    (digits <= 38).then(|| power_of_ten(digits)).and_then(|factor| value.checked_mul(factor))
}

fn modulo(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    if *call.returns == SqlType::Float {
        let divisor = call.float(1)?;
        if divisor == 0.0 {
            return Err(SqlError::division_by_zero());
        }
        return Ok(Value::Float(call.float(0)? % divisor));
    }
    let (a, b, scale) = aligned(call)?;
    if b == 0 {
        return Err(SqlError::division_by_zero());
    }
    let remainder = a.checked_rem(b).unwrap_or(0);
    result(call, Some(remainder), scale)
}

/// The type of sums: as many digits as there are.
pub(super) fn widened(types: &Types<'_>) -> Result<SqlType, SqlError> {
    Ok(match as_number(&types.get(0)) {
        SqlType::Number { scale, .. } => SqlType::Number { precision: 38, scale },
        _ if types.get(0) == INTEGER => INTEGER,
        other => other,
    })
}
