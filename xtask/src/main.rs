//! The project's own commands: `cargo xtask <command>`.
//!
//! This program imports no crate of the workspace, so it builds in seconds even when nothing else does.

mod chaos;
mod ci;
mod codegen;
mod deny;
mod evidence;
mod interop;
mod layers;
mod process;
mod readme;
mod text;
mod tree;

use std::env;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  ci                 everything that must hold, in order, with times
  codegen [--check]  write what fixtures/catalog describes, or compare it
  layers             who may import whom
  text               rules for the text of the repository
  evidence [--write] compare docs/reliability.md with the tests that exist, or fill it in
  chaos [--schedules N] [--seed S]
                     random faults over a mixed workload, S the first seed
  deny               bans, licences, sources and advisories
  interop [suite]    clients and servers by other hands
";

/// What a command of this program ends with: nothing, or every complaint as one text.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&root(), &arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            say(&format!("error: {complaint}"));
            ExitCode::FAILURE
        }
    }
}

fn run(root: &std::path::Path, arguments: &[String]) -> Outcome {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["ci"] => ci::run(root),
        ["codegen"] => codegen::write(root),
        ["codegen", "--check"] => codegen::check(root),
        ["layers"] => layers::run(root),
        ["text"] => text::run(root),
        ["evidence"] => evidence::run(root),
        ["evidence", "--write"] => evidence::write(root),
        ["chaos", options @ ..] => chaos::run(root, options),
        ["deny"] => deny::run(root),
        ["interop", suites @ ..] => interop::run(root, suites),
        _ => Err(format!("no such command\n{USAGE}")),
    }
}

/// The folder of the workspace: the parent of this package.
fn root() -> PathBuf {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    package.parent().map_or_else(|| package.clone(), PathBuf::from)
}

/// Prints a line for the person who runs the command.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // A closed pipe on the reading side is no reason to fail.
    let _ = writeln!(out, "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_command_prints_the_usage() {
        let complaint = run(&root(), &["dance".to_owned()]).unwrap_err();
        assert!(complaint.contains("usage: cargo xtask"));
    }
}
