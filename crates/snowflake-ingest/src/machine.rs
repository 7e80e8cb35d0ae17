//! What a transfer may use of the machine that it runs on.

use std::path::PathBuf;

/// Whether a server may name a folder of this machine as its stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalStages {
    /// The server is on this machine: it may.
    Allowed,
    /// The server is elsewhere: it may not.
    Refused,
}

/// What a transfer may use of the machine that it runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    pub(crate) local_stages: LocalStages,
    pub(crate) home: Option<PathBuf>,
}

impl Machine {
    /// A machine without a home folder.
    #[must_use]
    pub fn new(local_stages: LocalStages) -> Self {
        Self { local_stages, home: None }
    }

    /// The folder that `~` stands for, at the beginning of a pattern for local files.
    #[must_use]
    pub fn with_home(mut self, home: Option<PathBuf>) -> Self {
        self.home = home;
        self
    }
}
