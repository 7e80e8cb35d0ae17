//! `cargo xtask codegen`: Rust tables and reference pages from the catalogues under fixtures/catalog.

mod config;
mod metrics;
mod rust;
mod server_codes;
mod session_parameters;
mod statement_types;

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::{Outcome, say};

/// One file that a catalogue gives rise to.
struct Generated {
    /// Where it lives, from the root of the repository.
    path: &'static str,
    text: String,
}

/// Writes every generated file that is not up to date.
pub(crate) fn write(root: &Path) -> Outcome {
    for file in generate(root)? {
        let path = root.join(file.path);
        if fs::read_to_string(&path).is_ok_and(|text| text == file.text) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        fs::write(&path, &file.text).map_err(|error| format!("{}: {error}", path.display()))?;
        say(&format!("wrote {}", file.path));
    }
    Ok(())
}

/// Complains about every generated file that is not what the catalogues say, and about metrics that they do not name.
pub(crate) fn check(root: &Path) -> Outcome {
    check_files(root)?;
    check_metrics(root)
}

fn check_files(root: &Path) -> Outcome {
    let stale: Vec<&str> = generate(root)?
        .into_iter()
        .filter(|file| fs::read_to_string(root.join(file.path)).ok().as_deref() != Some(file.text.as_str()))
        .map(|file| file.path)
        .collect();
    if !stale.is_empty() {
        return Err(format!("out of date, run `cargo xtask codegen`: {}", stale.join(", ")));
    }
    Ok(())
}

/// Complains where the metrics in the sources are not those of the catalogue.
fn check_metrics(root: &Path) -> Outcome {
    let complaints = metrics::complaints(root, &read(root, "metrics")?)?;
    if complaints.is_empty() {
        return Ok(());
    }
    Err(format!("fixtures/catalog/metrics.toml and the sources disagree:\n{}", complaints.join("\n")))
}

fn generate(root: &Path) -> Result<Vec<Generated>, String> {
    let mut files = Vec::new();
    files.extend(server_codes::generate(&read(root, "server_codes")?)?);
    files.extend(statement_types::generate(&read(root, "statement_types")?)?);
    files.extend(session_parameters::generate(&read(root, "session_parameters")?)?);
    files.extend(config::generate(&read(root, "config")?)?);
    files.extend(metrics::generate(&read(root, "metrics")?, &read(root, "monitoring")?)?);
    for file in &mut files {
        if Path::new(file.path).extension().is_some_and(|extension| extension == "rs") {
            file.text = rust::format(root, &file.text).map_err(|error| format!("{}: {error}", file.path))?;
        }
    }
    Ok(files)
}

fn read<T: DeserializeOwned>(root: &Path, name: &str) -> Result<T, String> {
    let path: PathBuf = root.join("fixtures/catalog").join(name).with_extension("toml");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Complains when two entries share a key.
fn distinct<'a>(what: &str, keys: impl Iterator<Item = &'a str>) -> Outcome {
    let mut seen = std::collections::BTreeSet::new();
    for key in keys {
        if !seen.insert(key) {
            return Err(format!("{what} {key} appears twice"));
        }
    }
    Ok(())
}

/// Text for a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_key_is_refused() {
        assert!(distinct("code", ["a", "b"].into_iter()).is_ok());
        assert_eq!(distinct("code", ["a", "a"].into_iter()), Err("code a appears twice".to_owned()));
    }

    #[test]
    fn the_repository_is_up_to_date() {
        assert_eq!(check(&crate::root()), Ok(()));
    }

    #[test]
    fn a_stale_file_is_named() {
        let folder = crate::tree::scratch("codegen");
        let catalogues = folder.join("fixtures/catalog");
        fs::create_dir_all(&catalogues).unwrap();
        for entry in fs::read_dir(crate::root().join("fixtures/catalog")).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, catalogues.join(path.file_name().unwrap())).unwrap();
        }
        write(&folder).unwrap();
        assert_eq!(check_files(&folder), Ok(()));
        fs::write(folder.join("docs/reference/server-codes.md"), "edited by hand").unwrap();
        assert!(check(&folder).unwrap_err().ends_with("docs/reference/server-codes.md"));
    }
}
