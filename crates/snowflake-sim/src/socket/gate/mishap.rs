//! What befalls connections, and which.

use std::time::Duration;

/// Something that goes wrong with the connections of a [`Gate`](super::Gate).
///
/// It befalls every connection that comes after it was added, unless [`Mishap::nth`] and
/// [`Mishap::times`] say which. Bytes are those of answers, unless [`Mishap::in_requests`] says
/// otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mishap {
    verb: Verb,
    way: Way,
    skip: usize,
    times: Option<usize>,
    seen: usize,
    hits: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Reset,
    Delay(Duration),
    Drip(u32),
    Slice(usize),
    End(u64, End),
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Requests,
    Answers,
}

/// How a way ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Reset,
    Fin,
    Stall,
}

/// All that befalls one connection.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Course {
    pub(super) reset: bool,
    pub(super) delay: Option<Duration>,
    pub(super) requests: Bend,
    pub(super) answers: Bend,
}

/// What befalls the bytes that go one way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bend {
    /// Bytes a second.
    pub(super) rate: Option<u32>,
    /// The most bytes of one write.
    pub(super) slice: Option<usize>,
    /// What happens in place of the byte after so many.
    pub(super) end: Option<(u64, End)>,
}

impl Mishap {
    /// Resets connections as soon as they come: as good as refused.
    pub fn reset() -> Self {
        Self::new(Verb::Reset)
    }

    /// Takes connections and whatever clients send, passes nothing on and says nothing.
    pub fn stall() -> Self {
        Self::stall_after(0).in_requests()
    }

    /// Keeps connections waiting so long before the first byte is passed on.
    pub fn delay(by: Duration) -> Self {
        Self::new(Verb::Delay(by))
    }

    /// Passes so many bytes a second, at least one.
    pub fn drip(bytes_per_second: u32) -> Self {
        Self::new(Verb::Drip(bytes_per_second.max(1)))
    }

    /// Passes at most so many bytes in one write, at least one.
    pub fn slice(bytes: usize) -> Self {
        Self::new(Verb::Slice(bytes.max(1)))
    }

    /// Lets so many bytes pass, and resets the connection in place of the next one.
    ///
    /// With 0 the first byte of an answer breaks the connection: the server has acted, and nobody hears
    /// of it.
    pub fn reset_after(bytes: u64) -> Self {
        Self::new(Verb::End(bytes, End::Reset))
    }

    /// Lets so many bytes pass, and closes this way in order in place of the next one; what else comes
    /// is dropped.
    pub fn fin_after(bytes: u64) -> Self {
        Self::new(Verb::End(bytes, End::Fin))
    }

    /// Lets so many bytes pass, and holds back whatever comes after them.
    pub fn stall_after(bytes: u64) -> Self {
        Self::new(Verb::End(bytes, End::Stall))
    }

    /// Counts, slows or slices the bytes of requests instead of those of answers.
    #[must_use]
    pub fn in_requests(mut self) -> Self {
        self.way = Way::Requests;
        self
    }

    /// Begins with the nth connection from now; the first is 1.
    #[must_use]
    pub fn nth(mut self, n: usize) -> Self {
        self.skip = n.saturating_sub(1);
        self
    }

    /// Ends after so many connections.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    fn new(verb: Verb) -> Self {
        Self { verb, way: Way::Answers, skip: 0, times: None, seen: 0, hits: 0 }
    }

    /// Adds to what befalls the connection that has just come, if it is this mishap's turn.
    pub(super) fn befall(&mut self, course: &mut Course) {
        self.seen += 1;
        if self.seen <= self.skip || self.times.is_some_and(|times| self.hits >= times) {
            return;
        }
        self.hits += 1;
        let bend = match self.way {
            Way::Requests => &mut course.requests,
            Way::Answers => &mut course.answers,
        };
        match self.verb {
            Verb::Reset => course.reset = true,
            Verb::Delay(by) => course.delay = Some(by),
            Verb::Drip(rate) => bend.rate = Some(rate),
            Verb::Slice(bytes) => bend.slice = Some(bytes),
            Verb::End(after, end) => bend.end = Some((after, end)),
        }
    }
}
