//! The examples run, each as a process of its own, and print what they promise.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::process::Command;

/// Where cargo puts the examples that belong to this test.
fn folder() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(|deps| deps.parent()).unwrap().join("examples")
}

/// What an example prints.
fn run(name: &str) -> String {
    let program = folder().join(name);
    assert!(
        program.is_file(),
        "not built: `cargo test` builds the examples, but with `--test` only `cargo build --examples` does"
    );
    let output = Command::new(program).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{name}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn etl_pipeline() {
    let text = run("etl_pipeline");
    assert!(text.contains("Loaded 800 rows with 0 errors"), "{text}");
    // The sum of 0 to 799 without the tenth and twentieth of every hundred.
    let sum: u64 = (0..800).filter(|number| !matches!(number % 100, 10 | 20)).sum();
    assert!(text.contains(&format!("784 clean rows, 784 of them dated, amounts sum up to {sum}")), "{text}");
}

#[test]
fn bulk_load() {
    let text = run("bulk_load");
    assert!(text.contains("Loaded 10000 rows from 1 files"), "{text}");
    assert!(text.contains("Loaded 0 rows when sent again"), "{text}");
    assert!(text.contains("Updated 1 carriers, inserted 1"), "{text}");
}

#[test]
fn feature_extraction() {
    let text = run("feature_extraction");
    assert!(text.contains("data_science at Large -> ML_WH"), "{text}");
    assert!(text.contains("Extracted features for 11 users"), "{text}");
    // Twelve events of 31 to 42 seconds, of which the fourth, eighth and twelfth are purchases.
    let features =
        "user_id: 12, event_count: 12, session_count: 7, avg_duration: 36.5, purchases: 3, active_days: 11";
    assert!(text.contains(features), "{text}");
}

#[test]
fn cost_tracking() {
    let text = run("cost_tracking");
    for part in [
        "(Attributed)",
        "Credits used in last 7 days: ",
        "dashboard: ",
        "for 40 statements",
        "weekly_report: ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains("Calibrated") && text.contains("Refused: the statement may cost"), "{text}");
    assert!(text.contains("Alert: budget \"analytics\"") && text.contains("checked again: 0"), "{text}");
}

#[test]
fn reporting() {
    let text = run("reporting");
    assert!(text.contains("Query would exceed cost limit: ") && text.contains("> 0.0000 credits"), "{text}");
    assert!(text.contains("credits, nine of ten times between") && text.contains("(Attributed)"), "{text}");
    assert!(text.contains("6 lines in the report"), "{text}");
}
