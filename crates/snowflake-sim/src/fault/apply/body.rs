//! Bodies that end early, arrive slowly or in small pieces, or hold wrong bits.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, StreamExt as _};
use snowflake_transport::{Body, Delivery, Entropy as _, Error, ErrorKind};

use super::super::verb::Cut;
use crate::SeededEntropy;

/// How many pieces a second has, at most, when a body drips.
const PIECES_PER_SECOND: u32 = 10;

/// The first bytes of a body, and the end that is wanted.
pub(super) fn cut(body: &Bytes, after: usize, how: Cut) -> Body {
    let kept = body.slice(..after.min(body.len()));
    let end = match how {
        Cut::Clean => return kept.into(),
        Cut::Stall => stream::pending().boxed(),
        Cut::Short => failing(ErrorKind::Truncated, "the body was cut").boxed(),
        Cut::Reset => failing(ErrorKind::Reset, "reset in the body").boxed(),
    };
    Body::from_stream(stream::iter([Ok(kept)]).chain(end))
}

/// Nothing but an error in the place of the (rest of the) body.
pub(super) fn failing(
    kind: ErrorKind,
    cause: &'static str,
) -> impl futures::Stream<Item = Result<Bytes, Error>> + Send {
    stream::iter([Err(Error::reported(kind, Delivery::MaybeSent, cause))])
}

/// The body at so many bytes per second.
pub(super) fn drip(body: Body, per_second: u32) -> Body {
    let per_second = per_second.max(1);
    let piece = (per_second / PIECES_PER_SECOND).max(1);
    let pause = Duration::from_secs(1).saturating_mul(piece) / per_second;
    paced(body, usize::try_from(piece).unwrap_or(usize::MAX), pause)
}

/// The body in pieces of at most so many bytes.
pub(super) fn slice(body: Body, at_most: usize) -> Body {
    paced(body, at_most.max(1), Duration::ZERO)
}

fn paced(body: Body, at_most: usize, pause: Duration) -> Body {
    Body::from_stream(stream::unfold((body, Bytes::new()), move |(mut body, mut rest)| async move {
        while rest.is_empty() {
            match body.next().await? {
                Ok(bytes) => rest = bytes,
                Err(error) => return Some((Err(error), (body, rest))),
            }
        }
        let piece = rest.split_to(at_most.min(rest.len()));
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        Some((Ok(piece), (body, rest)))
    }))
}

/// The bytes with some bits flipped; bits beyond the end are none.
pub(super) fn flip(body: Bytes, bits: impl IntoIterator<Item = usize>) -> Bytes {
    let mut bytes = BytesMut::from(body);
    for bit in bits {
        if let Some(byte) = bytes.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
    }
    bytes.freeze()
}

/// Different bits of so many bytes, chosen by a seed.
pub(super) fn seeded_bits(bytes: usize, count: usize, seed: u64) -> BTreeSet<usize> {
    let all = bytes.saturating_mul(8);
    let entropy = SeededEntropy::new(seed);
    let mut bits = BTreeSet::new();
    while bits.len() < count.min(all) {
        // The remainder is below a `usize`, and the same whatever the width of that is here.
        let bit = entropy.u64() % u64::try_from(all).unwrap_or(u64::MAX);
        bits.extend(usize::try_from(bit).ok());
    }
    bits
}
