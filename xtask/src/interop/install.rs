//! Puts what the suites need below target/interop, once.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Outcome, process};

/// A Python environment of its own.
pub(super) struct Environment {
    /// The folder below target/interop.
    pub(super) name: &'static str,
    pub(super) packages: &'static [&'static str],
}

/// Something that a suite uses beside its environment, in a folder below target/interop.
pub(super) enum Tool {
    /// A server that needs an environment of its own.
    Environment(Environment),
    /// Python packages without an environment, for the search path of one.
    Library { name: &'static str, packages: &'static [&'static str] },
    /// Packages for Node.
    Node { name: &'static str, packages: &'static [&'static str] },
}

/// pip compiles what it installs otherwise, most of it never imported.
const PIP: &[&str] = &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"];
const NPM: &[&str] = &["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];

/// The folder of everything that suites need.
pub(super) fn folder(root: &Path) -> PathBuf {
    root.join("target/interop")
}

impl Environment {
    /// The Python of the environment, with its packages installed.
    pub(super) fn install(&self, root: &Path) -> Result<PathBuf, String> {
        let folder = folder(root).join(self.name);
        let python = folder.join("bin/python");
        once(&folder, self.packages, || {
            process::run(root, "python3", &["-m", "venv", "--clear", &folder.to_string_lossy()], &[])?;
            process::run(root, &python.to_string_lossy(), &[PIP, self.packages].concat(), &[])
        })?;
        Ok(python)
    }
}

impl Tool {
    #[cfg(test)]
    pub(super) fn packages(&self) -> &'static [&'static str] {
        match self {
            Self::Environment(Environment { packages, .. })
            | Self::Library { packages, .. }
            | Self::Node { packages, .. } => packages,
        }
    }

    /// Installs it and returns its folder. The Python given is the one that will import a library.
    pub(super) fn install(&self, root: &Path, python: &Path) -> Result<PathBuf, String> {
        match self {
            Self::Environment(environment) => {
                environment.install(root)?;
                Ok(folder(root).join(environment.name))
            }
            Self::Library { name, packages } => {
                let folder = folder(root).join(name);
                once(&folder, packages, || {
                    let path = folder.to_string_lossy();
                    let arguments = [PIP, &["--target", &path], packages].concat();
                    process::run(root, &python.to_string_lossy(), &arguments, &[])
                })?;
                Ok(folder)
            }
            Self::Node { name, packages } => {
                let folder = folder(root).join(name);
                once(&folder, packages, || {
                    write(&folder.join("package.json"), "{\"private\": true}\n")?;
                    process::run(&folder, "npm", &[NPM, packages].concat(), &[])
                })?;
                Ok(folder)
            }
        }
    }
}

/// Fills a folder, unless it holds just these packages from an earlier run.
fn once(folder: &Path, packages: &[&str], fill: impl FnOnce() -> Outcome) -> Outcome {
    let marker = folder.join("installed.txt");
    let wanted = packages.join("\n");
    if fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    fill()?;
    write(&marker, &wanted)
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_filled_again_only_when_its_packages_change() {
        let folder = std::env::temp_dir().join(format!("xtask-install-{}", std::process::id()));
        let fill = |packages: &[&str]| {
            let mut filled = false;
            once(&folder, packages, || {
                filled = true;
                assert!(!folder.join("content").exists(), "something of before is left");
                write(&folder.join("content"), "x")
            })
            .unwrap();
            filled
        };
        assert!(fill(&["a==1"]));
        assert!(!fill(&["a==1"]));
        assert!(fill(&["a==2"]));
        let failed = once(&folder, &["a==3"], || Err("no network".to_owned()));
        assert_eq!(failed, Err("no network".to_owned()));
        assert!(fill(&["a==3"]), "a failed attempt counted");
        fs::remove_dir_all(&folder).unwrap();
    }
}
