//! How a recording is replayed.

/// How a [`Replay`](super::Replay) answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplayOptions {
    pub(crate) repeat: Repeat,
    pub(crate) speed: Speed,
}

/// What becomes of a statement that is submitted more often than it was recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Repeat {
    /// It fails: the program does something that it did not do when it was recorded.
    #[default]
    Never,
    /// It is answered as the last time.
    Last,
}

/// How long answers take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speed {
    /// They come at once.
    #[default]
    Full,
    /// They take as long as they took when they were recorded, in tokio's time.
    Recorded,
}

impl ReplayOptions {
    /// Chooses what becomes of a statement that is submitted more often than it was recorded.
    #[must_use]
    pub fn with_repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = repeat;
        self
    }

    /// Chooses how long answers take.
    #[must_use]
    pub fn with_speed(mut self, speed: Speed) -> Self {
        self.speed = speed;
        self
    }
}
