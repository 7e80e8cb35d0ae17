//! Local files by pattern: `*`, `?` and `[…]` in the last folders of a path, and `~` for the home folder.

use std::io;
use std::path::{Path, PathBuf};

use super::workers::on_thread;

/// The files that a pattern means, in the order of their names.
///
/// A folder that matches is an error when the pattern names it whole, and is left out when a wildcard found it.
/// Names that are not Unicode match no wildcard.
pub(super) async fn expand(pattern: &str, home: Option<&Path>) -> io::Result<Vec<PathBuf>> {
    let pattern = with_home(pattern, home);
    on_thread(move || {
        let mut found = walk(&pattern)?;
        found.sort();
        // As in a shell, a pattern that matches nothing means the file that is called so.
        if found.is_empty() && pattern.symlink_metadata().is_ok() {
            found.push(pattern);
        }
        Ok(found)
    })
    .await
}

/// The pattern with the home folder in the place of `~`, as a shell does: at the beginning, and alone or before
/// a separator.
pub(super) fn with_home(pattern: &str, home: Option<&Path>) -> PathBuf {
    match (pattern.strip_prefix('~'), home) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with(std::path::is_separator) => {
            home.join(rest.trim_start_matches(std::path::is_separator))
        }
        _ => PathBuf::from(pattern),
    }
}

fn walk(pattern: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![PathBuf::new()];
    let mut parts = pattern.components().peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let text = part.as_os_str().to_str().filter(|text| text.contains(['*', '?', '[']));
        found = match text {
            None => found.into_iter().map(|folder| folder.join(part)).collect(),
            Some(text) => matching(&found, &compile(text), is_last)?,
        };
    }
    Ok(found.into_iter().filter(|path| path.symlink_metadata().is_ok()).collect())
}

/// What matches in these folders: files at the end of a pattern, folders before it.
fn matching(folders: &[PathBuf], pattern: &[Piece], is_last: bool) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in folders {
        let place = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let entries = match place.read_dir() {
            Ok(entries) => entries,
            // No folder of that name: nothing in it matches.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                continue;
            }
            Err(error) => return Err(error),
        };
        for entry in entries {
            let name = entry?.file_name();
            let Some(text) = name.to_str() else { continue };
            // As in a shell, a wildcard finds no hidden file unless the dot is written.
            let is_hidden = text.starts_with('.') && pattern.first() != Some(&Piece::One('.'));
            if !is_hidden && is_match(pattern, text) && folder.join(&name).is_dir() != is_last {
                found.push(folder.join(name));
            }
        }
    }
    Ok(found)
}

/// One part of a pattern for a name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// `*`: any characters.
    Any,
    /// `?`: one character.
    AnyOne,
    /// A character as it is.
    One(char),
    /// `[abc]`, `[a-z]`, `[!a]`: one character that is, or is not, in these ranges.
    Set { ranges: Vec<(char, char)>, is_negated: bool },
}

fn compile(text: &str) -> Vec<Piece> {
    let characters: Vec<char> = text.chars().collect();
    let mut rest = characters.as_slice();
    let mut pieces = Vec::new();
    while let [first, after @ ..] = rest {
        let (piece, left) = match first {
            '*' => (Piece::Any, after),
            '?' => (Piece::AnyOne, after),
            '[' => set(after).unwrap_or((Piece::One('['), after)),
            other => (Piece::One(*other), after),
        };
        pieces.push(piece);
        rest = left;
    }
    pieces
}

/// The set after its `[`, and what follows its `]`; a bracket first in a set is one of its characters.
fn set(text: &[char]) -> Option<(Piece, &[char])> {
    let (is_negated, inner) = match text {
        ['!' | '^', inner @ ..] => (true, inner),
        inner => (false, inner),
    };
    let end = inner.iter().skip(1).position(|character| *character == ']')? + 1;
    let (mut members, after) = inner.split_at_checked(end)?;
    let mut ranges = Vec::new();
    while let [first, rest @ ..] = members {
        (ranges, members) = match rest {
            ['-', last, rest @ ..] => (with(ranges, (*first, *last)), rest),
            rest => (with(ranges, (*first, *first)), rest),
        };
    }
    Some((Piece::Set { ranges, is_negated }, after.get(1..)?))
}

