//! What the store was asked to do, for tests that count.

use std::collections::VecDeque;

use http::StatusCode;

use super::credentials::Cloud;

/// How many requests are remembered.
const REMEMBERED: usize = 65_536;

/// What a request wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Operation {
    /// To write an object in one request.
    Put,
    /// To read an object or a range of it.
    Get,
    /// To learn about an object.
    Head,
    /// To remove an object.
    Delete,
    /// To list objects.
    List,
    /// To begin an object in parts.
    Begin,
    /// To write a part or block.
    Part,
    /// To make an object of its parts.
    Complete,
    /// To forget the parts.
    Abort,
    /// To learn something about the bucket.
    Probe,
    /// Something that the store does not do.
    Other,
}

/// One request and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Served {
    /// Whose dialect it spoke.
    pub cloud: Cloud,
    /// What it wanted.
    pub operation: Operation,
    /// The object's key.
    pub key: String,
    /// The number of the part, the id of the block, or the `first-last` bytes of a resumable upload.
    pub part: Option<String>,
    /// The bytes that it brought.
    pub sent: usize,
    /// How it was answered.
    pub status: StatusCode,
}

impl Served {
    /// Whether it was answered as it wished: any status below 400.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.status.as_u16() < 400
    }
}

/// The last requests, oldest first.
#[derive(Default)]
pub(super) struct Log(VecDeque<Served>);

impl Log {
    pub(super) fn push(&mut self, served: Served) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(served);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Served> {
        self.0.iter()
    }
}
