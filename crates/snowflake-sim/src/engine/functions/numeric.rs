//! Functions over numbers.

use super::super::SqlError;
use super::super::types::{INTEGER, SqlType};
use super::super::value::{Number, Value, power_of_ten};
use super::{Call, Function, Types, arithmetic};

const fn real(name: &'static str, value: fn(&Call<'_>) -> Result<Value<'static>, SqlError>) -> Function {
    Function::new(name, (1, 1), float, value)
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("ABS", (1, 1), same, |call| match call.convert(0, call.returns)? {
        Value::Number(number) => Ok(Value::Number(Number::new(number.unscaled.abs(), number.scale))),
        Value::Float(value) => Ok(Value::Float(value.abs())),
        other => Ok(other),
    }),
    Function::new(
        "SIGN",
        (1, 1),
        |_| Ok(SqlType::Number { precision: 1, scale: 0 }),
        |call| {
            let value = call.float(0)?;
            Ok(Value::integer(if value > 0.0 {
                1
            } else if value < 0.0 {
                -1
            } else {
                0
            }))
        },
    ),
    Function::new("ROUND", (1, 3), rounded_type, |call| rounded(call, Rounding::Half)),
    Function::new("TRUNC", (1, 2), rounded_type, |call| rounded(call, Rounding::Down)),
    Function::new("CEIL", (1, 2), rounded_type, |call| rounded(call, Rounding::Ceiling)),
    Function::new("FLOOR", (1, 2), rounded_type, |call| rounded(call, Rounding::Floor)),
    Function::new("POWER", (2, 2), float, |call| Ok(Value::Float(call.float(0)?.powf(call.float(1)?)))),
    Function::new("PI", (0, 0), float, |_| Ok(Value::Float(std::f64::consts::PI))),
    Function::new("ATAN2", (2, 2), float, |call| Ok(Value::Float(call.float(0)?.atan2(call.float(1)?)))),
    Function::new("LOG", (2, 2), float, |call| Ok(Value::Float(call.float(1)?.ln() / call.float(0)?.ln()))),
    Function::new("LN", (1, 1), float, |call| {
        let value = call.float(0)?;
        if value <= 0.0 {
            return Err(invalid("ln", value));
        }
        Ok(Value::Float(value.ln()))
    }),
    Function::new("SQRT", (1, 1), float, |call| {
        let value = call.float(0)?;
        if value < 0.0 {
            return Err(invalid("sqrt", value));
        }
        Ok(Value::Float(value.sqrt()))
    }),
    real("EXP", |call| Ok(Value::Float(call.float(0)?.exp()))),
    real("SQUARE", |call| Ok(Value::Float(call.float(0)?.powi(2)))),
    real("CBRT", |call| Ok(Value::Float(call.float(0)?.cbrt()))),
    real("SIN", |call| Ok(Value::Float(call.float(0)?.sin()))),
    real("COS", |call| Ok(Value::Float(call.float(0)?.cos()))),
    real("TAN", |call| Ok(Value::Float(call.float(0)?.tan()))),
    real("COT", |call| Ok(Value::Float(1.0 / call.float(0)?.tan()))),
    real("ASIN", |call| Ok(Value::Float(call.float(0)?.asin()))),
    real("ACOS", |call| Ok(Value::Float(call.float(0)?.acos()))),
    real("ATAN", |call| Ok(Value::Float(call.float(0)?.atan()))),
    real("SINH", |call| Ok(Value::Float(call.float(0)?.sinh()))),
    real("COSH", |call| Ok(Value::Float(call.float(0)?.cosh()))),
    real("TANH", |call| Ok(Value::Float(call.float(0)?.tanh()))),
    real("ASINH", |call| Ok(Value::Float(call.float(0)?.asinh()))),
    real("ACOSH", |call| Ok(Value::Float(call.float(0)?.acosh()))),
    real("ATANH", |call| Ok(Value::Float(call.float(0)?.atanh()))),
    real("DEGREES", |call| Ok(Value::Float(call.float(0)?.to_degrees()))),
    real("RADIANS", |call| Ok(Value::Float(call.float(0)?.to_radians()))),
    Function::new("FACTORIAL", (1, 1), integer, |call| {
        let count = call.integer(0)?;
        let product = (1..=i128::from(count)).try_fold(1_i128, |product, next| product.checked_mul(next));
        product
            .filter(|_| (0..=33).contains(&count))
            .map(|product| Value::Number(Number::new(product, 0)))
            .ok_or_else(|| SqlError::number_out_of_range(&format!("factorial({count})")))
    }),
    Function::new("BITAND", (2, 2), integer, |call| Ok(Value::integer(call.integer(0)? & call.integer(1)?))),
    Function::new("BITOR", (2, 2), integer, |call| Ok(Value::integer(call.integer(0)? | call.integer(1)?))),
    Function::new("BITXOR", (2, 2), integer, |call| Ok(Value::integer(call.integer(0)? ^ call.integer(1)?))),
    Function::new("BITNOT", (1, 1), integer, |call| Ok(Value::integer(!call.integer(0)?))),
    Function::new("BITSHIFTLEFT", (2, 2), integer, |call| {
        let shift = u32::try_from(call.integer(1)?).unwrap_or(64);
        Ok(Value::integer(call.integer(0)?.checked_shl(shift).unwrap_or(0)))
    }),
    Function::new("BITSHIFTRIGHT", (2, 2), integer, |call| {
        let shift = u32::try_from(call.integer(1)?).unwrap_or(64);
        Ok(Value::integer(call.integer(0)?.checked_shr(shift).unwrap_or(0)))
    }),
    Function::new("WIDTH_BUCKET", (4, 4), integer, |call| {
        let (value, low, high, buckets) = (call.float(0)?, call.float(1)?, call.float(2)?, call.integer(3)?);
        let share = (value - low) / (high - low);
        let bucket = Number::of_float((share * Number::new(i128::from(buckets), 0).to_f64()).floor(), 0);
        let bucket = bucket.and_then(Number::to_i64).unwrap_or(0) + 1;
        Ok(Value::integer(bucket.clamp(0, buckets + 1)))
    }),
];

