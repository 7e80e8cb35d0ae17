//! `cargo xtask deny`: cargo-deny over deny.toml, installed on first use.

use std::path::{Path, PathBuf};

use crate::{Outcome, process, say};

/// What cargo-deny can judge without any network.
const LOCAL: &[&str] = &["bans", "licenses", "sources"];

pub(crate) fn run(root: &Path) -> Outcome {
    let program = locate(root)?;
    let program = program.to_string_lossy();
    let mut arguments =
        vec!["--log-level", "warn", "--all-features", "--workspace", "check", "--hide-inclusion-graph"];
    arguments.extend(LOCAL);
    process::run(root, &program, &arguments, &[])?;
    let advisories =
        process::capture(root, &program, &["--all-features", "--workspace", "check", "advisories"])?;
    match judge(advisories.success, &advisories.stderr) {
        Advisories::Clean => say("no advisories"),
        Advisories::OutOfReach => say(
            "ADVISORIES NOT CHECKED: the advisory database is out of reach; bans, licences and sources were checked",
        ),
        Advisories::Found => return Err(format!("advisories:\n{}", advisories.stderr.trim_end())),
    }
    Ok(())
}

#[derive(Debug, PartialEq)]
enum Advisories {
    Clean,
    OutOfReach,
    Found,
}

/// Tells a database that cannot be fetched from advisories that apply.
fn judge(success: bool, stderr: &str) -> Advisories {
    let unreachable =
        ["failed to fetch advisory database", "failed to load advisory database", "unable to fetch"];
    if success {
        Advisories::Clean
    } else if unreachable.iter().any(|text| stderr.contains(text)) {
        Advisories::OutOfReach
    } else {
        Advisories::Found
    }
}

/// cargo-deny from the search path, or from the folder of tools, where it is installed on first use.
fn locate(root: &Path) -> Result<PathBuf, String> {
    if process::capture(root, "cargo-deny", &["--version"]).is_ok_and(|output| output.success) {
        return Ok(PathBuf::from("cargo-deny"));
    }
    let tools =
        std::env::var_os("SNOWFLAKE_TOOLS_DIR").map_or_else(|| root.join("target/tools"), PathBuf::from);
    let program = tools.join("bin/cargo-deny");
    if !program.is_file() {
        say("installing cargo-deny");
        let folder = tools.to_string_lossy();
        process::run(
            root,
            "cargo",
            &["install", "cargo-deny", "--locked", "--quiet", "--root", &folder],
            &[],
        )?;
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreachable_database_is_no_advisory() {
        assert_eq!(judge(true, ""), Advisories::Clean);
        assert_eq!(
            judge(false, "[ERROR] failed to fetch advisory database https://…"),
            Advisories::OutOfReach
        );
        assert_eq!(judge(false, "error[vulnerability]: …"), Advisories::Found);
    }
}
