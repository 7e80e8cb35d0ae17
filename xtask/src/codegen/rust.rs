//! Pieces of Rust source, and rustfmt.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// A string literal.
pub(super) fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// `Some("…")` or `None`.
pub(super) fn optional(text: Option<&str>) -> String {
    text.map_or_else(|| "None".to_owned(), |text| format!("Some({})", literal(text)))
}

/// The first lines of a generated file.
pub(super) fn header(what: &str, catalogue: &str) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "//! {what}, from fixtures/catalog/{catalogue}.toml.");
    let _ = writeln!(text, "//!");
    let _ = writeln!(text, "//! Written by `cargo xtask codegen`: edit the catalogue instead.\n");
    text
}

/// The same source as `cargo fmt` would leave it.
pub(super) fn format(root: &Path, source: &str) -> Result<String, String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("rustfmt: {error}"))?;
    let mut input = child.stdin.take().ok_or("rustfmt: no input")?;
    // On a thread of its own: rustfmt may begin to answer before it has read everything.
    let source = source.to_owned();
    let writer = std::thread::spawn(move || input.write_all(source.as_bytes()));
    let output = child.wait_with_output().map_err(|error| format!("rustfmt: {error}"))?;
    writer
        .join()
        .map_err(|_| "rustfmt: the writer failed".to_owned())?
        .map_err(|error| format!("rustfmt: {error}"))?;
    if !output.status.success() {
        return Err(format!("rustfmt: {}", String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("rustfmt: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_escaped() {
        assert_eq!(literal("a\"b\\"), "\"a\\\"b\\\\\"");
        assert_eq!(optional(Some("x")), "Some(\"x\")");
        assert_eq!(optional(None), "None");
    }

    #[test]
    fn rustfmt_is_applied() {
        assert_eq!(format(&crate::root(), "fn  a( ) { }").unwrap(), "fn a() {}\n");
        assert!(format(&crate::root(), "fn (").is_err());
    }
}
