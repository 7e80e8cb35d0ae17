//! Rows reduced to a number each, so that long results can be compared in their order.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The fingerprint of a row whose cells have these texts; `None` is NULL.
pub(crate) fn row_fingerprint<C: AsRef<str>>(cells: impl IntoIterator<Item = Option<C>>) -> u64 {
    // Its keys are fixed: the same row has the same fingerprint for as long as the process lives.
    let mut hasher = DefaultHasher::new();
    for cell in cells {
        cell.as_ref().map(AsRef::as_ref).hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::row_fingerprint;

    #[test]
    fn cells_and_nulls_are_told_apart() {
        let rows: [&[Option<&str>]; 6] =
            [&[], &[None], &[Some("")], &[Some("ab")], &[Some("a"), Some("b")], &[Some("b"), Some("a")]];
        let prints: std::collections::BTreeSet<u64> =
            rows.iter().map(|row| row_fingerprint(row.iter().copied())).collect();
        assert_eq!(prints.len(), rows.len());
        assert_eq!(row_fingerprint([Some("a")]), row_fingerprint([Some("a".to_owned())]));
    }
}
