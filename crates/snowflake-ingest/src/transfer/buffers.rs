//! Large buffers that are used again.
//!
//! An allocator keeps what is given back to it, for each thread by itself: uploads that take a fresh buffer for each
//! part would hold several times what they have under way.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// Buffers that nobody uses just now. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

/// A buffer that goes back when the last of its readers is gone.
struct Lent {
    content: Vec<u8>,
    home: Buffers,
}

impl Buffers {
    /// An empty buffer.
    pub(super) fn take(&self) -> Vec<u8> {
        let mut buffer = self.lock().pop().unwrap_or_default();
        buffer.clear();
        buffer
    }

    /// What a buffer holds, to be read by anybody for as long as need be.
    pub(super) fn lend(&self, content: Vec<u8>) -> Bytes {
        Bytes::from_owner(Lent { content, home: self.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.content
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.home.lock().push(std::mem::take(&mut self.content));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l10_a_buffer_is_used_again_when_its_last_reader_is_gone() {
        let buffers = Buffers::default();
        let mut first = buffers.take();
        first.extend_from_slice(b"content");
        let place = first.as_ptr();
        let lent = buffers.lend(first);
        let slice = lent.slice(2..4);
        drop(lent);
        assert!(buffers.take().capacity() == 0, "somebody still reads it");
        assert_eq!(slice, "nt");
        drop(slice);
        let again = buffers.take();
        assert_eq!((again.as_ptr(), again.len()), (place, 0));
    }
}
