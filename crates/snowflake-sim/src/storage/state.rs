//! What the store holds.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use snowflake_transport::{Clock, Entropy};

use super::content::Content;
use super::description::Description;
use super::issued::Issued;
use super::object::{Blocks, Object};
use super::served::Log;
use super::uploads::Uploads;

/// What all handles of a store share.
pub(super) struct Shared {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    state: Mutex<State>,
}

/// What changes. Holds secrets and data: never shown.
#[derive(Default)]
pub(super) struct State {
    pub(super) objects: BTreeMap<String, Object>,
    pub(super) uploads: Uploads,
    pub(super) issued: Issued,
    pub(super) log: Log,
    /// The region that S3's requests must be signed for; any unless set.
    pub(super) region: Option<String>,
    generation: u64,
}

impl Shared {
    pub(super) fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy, state: Mutex::default() }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an object, and says what its tag is now.
    pub(super) fn write(
        &self,
        state: &mut State,
        key: &str,
        content: Content,
        description: Description,
        blocks: Blocks,
    ) -> String {
        let (generation, etag) = state.next();
        let modified = self.clock.wall();
        let (key, tag) = (key.to_owned(), etag.clone());
        let object = Object { key: key.clone(), content, description, generation, etag, modified, blocks };
        state.objects.insert(key, object);
        tag
    }
}

impl State {
    /// A number that was not used yet, and the tag made of it.
    pub(super) fn next(&mut self) -> (u64, String) {
        self.generation += 1;
        (self.generation, format!("\"{:032x}\"", self.generation))
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Storage")
            .field("objects", &state.objects.len())
            .field("unfinished", &state.uploads.unfinished().len())
            .finish_non_exhaustive()
    }
}
