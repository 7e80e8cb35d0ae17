//! Tells what arrived in place of the rows of a part, so that its reader need not guess.

use snafu::IntoError;
use snowflake_proto::Error;

use super::fault::{ChunkCorruptSnafu, Fault, UnexpectedContentSnafu, UnfitChunkSnafu};
use super::fetch::Format;

/// What bytes look like, judged by the first one that is no white space; `None` when that tells nothing.
pub(super) fn look(plain: &[u8]) -> Option<&'static str> {
    match plain.trim_ascii_start().first() {
        None => Some("nothing"),
        Some(b'<') => Some("a web page or XML"),
        Some(b'[' | b'{') => Some("JSON"),
        // What every message of an Arrow stream begins with.
        Some(0xff) => Some("Arrow"),
        Some(_) => None,
    }
}

/// Why a part cannot be read: it is something else, it is damaged, or it does not fit the columns.
pub(super) fn explain(chunk: usize, format: Format, seen: Option<&'static str>, source: Error) -> Fault {
    use snowflake_proto::ErrorKind as Kind;
    let expected = match format {
        Format::Arrow => "Arrow",
        Format::Json => "JSON",
    };
    match source.kind() {
        Kind::SchemaMismatch | Kind::BadMetadata | Kind::Unsupported | Kind::Conversion => {
            UnfitChunkSnafu { chunk }.into_error(source)
        }
        _ => match seen.filter(|seen| *seen != expected) {
            Some(got) => UnexpectedContentSnafu { chunk, expected, got }.into_error(source),
            None => ChunkCorruptSnafu { chunk }.into_error(source),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::look;

    #[test]
    fn c19_the_first_byte_tells() {
        for (bytes, seen) in [
            (&b""[..], Some("nothing")),
            (b" \r\n", Some("nothing")),
            (b"<!DOCTYPE html>", Some("a web page or XML")),
            (b"\n<Error>", Some("a web page or XML")),
            (b"[\"1\"]", Some("JSON")),
            (b"{\"code\": 1}", Some("JSON")),
            (b"\xff\xff\xff\xff\x10", Some("Arrow")),
            (b"\x10\x00\x00\x00", None),
            (b"\x1f\x8b\x08", None),
        ] {
            assert_eq!(look(bytes), seen, "{bytes:?}");
        }
    }
}
