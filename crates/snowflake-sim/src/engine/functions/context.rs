//! Functions that answer something else for each row.

use super::super::SqlError;
use super::super::types::{SqlType, TEXT};
use super::super::value::{Number, Value};
use super::{Call, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "RANDOM",
        (0, 1),
        |_| Ok(SqlType::Number { precision: 19, scale: 0 }),
        |call| {
            let seed = if call.has(0) { call.integer(0)?.cast_unsigned() } else { call.env.seed };
            Ok(Value::integer(noise(seed, call.row).cast_signed()))
        },
    )
    .volatile(),
    Function::new(
        "UUID_STRING",
        (0, 2),
        |_| Ok(TEXT),
        |call| {
            let high = u128::from(noise(call.env.seed, call.row));
            let low = u128::from(noise(call.env.seed.wrapping_add(1), call.row));
            let uuid = uuid::Builder::from_random_bytes((high << 64 | low).to_be_bytes()).into_uuid();
            Ok(Value::text(uuid.to_string()))
        },
    )
    .volatile(),
    Function::new(
        "UNIFORM",
        (3, 3),
        |types| {
            Ok(match (types.get(0), types.get(1)) {
                (SqlType::Number { scale: 0, .. }, SqlType::Number { scale: 0, .. }) => {
                    SqlType::Number { precision: 38, scale: 0 }
                }
                _ => SqlType::Float,
            })
        },
        uniform,
    ),
    Function::new(
        "RANDSTR",
        (2, 2),
        |_| Ok(TEXT),
        |call| {
            const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
            let length = usize::try_from(call.integer(0)?).unwrap_or(0).min(1_000_000);
            let seed = call.integer(1)?.cast_unsigned();
            let letter =
                |at| usize::try_from(mixed(seed, at) % 62).ok().and_then(|at| LETTERS.get(at)).copied();
            Ok(Value::text((0..length).filter_map(letter).map(char::from).collect::<String>()))
        },
    ),
];

/// A well mixed number that depends on a seed and a position alone.
fn mixed(seed: u64, at: usize) -> u64 {
    let at = u64::try_from(at).unwrap_or(0);
    let mut value = seed.wrapping_add(at.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ value >> 31
}

/// As [`mixed`]; rows of later batches repeat only after the batch size's square.
fn noise(seed: u64, row: usize) -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static CALLS: AtomicU64 = AtomicU64::new(0);
    mixed(seed ^ CALLS.fetch_add(1, Ordering::Relaxed).rotate_left(32), row)
}

/// A number between two bounds, both included, chosen by the third argument.
fn uniform(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let random = mixed(call.integer(2)?.cast_unsigned(), 0);
    if *call.returns == SqlType::Float {
        let (low, high) = (call.float(0)?, call.float(1)?);
        let share = f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX);
        return Ok(Value::Float(low + (high - low) * share));
    }
    let (low, high) = (i128::from(call.integer(0)?), i128::from(call.integer(1)?));
    let span = (high - low + 1).max(1);
    Ok(Value::Number(Number::new(low + i128::from(random) % span, 0)))
}
