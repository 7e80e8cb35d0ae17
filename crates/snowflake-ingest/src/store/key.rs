//! Which texts are keys.

use snafu::ensure;

use crate::error::{KeySnafu, Result};

/// Refuses what no store can have, or what would mean another place than it says.
pub(super) fn check(key: &str, fits: bool) -> Result<()> {
    let is_plain = |segment: &str| !matches!(segment, "" | "." | "..") && !segment.contains(char::is_control);
    let shown = || key.chars().take(128).collect::<String>();
    ensure!(fits && key.split('/').all(is_plain), KeySnafu { key: shown() });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn f01_a_key_means_the_place_that_it_says() {
        for key in ["a.csv", "dir/a b.csv", "ä/%2e%2e/x", "..a", "a..", "x:y", "a\\b"] {
            assert!(check(key, true).is_ok(), "{key}");
        }
        for key in ["", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a\0", "a\nb", "a\u{85}"] {
            assert_eq!(check(key, true).unwrap_err().kind(), ErrorKind::Configuration, "{key:?}");
        }
    }
}
