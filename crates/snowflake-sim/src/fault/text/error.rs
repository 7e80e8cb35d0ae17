//! What is wrong with the text of a schedule.

use snafu::Snafu;

/// A schedule that cannot be read: where, what stands there, and what could.
#[derive(Clone, Debug, PartialEq, Eq, Snafu)]
#[snafu(display("line {line}, column {column}: expected {expected}, found {found}"), visibility(pub(super)))]
pub struct ScheduleError {
    line: usize,
    column: usize,
    expected: String,
    found: String,
}

impl ScheduleError {
    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The character of the line, counted from 1.
    pub fn column(&self) -> usize {
        self.column
    }
}
