//! What an audit found.

use std::fmt;

use snafu::{Snafu, ensure};

use super::Assertion;

/// An assertion that does not hold, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The assertion.
    pub assertion: Assertion,
    /// What was found, with its numbers. Statements are named by their ids and kinds, never by their text.
    pub finding: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.assertion, self.finding)
    }
}

/// The assertions that do not hold.
#[derive(Debug, Snafu)]
#[snafu(display("the audit found {}: {}", count(found.len()), lines(found)))]
pub struct Violations {
    found: Vec<Violation>,
}

impl Violations {
    pub(super) fn check(mut found: Vec<Violation>) -> Result<(), Self> {
        found.sort_by_key(|violation| violation.assertion);
        ensure!(found.is_empty(), ViolationsSnafu { found });
        Ok(())
    }

    /// Each violation, in the order of the assertions.
    #[must_use]
    pub fn found(&self) -> &[Violation] {
        &self.found
    }

    /// The assertions that do not hold, each once.
    #[must_use]
    pub fn assertions(&self) -> Vec<Assertion> {
        let mut assertions: Vec<_> = self.found.iter().map(|violation| violation.assertion).collect();
        assertions.dedup();
        assertions
    }
}

fn count(violations: usize) -> String {
    if violations == 1 { "one violation".to_owned() } else { format!("{violations} violations") }
}

fn lines(found: &[Violation]) -> String {
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Findings on their way into an audit's verdict.
pub(super) type Findings = Vec<Violation>;

/// Adds a finding.
pub(super) fn found(findings: &mut Findings, assertion: Assertion, finding: impl Into<String>) {
    findings.push(Violation { assertion, finding: finding.into() });
}
