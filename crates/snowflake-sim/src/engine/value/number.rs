//! Exact decimal numbers of up to 38 digits.

use std::cmp::Ordering;
use std::fmt;

use super::super::SqlError;

/// Ten to a power that fits 38 digits; larger powers saturate.
pub(in super::super) fn power_of_ten(exponent: u8) -> i128 {
    10_i128.pow(u32::from(exponent.min(38)))
}

/// `unscaled / 10^scale`.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Number {
    pub(in super::super) unscaled: i128,
    pub(in super::super) scale: u8,
}

impl Number {
    pub(in super::super) fn new(unscaled: i128, scale: u8) -> Self {
        Self { unscaled, scale }
    }

    /// Reads `-12.50` or `1.5e3`, keeping the digits after the point.
    pub(in super::super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
            None => (text, 0),
        };
        let negative = mantissa.starts_with('-');
        let digits = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let mut unscaled: i128 = 0;
        let mut scale = -exponent;
        // Digits that no NUMBER can hold are rounded away rather than refused, as the service does.
        let mut dropped: Option<u8> = None;
        for (index, byte) in whole.bytes().chain(fraction.bytes()).enumerate() {
            if !byte.is_ascii_digit() {
                return None;
            }
            let in_fraction = index >= whole.len();
            if in_fraction && (dropped.is_some() || scale >= 37) {
                dropped.get_or_insert(byte - b'0');
                continue;
            }
            unscaled = unscaled.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
            scale += i32::from(in_fraction);
        }
        if dropped.is_some_and(|digit| digit >= 5) {
            unscaled = unscaled.checked_add(1)?;
        }
        if negative {
            unscaled = -unscaled;
        }
        while scale < 0 {
            unscaled = unscaled.checked_mul(10)?;
            scale += 1;
        }
        while scale > 37 {
            unscaled = divide_rounded(unscaled, 10);
            scale -= 1;
        }
        Some(Self { unscaled, scale: u8::try_from(scale).ok()? })
    }

    /// The nearest number with `scale` digits after the point.
    pub(in super::super) fn of_float(value: f64, scale: u8) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        Self::parse(&format!("{value:.*}", usize::from(scale)))?.rescaled(scale)
    }

    /// The same number with `scale` digits after the point, rounded half away from zero.
    pub(in super::super) fn rescaled(self, scale: u8) -> Option<Self> {
        let unscaled = match scale.cmp(&self.scale) {
            Ordering::Equal => self.unscaled,
            Ordering::Greater => self.unscaled.checked_mul(power_of_ten(scale - self.scale))?,
            Ordering::Less => divide_rounded(self.unscaled, power_of_ten(self.scale - scale)),
        };
        Some(Self { unscaled, scale })
    }

    /// The same number in the given type.
    ///
    /// # Errors
    /// `100039` when it has more digits.
    pub(in super::super) fn fit(self, precision: u8, scale: u8) -> Result<Self, SqlError> {
        self.rescaled(scale)
            .filter(|number| number.unscaled.unsigned_abs() < power_of_ten(precision).unsigned_abs())
            .ok_or_else(|| SqlError::number_out_of_range(&self.to_string()))
    }

    pub(in super::super) fn to_f64(self) -> f64 {
        // The decimal text is the shortest way to the nearest double.
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// The number rounded to an integer.
    pub(in super::super) fn to_i64(self) -> Option<i64> {
        i64::try_from(self.rescaled(0)?.unscaled).ok()
    }

    /// Digits before the point, at least one.
    pub(in super::super) fn precision(self) -> u8 {
        let digits = self.unscaled.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
        u8::try_from(digits).unwrap_or(38).max(self.scale)
    }

    pub(in super::super) fn compare(self, other: Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        match (self.rescaled(scale), other.rescaled(scale)) {
            (Some(a), Some(b)) => a.unscaled.cmp(&b.unscaled),
            _ => self.to_f64().total_cmp(&other.to_f64()),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.compare(*other) == Ordering::Equal
    }
}

/// Division rounded half away from zero.
pub(in super::super) fn divide_rounded(value: i128, divisor: i128) -> i128 {
    let (quotient, rest) = (value / divisor, value % divisor);
    if rest.unsigned_abs() >= divisor.unsigned_abs() - divisor.unsigned_abs() / 2 {
        quotient + if (value < 0) == (divisor < 0) { 1 } else { -1 }
    } else {
        quotient
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.unscaled.unsigned_abs().to_string();
        let sign = if self.unscaled < 0 { "-" } else { "" };
        let scale = usize::from(self.scale);
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        write!(f, "{sign}{whole}.{fraction}")
    }
}
