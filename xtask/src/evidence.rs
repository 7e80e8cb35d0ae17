//! `cargo xtask evidence`: the table of docs/reliability.md names the tests that really exist.
//!
//! A test belongs to a row by its name: `r01_503_on_submit_keeps_the_request_id` is evidence for R01.
//! `cargo xtask evidence --write` fills the last column; without it the column is compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::{Outcome, say, tree};

const PAGE: &str = "docs/reliability.md";
const NOTHING: &str = "none yet";

/// Writes the names of the tests into the table.
pub(crate) fn write(root: &Path) -> Outcome {
    let (page, filled) = pages(root)?;
    if page != filled {
        fs::write(root.join(PAGE), filled).map_err(|error| format!("{PAGE}: {error}"))?;
        say(&format!("wrote {PAGE}"));
    }
    Ok(())
}

/// Complains when the table does not say what is there.
pub(crate) fn run(root: &Path) -> Outcome {
    let (page, filled) = pages(root)?;
    if page == filled {
        say(&format!(
            "{} rows, {} without a test",
            rows(&page).len(),
            page.matches(&format!("| {NOTHING} |")).count()
        ));
        return Ok(());
    }
    let stale = page.lines().zip(filled.lines()).filter(|(old, new)| old != new);
    let rows: Vec<&str> = stale.filter_map(|(old, _)| identifier(old)).collect();
    Err(format!("{PAGE} is out of date, run `cargo xtask evidence --write`: {}", rows.join(", ")))
}

/// The page as it is, and as it should be.
fn pages(root: &Path) -> Result<(String, String), String> {
    let page = fs::read_to_string(root.join(PAGE)).map_err(|error| format!("{PAGE}: {error}"))?;
    let tests = tests(root)?;
    let known: BTreeSet<String> = rows(&page).into_iter().map(str::to_lowercase).collect();
    let strangers: Vec<&str> = tests
        .keys()
        .filter(|name| prefix(name).is_some_and(|id| !known.contains(id)))
        .map(String::as_str)
        .collect();
    if !strangers.is_empty() {
        return Err(format!("{PAGE} has no row for: {}", strangers.join(", ")));
    }
    let filled = fill(&page, &tests);
    Ok((page, filled))
}

/// Every test of the workspace, with the crates it is found in.
fn tests(root: &Path) -> Result<BTreeMap<String, BTreeSet<String>>, String> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in tree::rust_files(root, "crates")? {
        let source = fs::read_to_string(root.join(&path)).map_err(|error| format!("{path}: {error}"))?;
        let owner = path.split('/').nth(1).unwrap_or_default().trim_start_matches("snowflake-").to_owned();
        for name in test_functions(&source) {
            found.entry(name.to_owned()).or_default().insert(owner.clone());
        }
    }
    Ok(found)
}

/// The names of functions below a test attribute, and of those that a test with its own `main` calls.
fn test_functions(source: &str) -> Vec<&str> {
    let own_main = source.contains("\nfn main()");
    let mut names = Vec::new();
    let mut marked = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[") {
            marked |= line.starts_with("#[test]") || line.contains("::test]") || line.contains("::test(");
            continue;
        }
        if line.starts_with("//") || line.is_empty() {
            continue;
        }
        let declaration = line.trim_start_matches("pub ").trim_start_matches("async ");
        if let Some(name) = declaration.strip_prefix("fn ").and_then(|rest| rest.split(['(', '<']).next()) {
            let called = || own_main && prefix(name).is_some() && source.contains(&format!("{name}();"));
            if marked || called() {
                names.push(name);
            }
        }
        marked = false;
    }
    names
}

/// `r01` of `r01_503_on_submit`, when the name begins like that.
fn prefix(name: &str) -> Option<&str> {
    let id = name.split('_').next()?;
    let mut characters = id.chars();
    let letter = characters.next()?;
    let digits = characters.as_str();
    (letter.is_ascii_lowercase() && digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(id)
}

/// The id of a row of the table.
fn identifier(line: &str) -> Option<&str> {
    let id = line.strip_prefix("| ")?.split(' ').next()?;
    (id.len() == 3 && prefix(&id.to_lowercase()).is_some()).then_some(id)
}

fn rows(page: &str) -> Vec<&str> {
    page.lines().filter_map(identifier).collect()
}

/// The page with the last cell of each row rewritten.
fn fill(page: &str, tests: &BTreeMap<String, BTreeSet<String>>) -> String {
    let mut filled = String::new();
    for line in page.lines() {
        match identifier(line) {
            Some(id) => {
                let id = id.to_lowercase();
                let names: Vec<String> = tests
                    .iter()
                    .filter(|(name, _)| prefix(name) == Some(id.as_str()))
                    .map(|(name, owners)| {
                        let owners: Vec<&str> = owners.iter().map(String::as_str).collect();
                        format!("`{name}` ({})", owners.join(", "))
                    })
                    .collect();
                let cell = if names.is_empty() { NOTHING.to_owned() } else { names.join("<br>") };
                let kept: Vec<&str> = line.trim_matches('|').split(" | ").take(2).collect();
                filled.push_str(&format!("|{} | {cell} |", kept.join(" | ").trim_end()));
            }
            None => filled.push_str(line),
        }
        filled.push('\n');
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE_TEXT: &str = "# x\n\n| Id | What | Tests |\n|---|---|---|\n| R01 | keeps the id | `old` |\n| C06 | counts rows | none yet |\n";

    fn repository(name: &str) -> std::path::PathBuf {
        let folder = tree::scratch(name);
        let source = "#[test]\nfn r01_keeps() {}\n#[tokio::test(start_paused = true)]\nasync fn r01_waits() {}\nfn c06_no_test() {}\n";
        fs::create_dir_all(folder.join("crates/snowflake-query/src")).unwrap();
        fs::create_dir_all(folder.join("docs")).unwrap();
        fs::write(folder.join("crates/snowflake-query/src/lib.rs"), source).unwrap();
        fs::write(folder.join(PAGE), PAGE_TEXT).unwrap();
        folder
    }

    #[test]
    fn the_column_is_filled_and_then_compared() {
        let folder = repository("evidence");
        assert!(run(&folder).unwrap_err().ends_with(": R01"));
        write(&folder).unwrap();
        assert_eq!(run(&folder), Ok(()));
        let page = fs::read_to_string(folder.join(PAGE)).unwrap();
        assert!(page.contains("| R01 | keeps the id | `r01_keeps` (query)<br>`r01_waits` (query) |\n"));
        assert!(page.contains("| C06 | counts rows | none yet |\n"));
    }

    #[test]
    fn a_test_without_a_row_is_named() {
        let folder = repository("evidence-stranger");
        let source = "#[test]\nfn p09_waits_in_line() {}\n";
        fs::write(folder.join("crates/snowflake-query/src/pool.rs"), source).unwrap();
        assert!(run(&folder).unwrap_err().ends_with("p09_waits_in_line"));
    }

    #[test]
    fn a_test_with_its_own_main_counts_when_it_is_called() {
        let source = "//! x\n\nfn main() {\n    c15_flips();\n}\n\nfn c15_flips() {}\nfn c06_idle() {}\n";
        assert_eq!(test_functions(source), ["c15_flips"]);
    }

    #[test]
    fn only_names_that_look_like_ids_count() {
        assert_eq!(prefix("r01_x"), Some("r01"));
        assert_eq!(prefix("utf8_x"), None);
        assert_eq!(prefix("rows_x"), None);
        assert_eq!(identifier("| R01 | x |"), Some("R01"));
        assert_eq!(identifier("| Id | x |"), None);
    }
}
