//! A transport that answers from a recording alone.

mod folders;
mod login;
mod missing;
mod options;
mod player;
mod served;
mod transport;
mod unused;

pub use missing::NotRecorded;
pub use options::{Repeat, ReplayOptions, Speed};
pub use transport::Replay;
pub use unused::Unused;

pub(crate) use player::Player;
pub(crate) use served::Served;

/// The method under which the files of a stage's folder are kept.
pub(crate) const FILE: &str = "FILE";

/// Where a replay serves the parts of results: a host that never resolves.
const PARTS: &str = "https://recording.invalid/parts";

/// The address of a part of the result with this key.
pub(crate) fn part_address(key: &str, part: usize) -> String {
    format!("{PARTS}/{key}/{part}")
}

#[cfg(test)]
mod tests;
