//! The text forms of values in the JSON result format.

use super::timestamp::TIMEZONE_BIAS_MINUTES;

/// As many digits always fit an `u64`.
const U64_DIGITS: usize = 19;

/// Parses a decimal text into its unscaled value at `scale`: `"1.5"` at 2 is 150.
///
/// Digits beyond the scale must be zeros; an exponent is accepted, as `1e3`.
pub(super) fn decimal(text: &str, scale: u8) -> Option<i128> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.as_bytes().first()? {
        b'-' => (true, mantissa.get(1..)?),
        b'+' => (false, mantissa.get(1..)?),
        _ => (false, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let value = all_digits(whole, fraction)?;
    let shift = i32::from(scale).checked_add(exponent)?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let value = rescale(value, shift)?;
    Some(if negative { -value } else { value })
}

/// The number that the digits of both texts spell one after the other.
fn all_digits(whole: &str, fraction: &str) -> Option<i128> {
    let mut digits = whole.bytes().chain(fraction.bytes()).map(|byte| byte.wrapping_sub(b'0'));
    if whole.len() + fraction.len() <= U64_DIGITS {
        // Nearly every cell is this short, and 64-bit arithmetic is several times as fast.
        return digits
            .try_fold(0_u64, |value, digit| (digit <= 9).then(|| value * 10 + u64::from(digit)))
            .map(i128::from);
    }
    digits.try_fold(0_i128, |value, digit| {
        if digit > 9 { None } else { value.checked_mul(10)?.checked_add(i128::from(digit)) }
    })
}

fn rescale(value: i128, shift: i32) -> Option<i128> {
    if value == 0 || shift == 0 {
        return Some(value);
    }
    let factor = 10_i128.checked_pow(shift.unsigned_abs())?;
    if shift >= 0 {
        value.checked_mul(factor)
    } else if value % factor == 0 {
        Some(value / factor)
    } else {
        None
    }
}

/// `NaN`, `inf` and `-inf` in any case, or a decimal text.
pub(super) fn float(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// `1` and `0`, or `true` and `false` in any case.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// `"-1.500000000"` as seconds rounded down and nanoseconds: (-2, 500000000).
pub(super) fn seconds(text: &str) -> Option<(i64, i32)> {
    let total = decimal(text, 9)?;
    let epoch = i64::try_from(total.div_euclid(1_000_000_000)).ok()?;
    let fraction = i32::try_from(total.rem_euclid(1_000_000_000)).ok()?;
    Some((epoch, fraction))
}

/// `"1709238896.789000000 960"`: seconds, nanoseconds, and the offset with its bias.
pub(super) fn zoned_seconds(text: &str) -> Option<(i64, i32, i32)> {
    let (instant, zone) = text.split_once(' ')?;
    let (epoch, fraction) = seconds(instant)?;
    let zone = zone.parse().ok().filter(|zone| (0..=2 * TIMEZONE_BIAS_MINUTES).contains(zone))?;
    Some((epoch, fraction, zone))
}

/// Nanoseconds since midnight from seconds with a fraction.
pub(super) fn time(text: &str) -> Option<i64> {
    let nanos = i64::try_from(decimal(text, 9)?).ok()?;
    (0..86_400_000_000_000).contains(&nanos).then_some(nanos)
}

/// Bytes from hexadecimal digits in either case.
pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        assert_eq!(decimal("1.50", 2), Some(150));
        assert_eq!(decimal("-0.001", 3), Some(-1));
        assert_eq!(decimal("1e3", 0), Some(1000));
        assert_eq!(decimal("1.000", 0), Some(1));
        assert_eq!(decimal("1.5", 0), None);
        assert_eq!(decimal("99999999999999999999999999999999999999", 0), Some(10_i128.pow(38) - 1));
        for text in ["", "-", ".", "1.2.3", "abc", "1e", "1e99", "0x1"] {
            assert_eq!(decimal(text, 2), None, "{text}");
        }
    }

    #[test]
    fn fractions_before_the_epoch_count_from_the_second_below() {
        assert_eq!(seconds("-1.500000000"), Some((-2, 500_000_000)));
        assert_eq!(seconds("0"), Some((0, 0)));
        assert_eq!(zoned_seconds("1.5 1560"), Some((1, 500_000_000, 1560)));
        assert_eq!(zoned_seconds("1.5 9999"), None);
    }

    #[test]
    fn hex_wants_pairs_of_digits() {
        assert_eq!(hex("DEadbeef"), Some(vec![0xde, 0xad, 0xbe, 0xef]));
        assert_eq!(hex("abc"), None);
        assert_eq!(hex("zz"), None);
    }
}
