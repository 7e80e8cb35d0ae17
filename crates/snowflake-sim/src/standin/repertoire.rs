//! The answers that a test prepared.

use std::fmt;

use snowflake_proto::sql::{Literals, normalize};

use super::{Answer, Asked};

/// The answers that a test prepared, in the order in which they are tried.
#[derive(Default)]
pub(super) struct Repertoire(Vec<Prepared>);

enum Prepared {
    Text(String, Answer),
    Beginning(String, Answer),
    Any(Compute),
}

type Compute = Box<dyn FnMut(&Asked) -> Option<Answer> + Send>;

impl Repertoire {
    pub(super) fn text(&mut self, sql: &str, answer: Answer) {
        self.0.push(Prepared::Text(normalized(sql), answer));
    }

    pub(super) fn beginning(&mut self, sql: &str, answer: Answer) {
        self.0.push(Prepared::Beginning(normalized(sql), answer));
    }

    pub(super) fn any(&mut self, compute: Compute) {
        self.0.push(Prepared::Any(compute));
    }

    /// Whether exactly this text was prepared.
    pub(super) fn names(&self, sql: &str) -> bool {
        let asked = normalized(sql);
        self.0.iter().any(|prepared| matches!(prepared, Prepared::Text(text, _) if *text == asked))
    }

    /// The first answer that there is.
    pub(super) fn find(&mut self, asked: &Asked) -> Option<Answer> {
        self.0.iter_mut().find_map(|prepared| match prepared {
            Prepared::Text(text, answer) => (*text == asked.normalized).then(|| answer.turn()),
            Prepared::Beginning(text, answer) => {
                asked.normalized.starts_with(text.as_str()).then(|| answer.turn())
            }
            Prepared::Any(compute) => compute(asked),
        })
    }
}

/// One form for all spellings of a statement.
pub(super) fn normalized(sql: &str) -> String {
    normalize(sql, Literals::Keep)
}

impl fmt::Debug for Repertoire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Repertoire({} answers)", self.0.len())
    }
}
