//! Ranges of bytes in headers.

use std::ops::Range;

/// What a `Range` header asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Everything: there is no range, or none that is understood.
    All,
    /// These bytes, of which there is at least one.
    Some(Range<usize>),
    /// Bytes that are not there.
    Beyond,
}

/// What a `Range` header asks of so many bytes.
pub(super) fn asked(header: Option<&str>, size: usize) -> Asked {
    let Some((first, last)) = header.and_then(|header| header.trim().strip_prefix("bytes=")?.split_once('-'))
    else {
        return Asked::All;
    };
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Some(first), None) if last.trim().is_empty() => first..size,
        (None, Some(last)) if first.trim().is_empty() => size.saturating_sub(last)..size,
        _ => return Asked::All,
    };
    if range.is_empty() { Asked::Beyond } else { Asked::Some(range) }
}

/// What the `Content-Range` of a piece of an upload says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where the piece lies; `None` asks how much has arrived.
    pub(super) range: Option<Range<usize>>,
    /// The length of everything, once it is known.
    pub(super) total: Option<usize>,
}

/// Reads a `Content-Range` such as `bytes 0-524287/1048576`, `bytes 0-524287/*` or `bytes */1048576`.
pub(super) fn piece(header: &str) -> Option<Piece> {
    let (range, total) = header.trim().strip_prefix("bytes")?.trim_start().split_once('/')?;
    let total = if total == "*" { None } else { Some(number(total)?) };
    if range == "*" {
        return Some(Piece { range: None, total });
    }
    let (first, last) = range.split_once('-')?;
    let range = number(first)?..number(last)?.checked_add(1)?;
    let fits = range.start < range.end && total.is_none_or(|total| range.end <= total);
    fits.then_some(Piece { range: Some(range), total })
}

fn number(text: &str) -> Option<usize> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Asked, Piece, asked, piece};

    #[test]
    fn ranges_are_cut_to_what_is_there() {
        for (header, expected) in [
            ("bytes=0-0", Asked::Some(0..1)),
            ("bytes=2-5", Asked::Some(2..6)),
            ("bytes=2-500", Asked::Some(2..10)),
            ("bytes=9-", Asked::Some(9..10)),
            ("bytes=-3", Asked::Some(7..10)),
            ("bytes=-30", Asked::Some(0..10)),
            ("bytes=10-", Asked::Beyond),
            ("bytes=10-20", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=5-2", Asked::All),
            ("bytes=0-1,4-5", Asked::All),
            ("items=0-1", Asked::All),
            ("bytes=x-", Asked::All),
        ] {
            assert_eq!(asked(Some(header), 10), expected, "{header}");
        }
        assert_eq!(asked(None, 10), Asked::All);
        assert_eq!(asked(Some("bytes=0-"), 0), Asked::Beyond);
    }

    #[test]
    fn pieces_of_uploads_say_where_they_lie() {
        let of = |range, total| Some(Piece { range, total });
        assert_eq!(piece("bytes 0-3/8"), of(Some(0..4), Some(8)));
        assert_eq!(piece("bytes 4-7/*"), of(Some(4..8), None));
        assert_eq!(piece("bytes */8"), of(None, Some(8)));
        assert_eq!(piece("bytes */*"), of(None, None));
        for wrong in ["bytes 0-8/8", "bytes 4-3/8", "0-3/8", "bytes 0-3", "bytes a-b/c", ""] {
            assert_eq!(piece(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_header_is_too_strange(header in any::<String>(), size in any::<usize>()) {
            let _ = (asked(Some(&header), size), asked(Some(&format!("bytes={header}")), size));
            let _ = (piece(&header), piece(&format!("bytes {header}")));
        }
    }
}
