//! Reading one object: as a whole, or a large one in ranges at a time, in order and within limits.

use std::ops::Range;

use bytes::Bytes;
use futures::stream::{self, BoxStream, Stream, StreamExt as _, TryStreamExt as _};
use snafu::ensure;

use super::budget::{Budget, Grant};
use super::fault::ReplacedSnafu;
use super::progress::Tally;
use crate::error::{Error, Result};
use crate::store::{Download, Object, Store};

/// Objects up to this size are read in one go.
const WHOLE: u64 = 16 << 20;

/// The size of a range, in bytes.
const RANGE: u64 = 8 << 20;

/// How much of an object that is read in one go is gathered before it is passed on.
const GATHER: usize = 512 << 10;

/// No more ranges of one object than this are read at a time.
const MOST: usize = 16;

/// What comes next of an object, with the memory that it takes.
type Piece = (Vec<Bytes>, Option<Grant>);

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
        let Download { object, body } = self.store.get(key, None).await?;
        if object.size <= WHOLE {
            let pieces = gather(body).inspect_ok(move |(pieces, _)| self.tally.read(length(pieces)));
            return Ok((object, pieces.boxed()));
        }
        // Several connections are faster than one: this one has told what there is to know.
        drop(body);
        let (size, whole) = (object.size, object.clone());
        let starts = (0..size.div_ceil(RANGE)).map(move |index| index * RANGE);
        let ranges = starts.map(move |start| start..size.min(start + RANGE));
        let pieces = stream::iter(ranges)
            .map(move |range| self.range(key, range, whole.clone()))
            .buffered(self.parallel.clamp(1, MOST));
        Ok((object, pieces.boxed()))
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
        Ok((pieces, Some(held)))
    }
}

/// Joins small pieces to ones that are worth passing on.
fn gather(body: BoxStream<'static, Result<Bytes>>) -> impl Stream<Item = Result<Piece>> {
    stream::try_unfold(body, async |mut body| {
        let (mut pieces, mut size) = (Vec::new(), 0);
        while size < GATHER
            && let Some(piece) = body.try_next().await?
        {
            size += piece.len();
            pieces.push(piece);
        }
        Ok::<_, Error>((!pieces.is_empty()).then_some(((pieces, None), body)))
    })
}

fn length(pieces: &[Bytes]) -> u64 {
    pieces.iter().map(|piece| piece.len() as u64).sum()
}
