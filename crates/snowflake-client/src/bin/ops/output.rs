//! Lines for a person or a script to read: results on stdout, complaints on stderr.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// Writes a text to stdout.
///
/// A reader that has seen enough closes the pipe; that is no error.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// Says on stderr what went wrong, and why.
pub(super) fn report(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    // Without stderr there is nobody to tell.
    let _ = writeln!(io::stderr(), "snowflake-ops: {}", on_one_line(&chain(error)));
    ExitCode::FAILURE
}

/// The error and what caused it.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Writing to a text does not fail.
        let _ = write!(words, ": {cause}");
        source = cause.source();
    }
    words
}

/// A text without line ends and terminal codes: a server may have sent any.
pub(super) fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::on_one_line;

    #[test]
    fn nothing_that_a_server_says_steers_the_terminal() {
        assert_eq!(on_one_line("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
        assert_eq!(on_one_line("WÄREHOUSE \"x\""), "WÄREHOUSE \"x\"");
    }
}
