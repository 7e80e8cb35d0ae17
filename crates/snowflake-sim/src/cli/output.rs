//! Lines for a person or a script to read: results on stdout, complaints on stderr.

use std::fmt::{self, Write as _};
use std::io::{self, Write as _};

/// Writes each item on a line of its own to stdout.
///
/// A reader that has seen enough closes the pipe; that is no error.
pub(super) fn print<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> io::Result<()> {
    let mut text = String::new();
    for item in items {
        text.push_str(&on_one_line(&item.to_string()));
        text.push('\n');
    }
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// Says on stderr what went wrong, and why.
pub(crate) fn report(error: &dyn std::error::Error) {
    let mut words = format!("snowflake-sim: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        // Writing to a text does not fail.
        let _ = write!(words, ": {cause}");
        source = cause.source();
    }
    // Without stderr there is nobody to tell.
    let _ = writeln!(io::stderr(), "{}", on_one_line(&words));
}

/// A text without line ends and terminal codes: a recording may hold any.
fn on_one_line(text: &str) -> String {
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
