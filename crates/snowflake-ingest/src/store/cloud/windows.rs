//! Reading an object piece by piece: each piece is asked for by its range, and again if it does not arrive.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::failure::Failure;
use super::refusal::Meaning;
use super::store::{Reach, failed};
use crate::error::Result;
use crate::store::contract::{Download, Object};

/// How much is asked for at once, in bytes.
const WINDOW: u64 = 8 << 20;

/// How many pieces of one object are under way at a time, so that the line is busy while one is used.
const AHEAD: usize = 2;

/// Reads an object, or a range of it.
pub(super) async fn download(reach: Arc<Reach>, key: &str, range: Option<Range<u64>>) -> Result<Download> {
    let (start, end) = range.as_ref().map_or((0, u64::MAX), |range| (range.start, range.end));
    let first = start..end.min(start.saturating_add(WINDOW)).max(start.saturating_add(1));
    let (object, bytes) = match reach.read(key, Some(first.clone())).await? {
        Ok(found) => found,
        // An empty object has no first byte.
        Err(failure) if start == 0 && reach.meaning(&failure) == Meaning::Behind => {
            reach.read(key, None).await?.map_err(|failure| failed(key, failure))?
        }
        Err(failure) => return Err(failed(key, failure)),
    };
    let bytes = whole(first.clone(), &object, bytes).map_err(|failure| failed(key, failure))?;
    let bytes = if start < end { bytes } else { Vec::new() };
    let rest = pieces(first.end..end.min(object.size));
    let (key, expected) = (Arc::<str>::from(key), object.clone());
    let rest = stream::iter(rest)
        .map(move |piece| next(Arc::clone(&reach), Arc::clone(&key), piece, expected.clone()))
        .buffered(AHEAD)
        .map_ok(|pieces| stream::iter(pieces.into_iter().map(Ok)))
        .try_flatten();
    Ok(Download { object, body: stream::iter(bytes.into_iter().map(Ok)).chain(rest).boxed() })
}

async fn next(reach: Arc<Reach>, key: Arc<str>, piece: Range<u64>, expected: Object) -> Result<Vec<Bytes>> {
    let read = reach.read(&key, Some(piece.clone())).await?;
    let checked = read.and_then(|(object, bytes)| {
        if object.etag != expected.etag || object.size != expected.size {
            return Err(Failure::Changed);
        }
        whole(piece, &object, bytes)
    });
    checked.map_err(|failure| failed(&key, failure))
}

/// The bytes, if they are as many as the object has in this range.
fn whole(range: Range<u64>, object: &Object, bytes: Vec<Bytes>) -> Result<Vec<Bytes>, Failure> {
    let expected = range.end.min(object.size).saturating_sub(range.start);
    if bytes.iter().map(|piece| piece.len() as u64).sum::<u64>() == expected {
        Ok(bytes)
    } else {
        Err(Failure::Strange("it has not as many bytes as it says"))
    }
}

fn pieces(range: Range<u64>) -> impl Iterator<Item = Range<u64>> + Send {
    let step = usize::try_from(WINDOW).unwrap_or(usize::MAX);
    range.clone().step_by(step).map(move |start| start..range.end.min(start.saturating_add(WINDOW)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_follow_each_other_to_the_end() {
        let all: Vec<_> = pieces(5..WINDOW * 2 + 6).collect();
        assert_eq!(all, [5..WINDOW + 5, WINDOW + 5..WINDOW * 2 + 5, WINDOW * 2 + 5..WINDOW * 2 + 6]);
        assert_eq!(pieces(WINDOW..WINDOW).count(), 0);
    }

    #[test]
    fn a_piece_with_too_few_or_too_many_bytes_is_refused() {
        let object = Object { size: 10, ..Object::default() };
        for (range, length, fits) in [(0..4, 4, true), (0..4, 3, false), (8..12, 2, true), (8..12, 4, false)]
        {
            let bytes = vec![Bytes::from(vec![0; length])];
            assert_eq!(whole(range, &object, bytes).is_ok(), fits);
        }
    }
}
