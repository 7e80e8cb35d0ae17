//! What a program does with its client, drawn from a seed: a bit of everything.

use std::time::Duration;

use snowflake_client::sim::{Answer, Asked, SeededEntropy, StandIn, Table};
use snowflake_client::transport::Entropy;

/// One thing that the program does. The number tells one from another: it is part of the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Reads a result that fits into the answer.
    Read(u64),
    /// Reads a result in many parts, as rows in memory or as a stream.
    ReadParts { number: u64, rows: i64, arrow: bool, streamed: bool },
    /// Begins to read a result in many parts and leaves after some rows.
    LeaveStream { number: u64, rows: i64, after: usize },
    /// Changes data.
    Insert(u64),
    /// Changes data, with binds.
    InsertBound(u64),
    /// Changes data in the background and waits for it.
    InsertAsync { number: u64, polls: usize },
    /// Changes data twice, in a transaction.
    Transaction { number: u64, commit: bool },
    /// Begins to change data and stops waiting after some polls of the future.
    LeaveInsert { number: u64, after: usize },
    /// Runs a statement that the service takes its time for.
    ReadSlow { number: u64, polls: usize },
    /// Runs a statement that the service refuses.
    Fail(u64),
    /// Reads with another warehouse than the pool's own.
    Elsewhere(u64),
    /// Reads a result, and once more by its id.
    ReadAgain(u64),
}

/// The program of a seed.
pub(crate) fn draw(seed: u64) -> Vec<Task> {
    let chance = SeededEntropy::new(seed);
    let below = |n: u64| chance.u64() % n;
    let small = |n: u64| usize::try_from(below(n)).unwrap();
    let rows = || i64::try_from(below(400)).unwrap() + 1;
    let kinds = 6 + below(7);
    (0..kinds)
        .map(|index| {
            let number = seed % 1_000_000 * 100 + index;
            match below(12) {
                0 => Task::Read(number),
                1 | 2 => {
                    Task::ReadParts { number, rows: rows(), arrow: below(2) == 0, streamed: below(2) == 0 }
                }
                3 => Task::LeaveStream { number, rows: rows(), after: small(50) },
                4 => Task::Insert(number),
                5 => Task::InsertBound(number),
                6 => Task::InsertAsync { number, polls: small(4) },
                7 => Task::Transaction { number, commit: below(3) > 0 },
                8 => Task::LeaveInsert { number, after: small(40) },
                9 => Task::ReadSlow { number, polls: 1 + small(4) },
                10 => Task::Fail(number),
                _ if below(2) == 0 => Task::Elsewhere(number),
                _ => Task::ReadAgain(number),
            }
        })
        .collect()
}

/// Rows of a part.
const PART: usize = 40;

/// The service that answers these programs.
pub(crate) fn service(seed: u64) -> StandIn {
    StandIn::new()
        .user("chaos", PASSWORD)
        .warehouse("WH")
        .entropy(std::sync::Arc::new(SeededEntropy::new(seed ^ 0x5EED)))
        .on_any(answer)
}

/// The secret that must not be found anywhere but in the body of a login.
pub(crate) const PASSWORD: &str = "canary-password-6f1c";

/// Statements carry what they want to be answered in their words: `READ <n> ROWS <rows> ...`.
fn answer(asked: &Asked) -> Option<Answer> {
    let words: Vec<&str> = asked.sql().split(' ').collect();
    let after = |word: &str| {
        let at = words.iter().position(|&one| one == word)?;
        words.get(at + 1)?.parse::<u64>().ok()
    };
    let polls = usize::try_from(after("POLLS").unwrap_or(0)).ok()?;
    let answer = match *words.first()? {
        "SELECT" => {
            let (number, rows) = (after("n")?, i64::try_from(after("ROWS").unwrap_or(1)).ok()?);
            let answer = Answer::rows(table(number, rows)).in_parts(PART);
            if words.contains(&"ARROW") { answer.arrow() } else { answer.json() }
        }
        "INSERT" => Answer::dml(3),
        "BROKEN" => Answer::error("001003", "42000", "SQL compilation error: syntax error"),
        _ => return None,
    };
    Some(if polls > 0 { answer.after_polls(polls) } else { answer.takes(Duration::from_millis(5)) })
}

/// The rows of a result: no two results and no two rows are the same.
fn table(number: u64, rows: i64) -> Table {
    let number = i64::try_from(number).unwrap();
    Table::new()
        .number("N", 0)
        .text("NAME")
        .rows((0..rows).map(|row| (number + row * 7, format!("{number}/{row}"))))
}

/// What a complete result must look like.
pub(crate) fn expected(number: u64, rows: i64) -> Vec<(i64, String)> {
    let number = i64::try_from(number).unwrap();
    (0..rows).map(|row| (number + row * 7, format!("{number}/{row}"))).collect()
}