fn with(mut ranges: Vec<(char, char)>, range: (char, char)) -> Vec<(char, char)> {
    ranges.push(range);
    ranges
}

/// Whether a name matches, in time in proportion to the lengths of both multiplied.
fn is_match(pattern: &[Piece], name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    // Which beginnings of the name the pattern so far matches, by their lengths.
    let mut matched = vec![false; name.len() + 1];
    matched[0] = true;
    for piece in pattern {
        let mut next = vec![false; name.len() + 1];
        for length in 0..=name.len() {
            next[length] = match (piece, length.checked_sub(1)) {
                (Piece::Any, None) => matched[length],
                (Piece::Any, Some(before)) => matched[length] || next[before],
                (_, None) => false,
                (piece, Some(before)) => matched[before] && piece.takes(name[before]),
            };
        }
        matched = next;
    }
    matched[name.len()]
}

impl Piece {
    fn takes(&self, character: char) -> bool {
        match self {
            Self::Any | Self::AnyOne => true,
            Self::One(one) => *one == character,
            Self::Set { ranges, is_negated } => {
                ranges.iter().any(|(first, last)| (*first..=*last).contains(&character)) != *is_negated
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_in_a_shell() {
        for (pattern, yes, no) in [
            ("*.csv", &["a.csv", ".csv"][..], &["a.csv.gz", "csv"][..]),
            ("a?c", &["abc", "aäc"], &["ac", "abbc"]),
            ("f[0-9].csv", &["f0.csv", "f9.csv"], &["fa.csv", "f10.csv", "f[0-9].csv"]),
            ("[!a]x", &["bx", "]x"], &["ax", "x"]),
            ("[]a]x", &["]x", "ax"], &["bx"]),
            ("[a", &["[a"], &["a"]),
            ("[a-]", &["a", "-"], &["b"]),
            ("*a*b*", &["ab", "xaxxbx"], &["ba", "a"]),
            ("", &[""], &["a"]),
        ] {
            let compiled = compile(pattern);
            yes.iter().for_each(|name| assert!(is_match(&compiled, name), "{pattern} {name}"));
            no.iter().for_each(|name| assert!(!is_match(&compiled, name), "{pattern} {name}"));
        }
        assert!(!is_match(&compile(&"*a".repeat(40)), &"b".repeat(200)));
    }

    #[test]
    fn the_home_folder_stands_only_for_a_tilde_that_is_alone() {
        let home = Some(Path::new("/home/me"));
        assert_eq!(with_home("~/a*", home), Path::new("/home/me/a*"));
        assert_eq!(with_home("~", home), Path::new("/home/me"));
        assert_eq!(with_home("~you/a", home), Path::new("~you/a"));
        assert_eq!(with_home("/a/~/b", home), Path::new("/a/~/b"));
        assert_eq!(with_home("~/a", None), Path::new("~/a"));
    }

    #[tokio::test]
    async fn files_are_found_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.csv", ".hidden.csv", "deep/1/x.csv", "deep/2/x.csv", "deep/2/y.txt"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        std::fs::create_dir(folder.path().join("folder.csv")).unwrap();
        let base = folder.path().to_str().unwrap();
        let found = async |pattern: &str| {
            let found = expand(&format!("{base}/{pattern}"), None).await.unwrap();
            let relative =
                found.iter().map(|path| path.strip_prefix(base).unwrap().to_str().unwrap().to_owned());
            relative.collect::<Vec<_>>()
        };
        assert_eq!(found("*.csv").await, ["a.csv", "b.csv"]);
        assert_eq!(found("deep/*/x.*").await, ["deep/1/x.csv", "deep/2/x.csv"]);
        assert_eq!(found("a.csv").await, ["a.csv"]);
        assert_eq!(found(".h*").await, [".hidden.csv"]);
        std::fs::write(folder.path().join("f[1].csv"), "x").unwrap();
        assert_eq!(found("f[1].csv").await, ["f[1].csv"], "f11");
        assert_eq!(found("f[[]1].csv").await, ["f[1].csv"]);
        assert_eq!(found("folder.csv").await, ["folder.csv"], "to be refused by whoever opens it");
        for nothing in ["*.parquet", "a.csv/*", "none/*", "none"] {
            assert!(found(nothing).await.is_empty(), "{nothing}");
        }
    }
}
