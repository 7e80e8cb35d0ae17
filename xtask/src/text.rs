//! `cargo xtask text`: rules for the text of the repository, every violation named at once.

use std::path::Path;

use crate::{Outcome, say, tree};

/// Words that have no place in this repository, written backwards so that this file keeps the rule too.
///
/// They are places of the machines that it was written on, papers that no reader of it can open, and hosts of package
/// registries, which a mirror would make wrong.
const FOREIGN: &[&str] = &[
    "/krow/",
    "maet/pmt/",
    "/derahs/",
    "dm.locotorp",
    "dm.elyts",
    "dm.ceps",
    "noisses repleh",
    "oi.setarc.xedni",
    "oi.setarc.citats",
    "gro.ipyp",
    "gro.detsohnohtyp",
    "gro.sjmpn.yrtsiger",
    "gro.naibed.bed",
];

/// Files that may hold one of the words: the path, and the word backwards.
const EXCEPT: &[(&str, &str)] = &[(".ci/run", "/derahs/")];

/// Text that Rust sources must not hold, with the reason; backwards like the words above.
const RUST: &[(&str, &str)] = &[
    ("erongi[#", "a test that does not run proves nothing"),
    ("cinap_dluohs[#", "assert on the error instead"),
    ("(peels::daerht", "time in tests is virtual, and async code must not block"),
    ("!odot", "unfinished code does not go in"),
    ("!detnemelpminu", "unfinished code does not go in"),
];

pub(crate) fn run(root: &Path) -> Outcome {
    let files = tree::files(root)?;
    let mut complaints = Vec::new();
    for path in &files {
        if path == "Cargo.lock" {
            continue;
        }
        if let Some(text) = tree::text(root, path)? {
            complaints.extend(inspect(path, &text));
        }
    }
    if complaints.is_empty() {
        say(&format!("{} files keep the rules", files.len()));
        return Ok(());
    }
    Err(format!("text:\n{}", complaints.join("\n")))
}

/// Everything that is wrong with one file, as `path:line: rule`.
fn inspect(path: &str, text: &str) -> Vec<String> {
    let rust = path.ends_with(".rs");
    // Data must stay as it came; the rules of form are for what people write.
    let written =
        rust || [".md", ".toml", ".py", ".yml", ".yaml", ".json"].iter().any(|end| path.ends_with(end));
    let written = (written || path == ".ci/run") && !path.starts_with("fixtures/")
        || path.starts_with("fixtures/catalog/");
    let mut complaints = Vec::new();
    let mut complain = |line: usize, rule: &str| complaints.push(format!("{path}:{line}: {rule}"));
    if rust && !text.starts_with("//!") {
        complain(1, "a Rust file opens with `//!` and what it is for");
    }
    if written && !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
        complain(text.lines().count(), "a file ends with one line break");
    }
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if written && (line.ends_with([' ', '\t', '\r'])) {
            complain(number, "blanks at the end of the line");
        }
        for word in FOREIGN {
            let excused = EXCEPT.contains(&(path, word));
            if !excused && mentions(line, &backwards(word)) {
                complain(number, &format!("`{}` has no place here", backwards(word)));
            }
        }
        if rust && line.contains("TODO") && !line.contains("TODO(#") && !path.starts_with("xtask/src/text") {
            complain(number, "a TODO names its ticket: `TODO(#123):`");
        }
        for (needle, why) in RUST.iter().filter(|_| rust) {
            if line.contains(&backwards(needle)) {
                complain(number, &format!("`{}`: {why}", backwards(needle)));
            }
        }
    }
    complaints
}

fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}

/// Whether a line holds a word that is not the end of a longer one.
fn mentions(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        word.starts_with('/') || !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_file_passes() {
        assert_eq!(inspect("a.rs", "//! What it is.\n\nfn f() {}\n"), Vec::<String>::new());
        assert_eq!(inspect("data.csv", "a, \n"), Vec::<String>::new());
    }

    #[test]
    fn every_violation_is_named_with_its_line() {
        let text = format!(
            "fn f() {{}} \n// TODO: later\n// see {}main\n{}",
            backwards("/krow/"),
            backwards("]erongi[#")
        );
        let complaints = inspect("a.rs", &text);
        let lines: Vec<&str> =
            complaints.iter().filter_map(|complaint| complaint.split(": ").next()).collect();
        assert_eq!(lines, ["a.rs:1", "a.rs:4", "a.rs:1", "a.rs:2", "a.rs:3", "a.rs:4"]);
    }

    #[test]
    fn words_are_matched_whole() {
        let word = backwards("dm.ceps");
        assert!(mentions(&format!("cat {word}"), &word));
        assert!(!mentions(&format!("cat a{word}"), &word));
        assert_eq!(inspect(".ci/run", &format!("x={}\n", backwards("/derahs/"))), Vec::<String>::new());
    }

    #[test]
    fn data_is_left_alone() {
        assert_eq!(inspect("fixtures/rows.csv", "a \nb"), Vec::<String>::new());
        assert_eq!(inspect("fixtures/catalog/x.toml", "a = 1 \n").len(), 1);
    }
}
