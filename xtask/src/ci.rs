//! `cargo xtask ci`: everything that must hold, in order, with times.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::{Outcome, codegen, deny, evidence, layers, process, readme, say, text};

/// The crates that build without DataFusion, and so can be checked under more than one set of features.
const LIGHT: &[&str] = &[
    "snowflake-proto",
    "snowflake-transport",
    "snowflake-auth",
    "snowflake-query",
    "snowflake-ingest",
    "snowflake-ops",
    "snowflake-sim",
    "snowflake-client",
];

/// One thing that must hold.
struct Step {
    name: &'static str,
    run: fn(&Path) -> Outcome,
}

/// Cheap steps first, so that a slip shows within seconds.
///
/// The test command runs the documentation's examples too. Everything with all features shares one set of compiled
/// dependencies with the documentation, since building DataFusion takes minutes.
const STEPS: &[Step] = &[
    Step { name: "format", run: |root| cargo(root, &["fmt", "--all", "--check"]) },
    Step { name: "generated files", run: codegen::check },
    Step { name: "layers", run: layers::run },
    Step { name: "text", run: text::run },
    Step { name: "evidence", run: evidence::run },
    Step { name: "bans, licences, sources", run: deny::run },
    Step { name: "lints, default features", run: |root| light(root, &[]) },
    Step { name: "lints, no features", run: |root| light(root, &["--no-default-features"]) },
    Step {
        name: "lints, all features",
        run: |root| {
            cargo(
                root,
                &[
                    "clippy",
                    "--locked",
                    "--workspace",
                    "--all-features",
                    "--all-targets",
                    "--",
                    "-D",
                    "warnings",
                ],
            )
        },
    },
    Step {
        name: "documentation",
        run: |root| {
            // With the examples, so that the features of dependencies are those of the lints before.
            let arguments =
                ["doc", "--locked", "--workspace", "--all-features", "--no-deps", "--lib", "--examples"];
            process::run(root, "cargo", &arguments, &[("RUSTDOCFLAGS", "-D warnings")])
        },
    },
    Step {
        name: "tests",
        run: |root| {
            process::run(root, "bash", &["-euo", "pipefail", "-c", &readme::test_command(root)?], &[])
        },
    },
];

pub(crate) fn run(root: &Path) -> Outcome {
    run_steps(root, STEPS)
}

/// Runs every step, also after one has failed, and ends with the list of times.
fn run_steps(root: &Path, steps: &[Step]) -> Outcome {
    let mut lines = Vec::new();
    let mut failures = Vec::new();
    for step in steps {
        say(&format!("== {}", step.name));
        let started = Instant::now();
        let outcome = (step.run)(root);
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        lines.push(format!("{:>8}  {word:<6}  {}", clock(started.elapsed()), step.name));
        if let Err(complaint) = outcome {
            say(&format!("== {} failed: {complaint}", step.name));
            failures.push(step.name);
        }
    }
    say(&lines.join("\n"));
    if failures.is_empty() {
        return Ok(());
    }
    Err(format!("failed: {}", failures.join(", ")))
}

fn cargo(root: &Path, arguments: &[&str]) -> Outcome {
    process::run(root, "cargo", arguments, &[])
}

/// Lints the library of each light crate, with the given choice of features.
fn light(root: &Path, features: &[&str]) -> Outcome {
    let mut arguments = vec!["clippy", "--locked", "--lib"];
    for name in LIGHT {
        arguments.extend(["-p", name]);
    }
    arguments.extend(features);
    arguments.extend(["--", "-D", "warnings"]);
    cargo(root, &arguments)
}

fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!("{}:{:02}.{}", seconds / 60, seconds % 60, duration.subsec_millis() / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_is_named_and_the_others_still_run() {
        const STEPS: &[Step] = &[
            Step { name: "first", run: |_| Err("broken".to_owned()) },
            Step { name: "second", run: |_| Ok(()) },
            Step { name: "third", run: |_| Err("broken".to_owned()) },
        ];
        assert_eq!(run_steps(&crate::root(), STEPS), Err("failed: first, third".to_owned()));
        assert_eq!(run_steps(&crate::root(), &STEPS[1..2]), Ok(()));
    }

    #[test]
    fn times_are_minutes_and_seconds() {
        assert_eq!(clock(Duration::from_millis(83_456)), "1:23.4");
    }
}
