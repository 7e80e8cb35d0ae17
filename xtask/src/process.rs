//! Running other programs.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Outcome;

/// Runs a program with its output on this terminal, and complains when it fails.
pub(crate) fn run(root: &Path, program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let status = Command::new(program)
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(root)
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("{program}: {error}"))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("`{program} {}` failed: {status}", arguments.join(" ")))
}

/// What a program printed, whether it succeeded or not.
pub(crate) struct Output {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a program and keeps its output.
pub(crate) fn capture(root: &Path, program: &str, arguments: &[&str]) -> Result<Output, String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    Ok(Output {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// What a program printed on its standard output; it must succeed.
pub(crate) fn read(root: &Path, program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = capture(root, program, arguments)?;
    if output.success {
        return Ok(output.stdout);
    }
    Err(format!("`{program} {}` failed: {}", arguments.join(" "), output.stderr.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command() {
        let root = crate::root();
        assert_eq!(run(&root, "true", &[], &[]), Ok(()));
        assert!(run(&root, "false", &["x"], &[]).unwrap_err().starts_with("`false x` failed"));
        assert!(read(&root, "no-such-program-at-all", &[]).is_err());
        assert_eq!(read(&root, "echo", &["a", "b"]).unwrap(), "a b\n");
    }
}
