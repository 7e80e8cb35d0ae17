//! What a statement answers.

use std::time::Duration;

use super::Table;
use crate::encode::Format;

/// What a statement answers, when, and in which form.
///
/// ```
/// use std::time::Duration;
/// use snowflake_sim::{Answer, Table};
///
/// let slow = Answer::rows(Table::new().number("N", 0).rows((0..10).map(|n| (n,))))
///     .in_parts(4)
///     .takes(Duration::from_secs(90));
/// let locked = Answer::error("000625", "57014", "Statement is waiting for a lock").then(Answer::dml(1));
/// ```
#[derive(Clone, Debug)]
pub struct Answer {
    pub(super) outcome: Outcome,
    pub(super) polls: usize,
    pub(super) duration: Duration,
    pub(super) form: Form,
    pub(super) next: Option<Box<Answer>>,
}

#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Rows(Table),
    /// So many rows were changed.
    Dml(u64),
    /// A sentence, as DDL answers it.
    Status(String),
    Error {
        code: String,
        sql_state: String,
        message: String,
    },
}

/// How rows travel.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Form {
    /// What the client asks for unless set.
    pub(super) format: Option<Format>,
    /// Rows of each part; all rows are inline unless set.
    pub(super) part_rows: Option<usize>,
    pub(super) is_plain: bool,
}

impl Answer {
    /// A result.
    #[must_use]
    pub fn rows(table: Table) -> Self {
        Self::new(Outcome::Rows(table))
    }

    /// The counter of an INSERT, UPDATE, DELETE or MERGE that changes so many rows.
    #[must_use]
    pub fn dml(rows: u64) -> Self {
        Self::new(Outcome::Dml(rows))
    }

    /// The status line of a statement that answers nothing else, such as DDL.
    #[must_use]
    pub fn done() -> Self {
        Self::new(Outcome::Status("Statement executed successfully.".to_owned()))
    }

    /// A failure: the service's code (six digits, such as `002003`), the SQL state, and the words.
    #[must_use]
    pub fn error(code: impl Into<String>, sql_state: impl Into<String>, message: impl Into<String>) -> Self {
        let (code, sql_state, message) = (code.into(), sql_state.into(), message.into());
        Self::new(Outcome::Error { code, sql_state, message })
    }

    fn new(outcome: Outcome) -> Self {
        Self { outcome, polls: 0, duration: Duration::ZERO, form: Form::default(), next: None }
    }

    /// Ends the statement only with the nth poll: until then it runs, and the submission and the polls
    /// before are answered at once that it does. A statement that nobody polls runs for ever.
    #[must_use]
    pub fn after_polls(mut self, polls: usize) -> Self {
        self.polls = polls;
        self
    }

    /// Lets the statement run for that long, as tokio counts time.
    #[must_use]
    pub fn takes(mut self, duration: Duration) -> Self {
        self.duration = duration;
        self
    }

    /// Cuts the rows: the first so many travel inside the answer, the others in parts of as many that are
    /// fetched separately.
    #[must_use]
    pub fn in_parts(mut self, rows: usize) -> Self {
        self.form.part_rows = Some(rows.max(1));
        self
    }

    /// Sends rows as Arrow, whatever the client asks for.
    #[must_use]
    pub fn arrow(mut self) -> Self {
        self.form.format = Some(Format::Arrow);
        self
    }

    /// Sends rows as JSON, whatever the client asks for.
    #[must_use]
    pub fn json(mut self) -> Self {
        self.form.format = Some(Format::Json);
        self
    }

    /// Sends parts as they are instead of gzip'd.
    #[must_use]
    pub fn uncompressed(mut self) -> Self {
        self.form.is_plain = true;
        self
    }

    /// Answers this the first time, and `next` from then on. May be said several times.
    #[must_use]
    pub fn then(mut self, next: Answer) -> Self {
        match &mut self.next {
            None => self.next = Some(Box::new(next)),
            Some(_) => {
                let mut last = &mut self.next;
                while let Some(answer) = last {
                    last = &mut answer.next;
                }
                *last = Some(Box::new(next));
            }
        }
        self
    }

    /// Takes the answer whose turn it is; the last one stays.
    pub(super) fn turn(&mut self) -> Answer {
        let Some(next) = self.next.take() else { return self.clone() };
        std::mem::replace(self, *next)
    }
}
