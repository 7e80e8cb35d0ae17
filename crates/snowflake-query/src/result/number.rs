//! Exact conversions between Snowflake's decimals and Rust's numbers: a value is converted as it is, or not at all.

use std::fmt::Write;

/// Largest count of decimal digits that every double keeps.
const SAFE_DIGITS: u64 = 1_000_000_000_000_000;
/// Powers of ten that a double holds exactly.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// The value of `unscaled / 10^scale`, if it has no fraction.
#[inline]
pub(crate) fn decimal_to_integer(unscaled: i128, scale: u8) -> Option<i128> {
    if scale == 0 {
        return Some(unscaled);
    }
    match 10_i128.checked_pow(u32::from(scale)) {
        Some(power) => (unscaled % power == 0).then(|| unscaled / power),
        None => (unscaled == 0).then_some(0),
    }
}

/// The nearest double, if that double stands for no other decimal of this scale.
///
/// Up to 15 digits always pass, since a double keeps them.
#[inline]
pub(crate) fn decimal_to_f64(unscaled: i128, scale: u8) -> Option<f64> {
    if let (Ok(small), Some(power)) = (i64::try_from(unscaled), EXACT_POWERS.get(usize::from(scale)))
        && small.unsigned_abs() < SAFE_DIGITS
    {
        // Both operands are exact, so that the quotient is the nearest double.
        #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
        return Some(small as f64 / power);
    }
    large_decimal_to_f64(unscaled, scale)
}

fn large_decimal_to_f64(unscaled: i128, scale: u8) -> Option<f64> {
    let text = decimal_text(unscaled, scale);
    let nearest: f64 = text.parse().ok()?;
    let back = format!("{nearest:.*}", usize::from(scale));
    (back == text || unscaled == 0).then_some(nearest)
}

/// The float of fewer bits, if it is equal or has the same shortest decimal form.
pub(crate) fn narrow_float(value: f64) -> Option<f32> {
    #[expect(clippy::cast_possible_truncation, reason = "checked below")]
    let narrow = value as f32;
    if f64::from(narrow).to_bits() == value.to_bits() || value.is_nan() {
        return Some(narrow);
    }
    (narrow.is_finite() && narrow.to_string().parse() == Ok(value)).then_some(narrow)
}

/// The integer that a double is, if it is one.
pub(crate) fn float_to_integer(value: f64) -> Option<i128> {
    const LIMIT: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
    #[expect(clippy::cast_possible_truncation, reason = "in range and without a fraction")]
    (value.fract() == 0.0 && (-LIMIT..LIMIT).contains(&value)).then_some(value as i128)
}

/// The decimal with all digits of its scale, as Snowflake writes it.
pub(crate) fn decimal_text(unscaled: i128, scale: u8) -> String {
    let mut text = String::with_capacity(usize::from(scale).max(20) + 2);
    push_decimal(&mut text, unscaled, scale);
    text
}

/// Appends [`decimal_text`].
pub(crate) fn push_decimal(out: &mut String, unscaled: i128, scale: u8) {
    if unscaled < 0 {
        out.push('-');
    }
    let magnitude = unscaled.unsigned_abs();
    // Writing to a string cannot fail.
    let _ = match 10_u128.checked_pow(u32::from(scale)) {
        _ if scale == 0 => write!(out, "{magnitude}"),
        Some(power) => {
            let width = usize::from(scale);
            write!(out, "{}.{:0width$}", magnitude / power, magnitude % power)
        }
        None => write!(out, "0.{magnitude:0width$}", width = usize::from(scale)),
    };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decimal_text, decimal_to_f64, decimal_to_integer, float_to_integer, narrow_float};

    const LARGEST: i128 = 99_999_999_999_999_999_999_999_999_999_999_999_999;

    #[test]
    fn v01_text_keeps_every_digit() {
        assert_eq!(decimal_text(150, 2), "1.50");
        assert_eq!(decimal_text(-5, 2), "-0.05");
        assert_eq!(decimal_text(0, 3), "0.000");
        assert_eq!(decimal_text(LARGEST, 0), "99999999999999999999999999999999999999");
        assert_eq!(decimal_text(-LARGEST, 37), "-9.9999999999999999999999999999999999999");
        assert_eq!(decimal_text(i128::MIN, 0), i128::MIN.to_string());
    }

    #[test]
    fn v01_a_double_is_given_only_when_it_keeps_the_value() {
        assert_eq!(decimal_to_f64(110, 2), Some(1.1));
        assert_eq!(decimal_to_f64(0, 37), Some(0.0));
        assert_eq!(decimal_to_f64(1 << 53, 0), Some(9_007_199_254_740_992.0));
        assert_eq!(decimal_to_f64((1 << 53) + 1, 0), None);
        assert_eq!(decimal_to_f64(1_234_567_890_123_456_789, 2), None);
        assert_eq!(decimal_to_f64(LARGEST, 5), None);
        assert_eq!(decimal_to_f64(10_i128.pow(22), 0), Some(1e22));
        assert_eq!(decimal_to_f64(5 * 10_i128.pow(36), 37), Some(0.5));
    }

    #[test]
    fn v01_an_integer_has_no_fraction() {
        assert_eq!(decimal_to_integer(500, 2), Some(5));
        assert_eq!(decimal_to_integer(-501, 2), None);
        assert_eq!(decimal_to_integer(1, 39), None);
        assert_eq!(float_to_integer(3.0), Some(3));
        assert_eq!(float_to_integer(3.5), None);
        assert_eq!(float_to_integer(f64::NAN), None);
        assert_eq!(float_to_integer(f64::INFINITY), None);
        assert_eq!(float_to_integer(1.701_411_834_604_692_3e38), None);
        assert_eq!(float_to_integer(-1.701_411_834_604_692_3e38), Some(i128::MIN));
    }

    #[test]
    fn v01_a_short_float_is_given_only_when_it_keeps_the_value() {
        assert_eq!(narrow_float(0.5), Some(0.5));
        assert_eq!(narrow_float(0.1), Some(0.1));
        assert_eq!(narrow_float(0.123_456_789), None);
        assert_eq!(narrow_float(1e300), None);
        assert_eq!(narrow_float(f64::NEG_INFINITY), Some(f32::NEG_INFINITY));
        assert!(narrow_float(f64::NAN).is_some_and(f32::is_nan));
        assert!(narrow_float(-0.0).is_some_and(|zero| zero.is_sign_negative()));
    }

    proptest! {
        #[test]
        fn v01_every_double_that_is_given_leads_back(unscaled in -LARGEST..=LARGEST, scale in 0_u8..=37) {
            if let Some(double) = decimal_to_f64(unscaled, scale) {
                prop_assert_eq!(format!("{double:.*}", usize::from(scale)), decimal_text(unscaled, scale));
            }
        }

        #[test]
        fn v01_fifteen_digits_always_fit_a_double(unscaled in -999_999_999_999_999_i128..=999_999_999_999_999, scale in 0_u8..=37) {
            let double = decimal_to_f64(unscaled, scale).unwrap();
            let text = decimal_text(unscaled, scale);
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits() << 1, double.to_bits() << 1);
        }

        #[test]
        fn v01_text_leads_back(unscaled in -LARGEST..=LARGEST, scale in 0_u8..=37) {
            let digits: String = decimal_text(unscaled, scale).replace('.', "");
            prop_assert_eq!(digits.parse::<i128>().unwrap(), unscaled);
        }
    }
}
