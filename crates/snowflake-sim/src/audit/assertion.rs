//! What an audit asserts.

use std::fmt;

/// What an audit asserts, with the number by which it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Assertion {
    /// 1: no statement was executed twice for one `requestId`.
    Executions,
    /// 2: what was changed for good is what the program believes, give or take what it knows to be unknown.
    Effects,
    /// 3: rows were read completely and in order, or an error was met before their end.
    Rows,
    /// 4: nothing took longer than its deadline and one tick.
    Deadlines,
    /// 5: no task panicked, was aborted, or lives on after the close.
    Tasks,
    /// 6: what was taken was given back: exchanges, permits, budgets.
    Resources,
    /// 7: no secret went where it must not.
    Secrets,
    /// 8: no more requests were sent than allowed.
    Amplification,
    /// 9: after the fault the program works again.
    Recovery,
}

impl Assertion {
    /// The number, from 1 to 9.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Assertion::Executions => 1,
            Assertion::Effects => 2,
            Assertion::Rows => 3,
            Assertion::Deadlines => 4,
            Assertion::Tasks => 5,
            Assertion::Resources => 6,
            Assertion::Secrets => 7,
            Assertion::Amplification => 8,
            Assertion::Recovery => 9,
        }
    }
}

impl fmt::Display for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Assertion::Executions => "executions",
            Assertion::Effects => "effects",
            Assertion::Rows => "rows",
            Assertion::Deadlines => "deadlines",
            Assertion::Tasks => "tasks",
            Assertion::Resources => "resources",
            Assertion::Secrets => "secrets",
            Assertion::Amplification => "amplification",
            Assertion::Recovery => "recovery",
        };
        write!(f, "{} {name}", self.number())
    }
}