fn float(_: &Types<'_>) -> Result<SqlType, SqlError> {
    Ok(SqlType::Float)
}

fn integer(_: &Types<'_>) -> Result<SqlType, SqlError> {
    Ok(INTEGER)
}

fn same(types: &Types<'_>) -> Result<SqlType, SqlError> {
    Ok(arithmetic::as_number(&types.get(0)))
}

fn invalid(function: &str, value: f64) -> SqlError {
    SqlError::new("100063", "22023", format!("Invalid floating point operation: {function}({value})"))
}

#[derive(Clone, Copy)]
enum Rounding {
    Half,
    Down,
    Ceiling,
    Floor,
}

fn rounded_type(types: &Types<'_>) -> Result<SqlType, SqlError> {
    let SqlType::Number { precision, scale } = arithmetic::as_number(&types.get(0)) else {
        return Ok(SqlType::Float);
    };
    let wanted =
        if types.types.len() < 2 { 0 } else { types.constant_integer(1).unwrap_or(i64::from(scale)) };
    let kept = u8::try_from(wanted.clamp(0, i64::from(scale))).unwrap_or(0);
    // One more digit, because 9.9 rounds to 10.
    let leading = precision - scale.min(precision) + 1;
    Ok(SqlType::Number { precision: (leading + kept).min(38), scale: kept })
}

fn rounded(call: &Call<'_>, how: Rounding) -> Result<Value<'static>, SqlError> {
    let digits = call.integer_or(1, 0)?.clamp(-38, 38);
    if *call.returns == SqlType::Float {
        let factor = 10_f64.powi(i32::try_from(digits).unwrap_or(0));
        let value = call.float(0)?;
        let scaled = value * factor;
        let whole = match how {
            Rounding::Half => scaled.round(),
            Rounding::Down => scaled.trunc(),
            Rounding::Ceiling => scaled.ceil(),
            Rounding::Floor => scaled.floor(),
        };
        return Ok(Value::Float(if whole.is_finite() { whole / factor } else { value }));
    }
    let number = call.number(0)?;
    let unit = i64::from(number.scale) - digits;
    let Ok(unit) = u8::try_from(unit) else { return Ok(Value::Number(number)) };
    let unit = power_of_ten(unit);
    let (quotient, rest) = (number.unscaled.div_euclid(unit), number.unscaled.rem_euclid(unit));
    let quotient = match how {
        Rounding::Half => super::super::value::divide_rounded(number.unscaled, unit),
        Rounding::Down => number.unscaled / unit,
        Rounding::Ceiling => quotient + i128::from(rest != 0),
        Rounding::Floor => quotient,
    };
    quotient
        .checked_mul(unit)
        .map(|unscaled| Value::Number(Number::new(unscaled, number.scale)))
        .ok_or_else(|| SqlError::number_out_of_range(&number.to_string()))
}
