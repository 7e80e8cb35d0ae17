//! What went otherwise than a script says.

use snafu::{Snafu, ensure};

/// The requests that should not have come, and the ones that should have.
#[derive(Debug, Snafu)]
#[snafu(display("the script was not followed: {}", self.lines().join("; ")))]
pub struct Unmet {
    unexpected: Vec<String>,
    missing: Vec<String>,
}

impl Unmet {
    pub(super) fn check(unexpected: Vec<String>, missing: Vec<String>) -> Result<(), Self> {
        ensure!(unexpected.is_empty() && missing.is_empty(), UnmetSnafu { unexpected, missing });
        Ok(())
    }

    /// The requests that met no expectation.
    pub fn unexpected(&self) -> &[String] {
        &self.unexpected
    }

    /// The expectations that no request met.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    fn lines(&self) -> Vec<String> {
        let missing = self.missing.iter().map(|expectation| format!("{expectation} never came"));
        self.unexpected.iter().cloned().chain(missing).collect()
    }
}
