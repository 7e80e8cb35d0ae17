//! `cargo xtask chaos`: as many random fault schedules as one has time for.
//!
//! The tests run a thousand of them from a fixed seed; this runs others, or more.

use std::path::Path;

use crate::{Outcome, process};

/// What the test target `chaos` reads.
const SCHEDULES: &str = "SNOWFLAKE_CHAOS_SCHEDULES";
const SEED: &str = "SNOWFLAKE_CHAOS_SEED";

pub(crate) fn run(root: &Path, options: &[&str]) -> Outcome {
    let environment = environment(options)?;
    let environment: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    // The same selection as the test command's, so that nothing heavy is compiled again.
    let arguments =
        ["test", "--locked", "--workspace", "--all-features", "--test", "chaos", "--", "--nocapture", "l14"];
    process::run(root, "cargo", &arguments, &environment)
}

fn environment(options: &[&str]) -> Result<Vec<(&'static str, String)>, String> {
    let mut environment = Vec::new();
    for pair in options.chunks(2) {
        let name = match pair[0] {
            "--schedules" => SCHEDULES,
            "--seed" => SEED,
            other => return Err(format!("{other}: no such option, there are --schedules and --seed")),
        };
        let value: u64 = pair
            .get(1)
            .and_then(|value| value.parse().ok())
            .ok_or_else(|| format!("{} needs a whole number", pair[0]))?;
        environment.push((name, value.to_string()));
    }
    Ok(environment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_numbers_with_names() {
        assert_eq!(environment(&[]), Ok(Vec::new()));
        let both = environment(&["--seed", "7", "--schedules", "10000"]).unwrap();
        assert_eq!(both, [(SEED, "7".to_owned()), (SCHEDULES, "10000".to_owned())]);
        assert!(environment(&["--seed"]).unwrap_err().contains("--seed"));
        assert!(environment(&["--rate", "1"]).unwrap_err().contains("--rate"));
    }
}
