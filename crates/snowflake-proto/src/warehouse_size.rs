//! How large a warehouse is, and what follows from that.

use std::fmt;

/// The size of a warehouse: each is twice the one before, in nodes and in credits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WarehouseSize {
    /// One credit an hour. What the service makes when nothing is said.
    #[default]
    XSmall,
    /// Two credits an hour.
    Small,
    /// Four credits an hour.
    Medium,
    /// 8 credits an hour.
    Large,
    /// 16 credits an hour.
    XLarge,
    /// 32 credits an hour.
    X2Large,
    /// 64 credits an hour.
    X3Large,
    /// 128 credits an hour.
    X4Large,
    /// 256 credits an hour.
    X5Large,
    /// 512 credits an hour.
    X6Large,
}

impl WarehouseSize {
    /// All sizes, from the smallest.
    pub const ALL: [Self; 10] = [
        Self::XSmall,
        Self::Small,
        Self::Medium,
        Self::Large,
        Self::XLarge,
        Self::X2Large,
        Self::X3Large,
        Self::X4Large,
        Self::X5Large,
        Self::X6Large,
    ];

    /// Reads a size as the service shows it (`2X-Large`) or as SQL spells it (`XXLARGE`, `X2LARGE`, `2X-LARGE`);
    /// `None` for anything else.
    ///
    /// ```
    /// use snowflake_proto::WarehouseSize;
    ///
    /// assert_eq!(WarehouseSize::parse("2X-Large"), Some(WarehouseSize::X2Large));
    /// assert_eq!(WarehouseSize::parse("xsmall"), Some(WarehouseSize::XSmall));
    /// assert_eq!(WarehouseSize::parse("huge"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_sign = |c: char| matches!(c, '-' | '_' | ' ');
        let bare: String = text.chars().filter(|c| !is_sign(*c)).map(|c| c.to_ascii_uppercase()).collect();
        Some(match bare.as_str() {
            "XSMALL" => Self::XSmall,
            "SMALL" => Self::Small,
            "MEDIUM" => Self::Medium,
            "LARGE" => Self::Large,
            "XLARGE" => Self::XLarge,
            "XXLARGE" | "X2LARGE" | "2XLARGE" => Self::X2Large,
            "XXXLARGE" | "X3LARGE" | "3XLARGE" => Self::X3Large,
            "X4LARGE" | "4XLARGE" => Self::X4Large,
            "X5LARGE" | "5XLARGE" => Self::X5Large,
            "X6LARGE" | "6XLARGE" => Self::X6Large,
            _ => return None,
        })
    }

    /// The size as the service shows it: `2X-Large`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::XSmall => "X-Small",
            Self::Small => "Small",
            Self::Medium => "Medium",
            Self::Large => "Large",
            Self::XLarge => "X-Large",
            Self::X2Large => "2X-Large",
            Self::X3Large => "3X-Large",
            Self::X4Large => "4X-Large",
            Self::X5Large => "5X-Large",
            Self::X6Large => "6X-Large",
        }
    }

    /// The size as a keyword of SQL: `XXLARGE`, `X4LARGE`.
    #[must_use]
    pub fn keyword(self) -> &'static str {
        match self {
            Self::XSmall => "XSMALL",
            Self::Small => "SMALL",
            Self::Medium => "MEDIUM",
            Self::Large => "LARGE",
            Self::XLarge => "XLARGE",
            Self::X2Large => "XXLARGE",
            Self::X3Large => "XXXLARGE",
            Self::X4Large => "X4LARGE",
            Self::X5Large => "X5LARGE",
            Self::X6Large => "X6LARGE",
        }
    }

    /// Credits that one cluster of a standard warehouse costs in an hour of running.
    #[must_use]
    pub fn credits_per_hour(self) -> f64 {
        f64::from(self.nodes())
    }

    /// How many times the compute of an X-Small one cluster has: 1, 2, 4, up to 512.
    #[must_use]
    pub fn nodes(self) -> u32 {
        Self::ALL.iter().position(|size| *size == self).map_or(1, |steps| 1 << steps)
    }
}

impl fmt::Display for WarehouseSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::WarehouseSize;

    #[test]
    fn every_spelling_of_a_size_is_read() {
        for size in WarehouseSize::ALL {
            assert_eq!(WarehouseSize::parse(size.as_str()), Some(size));
            assert_eq!(WarehouseSize::parse(size.keyword()), Some(size));
            assert_eq!(WarehouseSize::parse(&size.to_string().to_lowercase()), Some(size));
        }
        for (size, spellings) in [
            (WarehouseSize::XSmall, &["XSMALL", "x-small", "X_SMALL"][..]),
            (WarehouseSize::X2Large, &["XXLARGE", "X2LARGE", "2X-LARGE", "2xlarge"]),
            (WarehouseSize::X3Large, &["XXXLARGE", "X3LARGE", "3X-Large"]),
            (WarehouseSize::X6Large, &["X6LARGE", "6X-LARGE"]),
        ] {
            for spelling in spellings {
                assert_eq!(WarehouseSize::parse(spelling), Some(size), "{spelling}");
            }
        }
        for text in ["", "X", "HUGE", "7X-Large", "7X-LARGE", "XXXXLARGE", "LARGE; DROP", "0"] {
            assert_eq!(WarehouseSize::parse(text), None, "{text}");
        }
    }

    #[test]
    fn each_size_is_twice_the_one_before() {
        let nodes = WarehouseSize::ALL.map(WarehouseSize::nodes);
        assert_eq!(nodes, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
        assert!(nodes.windows(2).all(|pair| pair[1] == 2 * pair[0]));
        assert!((WarehouseSize::Large.credits_per_hour() - 8.0).abs() < f64::EPSILON);
    }
}
