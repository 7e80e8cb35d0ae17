//! The bytes of an object: the pieces in which they arrived, which are never copied to keep them.

use std::ops::Range;

use bytes::{Bytes, BytesMut};

/// Bytes in pieces.
#[derive(Clone, Default)]
pub(super) struct Content {
    pieces: Vec<Bytes>,
    len: usize,
}

impl Content {
    /// Adds a piece at the end.
    pub(super) fn push(&mut self, piece: Bytes) {
        if !piece.is_empty() {
            self.len += piece.len();
            self.pieces.push(piece);
        }
    }

    /// Adds everything at the end, and says where it lies now.
    pub(super) fn append(&mut self, other: &Self) -> Range<usize> {
        let start = self.len;
        other.pieces.iter().for_each(|piece| self.push(piece.clone()));
        start..self.len
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn pieces(&self) -> &[Bytes] {
        &self.pieces
    }

    /// Some of the bytes; what lies beyond the end is left out.
    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        let mut slice = Self::default();
        let mut at = 0;
        for piece in &self.pieces {
            let start = range.start.clamp(at, at + piece.len()) - at;
            let end = range.end.clamp(at, at + piece.len()) - at;
            if start < end {
                slice.push(piece.slice(start..end));
            }
            at += piece.len();
        }
        slice
    }

    /// The bytes in one piece: a copy, unless they are one already.
    pub(super) fn to_bytes(&self) -> Bytes {
        match self.pieces.as_slice() {
            [] => Bytes::new(),
            [piece] => piece.clone(),
            pieces => {
                let mut joined = BytesMut::with_capacity(self.len);
                pieces.iter().for_each(|piece| joined.extend_from_slice(piece));
                joined.freeze()
            }
        }
    }

    /// Keeps the bytes in one piece from now on.
    pub(super) fn join(&mut self) {
        if self.pieces.len() > 1 {
            *self = self.to_bytes().into();
        }
    }
}

impl From<Bytes> for Content {
    fn from(piece: Bytes) -> Self {
        let mut content = Self::default();
        content.push(piece);
        content
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::{Just, ProptestConfig, Strategy as _, any, proptest};

    use super::Content;

    fn of(pieces: &[Vec<u8>]) -> Content {
        let mut content = Content::default();
        pieces.iter().for_each(|piece| content.push(Bytes::copy_from_slice(piece)));
        content
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_slice_is_the_same_whatever_the_pieces(
            (pieces, start, end) in proptest::collection::vec(any::<Vec<u8>>(), 0..4).prop_flat_map(|pieces| {
                let len = pieces.iter().map(Vec::len).sum::<usize>();
                (Just(pieces), 0..=len, 0..=len + 2)
            })
        ) {
            let whole = pieces.concat();
            let content = of(&pieces);
            assert_eq!((content.len(), content.to_bytes()), (whole.len(), Bytes::from(whole.clone())));
            let expected = whole.get(start..end.min(whole.len())).unwrap_or_default();
            assert_eq!(content.slice(start..end).to_bytes(), expected);
        }
    }

    #[test]
    fn a_slice_within_a_piece_is_no_copy() {
        let piece = Bytes::from(vec![7; 100]);
        let content = of(&[vec![1, 2]]);
        let mut content = content.slice(0..2);
        content.push(piece.clone());
        let slice = content.slice(12..20).to_bytes();
        assert_eq!(slice.as_ptr(), piece.slice(10..18).as_ptr());
    }
}
