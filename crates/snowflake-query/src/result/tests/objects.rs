//! A storage whose parts are objects of which one can ask for a range, in front of which faults can be put.

use std::sync::Arc;

use bytes::Bytes;
use snowflake_sim::{Expect, Fault, Reply, Script, Seen};
use snowflake_transport::Transport;

use super::storage::{answer, fetcher, options, part_bytes};
use crate::error::Error;
use crate::result::{ResultSet, Rows};

/// An object with the mark that tells it from others.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) bytes: Bytes,
    pub(super) mark: Vec<(&'static str, &'static str)>,
}

impl Object {
    /// Part `index` with a strong tag.
    pub(super) fn part(index: usize) -> Self {
        Self { bytes: part_bytes(index), mark: vec![("etag", "\"first\"")] }
    }

    pub(super) fn marked(self, mark: &[(&'static str, &'static str)]) -> Self {
        Self { mark: mark.to_vec(), ..self }
    }

    /// What a storage that knows ranges answers.
    pub(super) fn reply(&self, seen: &Seen) -> Reply {
        let same = self.mark.iter().any(|(_, mark)| seen.header("if-range") == Some(mark));
        match start_of_range(seen).filter(|_| same) {
            None => self.whole(),
            Some(start) => self.rest(start, &content_range(start, self.bytes.len())),
        }
    }

    pub(super) fn whole(&self) -> Reply {
        self.described(Reply::bytes(self.bytes.clone()))
            .with_header("content-length", self.bytes.len().to_string())
    }

    pub(super) fn rest(&self, start: usize, range: &str) -> Reply {
        self.described(Reply::bytes(self.bytes.slice(start..)))
            .with_status(206)
            .with_header("content-range", range)
    }

    fn described(&self, reply: Reply) -> Reply {
        self.mark.iter().fold(reply, |reply, (name, value)| reply.with_header(*name, *value))
    }
}

pub(super) fn content_range(start: usize, size: usize) -> String {
    format!("bytes {start}-{}/{size}", size - 1)
}

/// From where on a request wants its object.
pub(super) fn start_of_range(seen: &Seen) -> Option<usize> {
    seen.header("range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
}

/// A storage with three parts, the middle one of which is answered for like this.
pub(super) fn with_middle(reply: impl FnMut(&Seen) -> Reply + Send + Sync + 'static) -> Arc<Fault<Script>> {
    let part = |index| {
        Expect::get(format!("/{index}")).any_times().reply_with(move |seen| Object::part(index).reply(seen))
    };
    let script = Script::new().in_any_order().expect(part(0)).expect(part(2));
    Arc::new(Fault::new(script.expect(Expect::get("/1").any_times().reply_with(reply))))
}

/// The requests for the middle part.
pub(super) fn asked(storage: &Fault<Script>) -> Vec<Seen> {
    storage.inner().requests().into_iter().filter(|seen| seen.path() == "/1").collect()
}

/// Where each of the requests for the middle part begins.
pub(super) fn starts(storage: &Fault<Script>) -> Vec<Option<usize>> {
    asked(storage).iter().map(start_of_range).collect()
}

/// The result of the three parts.
pub(super) async fn read<T: Transport + 'static>(storage: &Arc<T>) -> Result<Rows, Error> {
    ResultSet::open(answer(3), fetcher(storage), options(), None).await?.collect().await
}

/// The numbers in the first column.
pub(super) async fn ids<T: Transport + 'static>(storage: &Arc<T>) -> Vec<i64> {
    read(storage).await.unwrap().iter().map(|row| row.get(0).unwrap()).collect()
}
