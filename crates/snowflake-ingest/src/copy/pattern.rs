//! File names with `*` and `?`, as the regular expressions that the service wants.

/// A regular expression for the paths whose file name matches `glob`.
///
/// The service matches an expression against the whole path of a file. `*` and `?` of a glob stay within
/// one folder; `**` crosses folders. Files that were gzip'd on their way to the stage are meant too.
pub(crate) fn regex(glob: &str) -> String {
    let mut regex = String::from("(.*/)?");
    let mut characters = glob.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '*' if characters.peek() == Some(&'*') => {
                characters.next();
                regex.push_str(".*");
            }
            '*' => regex.push_str("[^/]*"),
            '?' => regex.push_str("[^/]"),
            '.' | '+' | '(' | ')' | '[' | ']' | '{' | '}' | '^' | '$' | '|' | '\\' => {
                regex.push('\\');
                regex.push(character);
            }
            plain => regex.push(plain),
        }
    }
    // Uploading compresses `data.csv` to `data.csv.gz`, which nobody thinks of when writing `*.csv`.
    regex.push_str("(\\.(gz|bz2|zst|br|deflate|raw_deflate))?");
    regex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_becomes_an_expression_for_the_whole_path() {
        let tail = "(\\.(gz|bz2|zst|br|deflate|raw_deflate))?";
        assert_eq!(regex("data_*.csv"), format!("(.*/)?data_[^/]*\\.csv{tail}"));
        assert_eq!(regex("a?/**/x(1)"), format!("(.*/)?a[^/]/.*/x\\(1\\){tail}"));
        assert_eq!(regex(r"a\b"), format!(r"(.*/)?a\\b{tail}"));
    }
}
