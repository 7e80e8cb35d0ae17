//! Reading one object: a small one in one go, a large one in several ranges at a time, in order and within limits.

use std::ops::Range;

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use snafu::ensure;

use super::budget::{Budget, Grant};
use super::fault::ReplacedSnafu;
use super::progress::Tally;
use crate::error::Result;
use crate::store::{Download, Object, Store};

/// How much of an object is asked for first, in bytes: all of a small one, and what tells that it is large.
const FIRST: u64 = 1 << 20;

/// The size of further ranges, in bytes: small ones first, because nothing can be written before the first of those
/// that are read at the same time is whole.
const RANGE: std::ops::RangeInclusive<u64> = 2 << 20..=8 << 20;

/// A range is this part of what goes before it, as far as the sizes above allow.
const GROWTH: u64 = 4;

/// No more ranges of one object than this are read at a time.
const MOST: usize = 16;

/// What comes next of an object, with the memory that it takes.
pub(super) type Piece = (Vec<Bytes>, Grant);

/// Where and how objects are read.
#[derive(Clone, Copy)]
pub(super) struct Fetching<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) parallel: usize,
    pub(super) budget: &'a Budget,
    pub(super) tally: &'a Tally,
}

impl<'a> Fetching<'a> {
    /// What an object is, and its bytes in their order.
    pub(super) async fn run(self, key: &'a str) -> Result<(Object, BoxStream<'a, Result<Piece>>)> {
        let held = self.budget.take(FIRST).await;
        let Download { object, body } = self.store.get(key, Some(0..FIRST)).await?;
        let pieces: Vec<Bytes> = body.try_collect().await?;
        let got = length(&pieces);
        ensure!(got == object.size.min(FIRST), ReplacedSnafu { file: key });
        self.tally.read(got);
        let first = stream::once(async move { Ok((pieces, held)) });
        let (size, whole) = (object.size, object.clone());
        let rest = stream::iter(ranges(size))
            .map(move |range| self.range(key, range, whole.clone()))
            .buffered(self.parallel.clamp(1, MOST));
        Ok((object, first.chain(rest).boxed()))
    }

    async fn range(self, key: &str, range: Range<u64>, whole: Object) -> Result<Piece> {
        let wanted = range.end - range.start;
        let held = self.budget.take(wanted).await;
        let Download { object, body } = self.store.get(key, Some(range)).await?;
        let is_same = (object.size, &object.etag) == (whole.size, &whole.etag);
        ensure!(is_same && object.metadata == whole.metadata, ReplacedSnafu { file: key });
        let pieces: Vec<Bytes> = body.try_collect().await?;
        ensure!(length(&pieces) == wanted, ReplacedSnafu { file: key });
        self.tally.read(wanted);
        Ok((pieces, held))
    }
}

/// What is left of an object of this size after its first range.
fn ranges(size: u64) -> impl Iterator<Item = Range<u64>> + Send {
    let range = move |start: u64| {
        let length = (start / GROWTH).clamp(*RANGE.start(), *RANGE.end());
        (start < size).then(|| start..size.min(start + length))
    };
    std::iter::successors(range(FIRST), move |before| range(before.end))
}

fn length(pieces: &[Bytes]) -> u64 {
    pieces.iter().map(|piece| piece.len() as u64).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ranges_follow_each_other_to_the_end_and_none_is_larger_than_the_largest(size in 0_u64..1 << 40) {
            let mut end = FIRST.min(size);
            for range in ranges(size).take(5000) {
                prop_assert_eq!(range.start, end);
                let length = range.end - range.start;
                prop_assert!(length > 0 && length <= *RANGE.end());
                prop_assert!(length >= *RANGE.start() || range.end == size);
                end = range.end;
            }
            prop_assert!(end == size || end > size.min(4000 * *RANGE.end()));
        }
    }
}
