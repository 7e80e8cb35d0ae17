//! Decimal numbers as whole numbers of their smallest unit.

/// More digits than any number of the service has.
const MAX_DIGITS: usize = 76;

/// What became of the digits that a column has no room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rounding {
    /// There were none.
    Exact,
    /// They were rounded, half away from zero as the service does.
    Rounded,
}

/// Ten to a power; `None` beyond what 128 bits hold.
pub(super) fn power(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// A decimal text in units of `10^-scale`: `-12.5` at scale 2 is -1250. Exponents are understood.
/// `None` for what is no number, or is too large for any column.
pub(super) fn parse(text: &str, scale: u8) -> Option<(i128, Rounding)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, unsigned) = match mantissa.as_bytes().first()? {
        b'-' => (true, mantissa.get(1..)?),
        b'+' => (false, mantissa.get(1..)?),
        _ => (false, mantissa),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if (whole.is_empty() && fraction.is_empty()) || !digits().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    // How many of the digits stand before the end of the column's scale.
    let kept = i64::try_from(whole.len()).ok()? + i64::from(exponent) + i64::from(scale);
    let (mut value, mut rounding) = (0_i128, Rounding::Exact);
    let mut first_dropped = None;
    for (at, digit) in (0_i64..).zip(digits()) {
        if at < kept {
            value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
        } else {
            if at == kept {
                first_dropped = Some(digit);
            }
            if digit != b'0' {
                rounding = Rounding::Rounded;
            }
        }
    }
    let count = i64::try_from(whole.len() + fraction.len()).ok()?;
    if value != 0 && kept > count {
        let missing = usize::try_from(kept - count).ok().filter(|missing| *missing < MAX_DIGITS)?;
        value = value.checked_mul(power(u32::try_from(missing).ok()?)?)?;
    }
    if first_dropped.is_some_and(|digit| digit >= b'5') {
        value = value.checked_add(1)?;
    }
    Some((if negative { -value } else { value }, rounding))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Rounding, parse};

    #[test]
    fn v01_decimal_texts_become_units_of_the_scale() {
        let exact = |text, scale| match parse(text, scale) {
            Some((value, Rounding::Exact)) => Some(value),
            _ => None,
        };
        assert_eq!(exact("12.5", 2), Some(1250));
        assert_eq!(exact("-12.50", 2), Some(-1250));
        assert_eq!(exact("+.5", 1), Some(5));
        assert_eq!(exact("7.", 0), Some(7));
        assert_eq!(exact("1e3", 0), Some(1000));
        assert_eq!(exact("1.25E1", 1), Some(125));
        assert_eq!(exact("125e-2", 2), Some(125));
        assert_eq!(exact("0e99", 2), Some(0));
        assert_eq!(exact("0.00", 1), Some(0));
        let largest = "99999999999999999999999999999999999999";
        assert_eq!(exact(largest, 0), Some(largest.parse().unwrap()));
        for text in
            ["", "-", ".", "1,5", " 1", "1 ", "NaN", "inf", "0x1", "1.2.3", "--1", "1e", "1e99", "\u{661}"]
        {
            assert_eq!(parse(text, 2), None, "{text:?}");
        }
    }

    #[test]
    fn v01_what_a_scale_has_no_room_for_is_rounded_half_away_from_zero() {
        let table =
            [("1.005", 101), ("1.0049", 100), ("-1.005", -101), ("0.009", 1), ("1e-3", 0), ("5e-3", 1)];
        for (text, rounded) in table {
            assert_eq!(parse(text, 2), Some((rounded, Rounding::Rounded)), "{text}");
        }
        assert_eq!(parse("1.500", 1), Some((15, Rounding::Exact)));
        assert_eq!(parse("1e-40", 2), Some((0, Rounding::Rounded)));
    }

    proptest! {
        #[test]
        fn v01_every_whole_number_is_read(value: i64, zeros in 0_u8..6) {
            let text = format!("{value}.{}", "0".repeat(usize::from(zeros)));
            prop_assert_eq!(parse(&text, 0), Some((i128::from(value), Rounding::Exact)));
            prop_assert_eq!(parse(&value.to_string(), 3), Some((i128::from(value) * 1000, Rounding::Exact)));
        }

        #[test]
        fn nothing_panics(text in "[-+0-9.eE]{0,12}", scale in 0_u8..38) {
            let _ = parse(&text, scale);
        }
    }
}
