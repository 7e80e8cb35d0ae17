//! Which names of staged files are safe to give to local ones.

use std::collections::BTreeMap;

use snafu::ensure;

use super::fault::{SameFileSnafu, UnsafeNameSnafu};
use crate::error::Result;

/// The longest name that common file systems take, in bytes.
const LONGEST: usize = 255;

/// Whose rules a name has to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Unix,
    Windows,
}

const HERE: System = if cfg!(windows) { System::Windows } else { System::Unix };

/// The local name of a staged file: the last part of its path, never anything that could lead elsewhere.
pub(super) fn local_name(path: &str) -> Result<&str> {
    checked(path, HERE)
}

/// The local names of staged files, no two of which may be one file.
pub(super) fn local_names(paths: &[String]) -> Result<Vec<String>> {
    let mut seen = BTreeMap::new();
    let mut names = Vec::with_capacity(paths.len());
    for path in paths {
        let name = local_name(path)?;
        // Where the case of names does not count, nobody may lose a file for it.
        let key = if cfg!(any(windows, target_os = "macos")) { name.to_lowercase() } else { name.to_owned() };
        if let Some(first) = seen.insert(key, path) {
            SameFileSnafu { first, second: path }.fail()?;
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn checked(path: &str, system: System) -> Result<&str> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let is_safe = !matches!(name, "" | "." | "..")
        && name.len() <= LONGEST
        && !name.chars().any(|character| character.is_control() || character == '\\')
        && (system == System::Unix || is_safe_on_windows(name));
    ensure!(is_safe, UnsafeNameSnafu { name: shown(path) });
    Ok(name)
}

/// Drives, streams, devices and names that lose their ends lead elsewhere on Windows.
fn is_safe_on_windows(name: &str) -> bool {
    const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let is_port = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT")).is_some_and(|number| {
        let mut characters = number.chars();
        matches!((characters.next(), characters.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    });
    !name.contains(['<', '>', ':', '"', '|', '?', '*'])
        && !name.ends_with(['.', ' '])
        && !is_port
        && !DEVICES.contains(&stem.as_str())
}

/// A path for an error, not too long.
fn shown(path: &str) -> String {
    path.chars().take(128).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f01_a_name_never_leads_out_of_the_folder() {
        use System::{Unix, Windows};

        let long = "x".repeat(4096);
        for name in
            ["..", ".", "", "a/..", "a/", "/", "..\\x", "a\\..\\..\\x", "a\0b", "a\n", "\u{7f}", &long]
        {
            assert!(checked(name, Unix).is_err() && checked(name, Windows).is_err(), "{name:?}");
        }
        for name in ["C:x", "x:ads", "CON", "con.txt", "x. ", "x.", "COM1", "lpt9.csv", "NUL .txt", "a?b"] {
            assert!(checked(name, Windows).is_err(), "{name:?}");
            assert_eq!(checked(name, Unix).unwrap(), name, "a name like any other");
        }
        for (path, name) in [
            ("../x", "x"),
            ("a/../../x", "x"),
            ("/etc/passwd", "passwd"),
            ("%2e%2e/x", "x"),
            ("..%2fx", "..%2fx"),
            ("a\u{ff0f}b", "a\u{ff0f}b"),
            ("...", "..."),
            ("~", "~"),
            ("$HOME", "$HOME"),
            ("dir/it's [1] ä.csv.gz", "it's [1] ä.csv.gz"),
        ] {
            assert_eq!(checked(path, Unix).unwrap(), name);
        }
        assert_eq!(checked("COMMON", Windows).unwrap(), "COMMON");
    }

    #[test]
    fn f03_two_files_of_one_name_are_both_named() {
        let paths = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
        assert_eq!(local_names(&paths(&["a/x", "b/y"])).unwrap(), ["x", "y"]);
        let error = local_names(&paths(&["a/x", "b/y", "b/x"])).unwrap_err().to_string();
        assert!(error.contains("a/x") && error.contains("b/x"), "{error}");
    }
}
