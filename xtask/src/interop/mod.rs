//! `cargo xtask interop`: our client and our server against programs by other hands.
//!
//! The suites themselves are the scripts in xtask/interop. What they need is installed below target/interop on first
//! use: each driver in a Python environment of its own, and the object stores that they start.

mod install;
mod suites;

use std::env;
use std::path::{Path, PathBuf};

use crate::{Outcome, process, readme, say};
use suites::Suite;

/// Runs the named suites, or all of them.
pub(crate) fn run(root: &Path, names: &[&str]) -> Outcome {
    let suites = suites::choose(names)?;
    build(root)?;
    let mut failures = Vec::new();
    for suite in suites {
        say(&format!("== interop {}", suite.name));
        if let Err(complaint) = execute(root, suite) {
            say(&format!("== interop {} failed: {complaint}", suite.name));
            failures.push(suite.name);
        }
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(format!("interop failed: {}", failures.join(", ")))
}

/// Builds the programs with the features of the test command, so that nothing is compiled twice.
fn build(root: &Path) -> Outcome {
    let command = readme::test_command(root)?;
    let arguments =
        build_arguments(&command).ok_or_else(|| format!("`{command}` does not run cargo's tests"))?;
    process::run(root, "cargo", &arguments, &[])
}

/// `cargo test` turned into `cargo build` of binaries and examples.
fn build_arguments(command: &str) -> Option<Vec<&str>> {
    let line = command.lines().map(str::trim).find_map(|line| line.strip_prefix("cargo test"))?;
    let mut arguments = vec!["build"];
    arguments.extend(line.split_whitespace().take_while(|word| *word != "--"));
    arguments.extend(["--bins", "--examples"]);
    Some(arguments)
}

/// Installs what the suite needs and runs its script with the programs, and the folder of the emulators if it has any.
fn execute(root: &Path, suite: &Suite) -> Outcome {
    let python = suite.environment.install(root)?;
    let mut libraries = Vec::new();
    for library in suite.libraries {
        libraries.push(library.install(root, &python)?.to_string_lossy().into_owned());
    }
    for emulator in suite.emulators {
        emulator.install(root, &python)?;
    }
    let tools = install::folder(root);
    let mut paths = vec![root.join("xtask/interop").join(suite.script)];
    for program in suite.programs {
        paths.push(built(root, program)?);
    }
    if !suite.emulators.is_empty() {
        paths.push(tools.clone());
    }
    let paths: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
    let arguments: Vec<&str> = paths.iter().map(AsRef::as_ref).collect();
    let compiled = tools.join("compiled");
    let variables = [
        ("PYTHONPATH", libraries.join(":")),
        ("PYTHONPYCACHEPREFIX", compiled.to_string_lossy().into_owned()),
    ];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    process::run(root, &python.to_string_lossy(), &arguments, &variables)
}

/// Where cargo put a program.
fn built(root: &Path, program: &str) -> Result<PathBuf, String> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let path = root.join(target).join(program);
    if path.is_file() {
        return Ok(path);
    }
    Err(format!("{} was not built by the test command's features", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_has_the_features_of_the_tests() {
        assert_eq!(
            build_arguments("cargo test --workspace --all-features -- --quiet").unwrap(),
            ["build", "--workspace", "--all-features", "--bins", "--examples"]
        );
        assert_eq!(build_arguments("make test"), None);
    }
}
