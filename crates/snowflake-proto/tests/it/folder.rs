//! Folders of recordings, which are not part of the repository.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
};

/// The folder that the variable names, or nothing, with a line on standard error that the harness does
/// not swallow.
pub(crate) fn named_by(variable: &str, test: &str) -> Option<PathBuf> {
    let folder = env::var_os(variable).map(PathBuf::from);
    if folder.is_none() {
        let _ = writeln!(std::io::stderr(), "skipped {test}: {variable} names no folder");
    }
    folder
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All JSON files in the folders of a folder, in order.
pub(crate) fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    };
    let folders = entries(folder).into_iter().filter(|path| path.is_dir());
    folders
        .flat_map(|folder| entries(&folder))
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect()
}
