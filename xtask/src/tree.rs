//! The files of the repository, and Rust sources without their comments and tests.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process;

/// Every file that is tracked, or would be: paths from the root, in order.
pub(crate) fn files(root: &Path) -> Result<Vec<String>, String> {
    let list = process::read(root, "git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
    let mut files: Vec<String> =
        list.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    files.sort();
    files.dedup();
    // A file that was deleted and not yet committed is listed all the same.
    files.retain(|path| root.join(path).is_file());
    Ok(files)
}

/// The text of a file, or nothing when it is not text.
pub(crate) fn text(root: &Path, path: &str) -> Result<Option<String>, String> {
    let bytes = fs::read(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
    Ok(String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')))
}

/// Every Rust file below a folder: paths from the root, in order.
pub(crate) fn rust_files(root: &Path, folder: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(root.join(&folder)) else { continue };
        for entry in entries {
            let entry = entry.map_err(|error| format!("{}: {error}", folder.display()))?;
            let path = folder.join(entry.file_name());
            if root.join(&path).is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The lines of a Rust source that ship, with their numbers: no comments, and nothing after the tests begin.
///
/// Unit tests sit at the bottom of a file, so the first `#[cfg(test)]` before a `mod … {` ends what ships.
/// The attribute on anything else, such as `mod tests;`, hides only that one item's first line.
pub(crate) fn shipped_lines(source: &str) -> Vec<(usize, &str)> {
    let lines: Vec<&str> = source.lines().collect();
    let mut shipped = Vec::new();
    let mut hidden = false;
    for (index, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("#[cfg(test)]") || trimmed.starts_with("#[cfg(all(test") {
            let next =
                lines.iter().skip(index + 1).map(|line| line.trim()).find(|line| !line.starts_with("#["));
            if next.is_some_and(|next| next.starts_with("mod ") && next.ends_with('{')) {
                break;
            }
            hidden = true;
            continue;
        }
        if trimmed.starts_with("//") {
            continue;
        }
        if hidden && !trimmed.starts_with("#[") {
            hidden = false;
            continue;
        }
        let code = line.split(" // ").next().unwrap_or(line);
        shipped.push((index + 1, code));
    }
    shipped
}

/// A fresh folder for a test.
#[cfg(test)]
pub(crate) fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_tests_do_not_ship() {
        let source = "//! Docs.\nuse a;\n/// std::env\nfn f() {} // std::env\n#[cfg(test)]\nmod support;\nfn g() {}\n#[cfg(test)]\nmod tests {\n    use b;\n}\n";
        let shipped: Vec<&str> = shipped_lines(source).into_iter().map(|(_, line)| line).collect();
        assert_eq!(shipped, ["use a;", "fn f() {}", "fn g() {}"]);
    }

    #[test]
    fn the_repository_lists_its_files() {
        let files = files(&crate::root()).unwrap();
        assert!(files.iter().any(|path| path == "Cargo.toml"));
        assert!(files.iter().all(|path| !path.starts_with("target/")));
        assert!(rust_files(&crate::root(), "xtask/src").unwrap().contains(&"xtask/src/tree.rs".to_owned()));
    }
}
