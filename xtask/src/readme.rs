//! The commands that README.md gives to its readers, so that what is checked is what is written there.

use std::fs;
use std::path::Path;

/// The command that runs the tests: the second `sh` block of README.md.
pub(crate) fn test_command(root: &Path) -> Result<String, String> {
    let text = fs::read_to_string(root.join("README.md")).map_err(|error| format!("README.md: {error}"))?;
    shell_blocks(&text)
        .into_iter()
        .nth(1)
        .filter(|command| !command.is_empty())
        .ok_or_else(|| "README.md has no second `sh` block, which should run the tests".to_owned())
}

/// The contents of every fenced block marked `sh`.
fn shell_blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<Vec<&str>> = None;
    for line in text.lines() {
        let fence = line.trim();
        match open.as_mut() {
            None if fence == "```sh" => open = Some(Vec::new()),
            None => {}
            Some(lines) if fence == "```" => {
                blocks.push(lines.join("\n"));
                open = None;
            }
            Some(lines) => lines.push(line),
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_block_is_the_test_command() {
        let folder = crate::tree::scratch("readme");
        let text =
            "# x\n```sh\ncargo run\n```\n```rust\nfn f() {}\n```\n```sh\ncargo test --workspace\n```\n";
        fs::write(folder.join("README.md"), text).unwrap();
        assert_eq!(test_command(&folder).unwrap(), "cargo test --workspace");
        fs::write(folder.join("README.md"), "```sh\ncargo run\n```\n").unwrap();
        assert!(test_command(&folder).is_err());
    }
}
