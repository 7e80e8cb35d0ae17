//! One place with one set of credentials, and the exchanges that it allows.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use snowflake_transport::BoxFuture;

use super::failure::Failure;
use crate::store::content::Content;
use crate::store::contract::{Mode, Object};
use crate::store::metadata::Metadata;

/// What one exchange came to.
pub(super) type Outcome<'a, T> = BoxFuture<'a, Result<T, Failure>>;

/// Speaks to one place with one set of credentials. Keys are whole: they begin with the stage's prefix.
///
/// What is lost on the way is repeated here; refusals are passed on.
pub(super) trait Client: fmt::Debug + Send + Sync {
    /// What lies at a key. That nothing does is a refusal.
    fn head<'a>(&'a self, key: &'a str) -> Outcome<'a, Object>;

    /// Writes an object as a whole. That one exists already is a refusal.
    fn put<'a>(
        &'a self,
        key: &'a str,
        content: &'a Content,
        metadata: &'a Metadata,
        mode: Mode,
    ) -> Outcome<'a, ()>;

    /// Reads the bytes of a range, or fewer where the object ends; without one, an object that is known to be
    /// empty. The size is that of the whole object, the pieces are those that arrived.
    fn read<'a>(&'a self, key: &'a str, range: Option<Range<u64>>) -> Outcome<'a, (Object, Vec<Bytes>)>;

    /// The exchanges for objects in parts, if this place has any.
    fn pieces(&self) -> Option<&dyn Pieces>;
}

/// The exchanges for objects in parts.
pub(super) trait Pieces: Send + Sync {
    /// Begins an object, and gives it a name among those that are under way.
    fn create<'a>(&'a self, key: &'a str, metadata: &'a Metadata) -> Outcome<'a, String>;

    /// Writes a part, and gives what it is called in the list of parts.
    fn piece<'a>(&'a self, key: &'a str, upload: &'a str, number: usize, bytes: Bytes)
    -> Outcome<'a, String>;

    /// Makes the object of its parts.
    fn complete<'a>(
        &'a self,
        key: &'a str,
        upload: &'a str,
        pieces: Vec<String>,
        metadata: &'a Metadata,
        mode: Mode,
    ) -> Outcome<'a, ()>;

    /// Takes the parts away.
    fn abort<'a>(&'a self, key: &'a str, upload: &'a str) -> Outcome<'a, ()>;
}
