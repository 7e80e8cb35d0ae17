//! The sizes of warehouses, and what an hour of each costs.

use std::fmt;

/// The size of each cluster of a warehouse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Size {
    #[default]
    XSmall,
    Small,
    Medium,
    Large,
    XLarge,
    X2Large,
    X3Large,
    X4Large,
    X5Large,
    X6Large,
}

impl Size {
    pub(crate) const ALL: [Self; 10] = [
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

    /// The name that SHOW and the histories use.
    pub(crate) fn name(self) -> &'static str {
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

    /// Reads any spelling that statements may use: `XSMALL`, `'X-Small'`, `X2LARGE`, `XXLARGE`, `2XLARGE`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let plain = |text: &str| text.to_ascii_uppercase().replace(['-', '_', ' '], "");
        let text = plain(text);
        let text = match text.as_str() {
            "XXLARGE" => "2XLARGE",
            "XXXLARGE" => "3XLARGE",
            other => {
                match other.strip_prefix('X').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
                    // `X4LARGE` is `4X-Large`.
                    Some(rest) => return Self::parse(&rest.replacen("LARGE", "XLARGE", 1)),
                    None => other,
                }
            }
        };
        Self::ALL.into_iter().find(|size| plain(size.name()) == text)
    }

    /// The nodes of a cluster of this size: each costs a credit an hour.
    pub(crate) fn nodes(self) -> u64 {
        1 << Self::ALL.iter().take_while(|other| **other < self).count()
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Size;

    #[test]
    fn every_spelling_of_a_size_is_known() {
        for (size, spellings) in [
            (Size::XSmall, &["XSMALL", "x-small", "X_SMALL"][..]),
            (Size::X2Large, &["XXLARGE", "X2LARGE", "2X-LARGE", "2xlarge"]),
            (Size::X3Large, &["XXXLARGE", "X3LARGE", "3X-Large"]),
            (Size::X6Large, &["X6LARGE", "6X-LARGE"]),
        ] {
            for spelling in spellings {
                assert_eq!(Size::parse(spelling), Some(size), "{spelling}");
            }
        }
        for wrong in ["", "X", "HUGE", "7X-LARGE", "XXXXLARGE"] {
            assert_eq!(Size::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn each_size_costs_twice_the_one_before() {
        assert_eq!(Size::ALL.map(Size::nodes), [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
    }
}
