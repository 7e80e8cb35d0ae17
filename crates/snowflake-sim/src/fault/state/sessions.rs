//! The numbers of sessions, in the order in which their tokens were first seen.

use std::collections::HashMap;

/// Which session a token belongs to.
#[derive(Default)]
pub(super) struct Sessions {
    numbers: HashMap<String, usize>,
    seen: usize,
}

impl Sessions {
    /// The number of the session of a token; a token that is not known begins the next one.
    pub(super) fn number(&mut self, token: &str) -> usize {
        if let Some(number) = self.numbers.get(token) {
            return *number;
        }
        self.seen += 1;
        self.numbers.insert(token.to_owned(), self.seen);
        self.seen
    }

    /// Gives the number of a token to the one that replaces it.
    pub(super) fn renewed(&mut self, old: &str, new: &str) {
        let number = self.number(old);
        self.numbers.insert(new.to_owned(), number);
    }
}
