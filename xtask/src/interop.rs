//! `cargo xtask interop`: our client and our server against programs by other hands.
//!
//! Each suite has a Python environment of its own under target/interop, made on first use.
//! The suites themselves are the scripts in xtask/interop.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{Outcome, process, readme, say};

/// A script, the packages it needs, and the program of ours that it tests.
struct Suite {
    name: &'static str,
    packages: &'static [&'static str],
    script: &'static str,
    /// Below the folder that cargo builds into.
    program: &'static str,
}

const SUITES: &[Suite] = &[
    Suite {
        name: "fakesnow",
        packages: &["fakesnow[server]==0.12.1", "snowflake-connector-python==4.7.5"],
        script: "fakesnow_client.py",
        program: "debug/examples/interop",
    },
    Suite {
        name: "python-4",
        packages: &["snowflake-connector-python==4.7.5"],
        script: "connector.py",
        program: "debug/snowflake-sim",
    },
    Suite {
        name: "python-5",
        packages: &["snowflake-connector-python==5.2.0"],
        script: "connector.py",
        program: "debug/snowflake-sim",
    },
];

/// Runs the named suites, or all of them.
pub(crate) fn run(root: &Path, names: &[&str]) -> Outcome {
    let suites = choose(names)?;
    build(root)?;
    let mut failures = Vec::new();
    for suite in suites {
        say(&format!("== interop {}", suite.name));
        let outcome = environment(root, suite).and_then(|python| execute(root, suite, &python));
        if let Err(complaint) = outcome {
            say(&format!("== interop {} failed: {complaint}", suite.name));
            failures.push(suite.name);
        }
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(format!("interop failed: {}", failures.join(", ")))
}

fn choose(names: &[&str]) -> Result<Vec<&'static Suite>, String> {
    if names.is_empty() {
        return Ok(SUITES.iter().collect());
    }
    names
        .iter()
        .map(|name| {
            let known = || SUITES.iter().map(|suite| suite.name).collect::<Vec<_>>().join(", ");
            SUITES
                .iter()
                .find(|suite| suite.name == *name)
                .ok_or_else(|| format!("no suite {name}; there are {}", known()))
        })
        .collect()
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

/// The Python of the suite's environment, with its packages installed.
fn environment(root: &Path, suite: &Suite) -> Result<PathBuf, String> {
    let folder = root.join("target/interop").join(suite.name);
    let python = folder.join("bin/python");
    let marker = folder.join("installed.txt");
    let wanted = suite.packages.join("\n");
    if fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    let path = folder.to_string_lossy();
    process::run(root, "python3", &["-m", "venv", "--clear", &path], &[])?;
    let mut arguments = vec!["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    arguments.extend(suite.packages);
    process::run(root, &python.to_string_lossy(), &arguments, &[])?;
    fs::write(&marker, wanted).map_err(|error| format!("{}: {error}", marker.display()))?;
    Ok(python)
}

fn execute(root: &Path, suite: &Suite, python: &Path) -> Outcome {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let program = root.join(target).join(suite.program);
    if !program.is_file() {
        return Err(format!("{} was not built by the test command's features", program.display()));
    }
    let script = root.join("xtask/interop").join(suite.script);
    let arguments = [&script, &program].map(|path| path.to_string_lossy().into_owned());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    process::run(root, &python.to_string_lossy(), &arguments, &[("PYTHONDONTWRITEBYTECODE", "1")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_chosen_by_name() {
        assert_eq!(choose(&[]).unwrap().len(), SUITES.len());
        assert_eq!(choose(&["python-4"]).unwrap()[0].script, "connector.py");
        assert!(choose(&["python-9"]).err().unwrap().contains("fakesnow, python-4"));
    }

    #[test]
    fn the_build_has_the_features_of_the_tests() {
        assert_eq!(
            build_arguments("cargo test --workspace --all-features -- --quiet").unwrap(),
            ["build", "--workspace", "--all-features", "--bins", "--examples"]
        );
        assert_eq!(build_arguments("make test"), None);
    }

    #[test]
    fn every_script_exists() {
        for suite in SUITES {
            assert!(crate::root().join("xtask/interop").join(suite.script).is_file(), "{}", suite.script);
        }
    }
}
