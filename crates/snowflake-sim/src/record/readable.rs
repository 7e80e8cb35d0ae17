//! Rows as text, where that loses nothing.

use bytes::Bytes;
use snowflake_proto::ResultSchema;

use crate::encode::json::{self, Row};

/// The rows of an Arrow stream, if their text reads back as the very same batches.
pub(super) fn arrow_rows(schema: &ResultSchema, stream: Bytes) -> Option<Vec<Row>> {
    let mut all = Vec::new();
    for batch in schema.decode_arrow(stream).ok()? {
        let rows = json::rows(schema.columns(), &batch).ok()?;
        let again = schema.decode_json_rows(&rows).ok()?;
        if again != batch {
            return None;
        }
        all.extend(rows);
    }
    Some(all)
}

/// The rows of a JSON part, which has no brackets around the whole.
pub(super) fn json_rows(plain: &[u8]) -> Option<Vec<Row>> {
    let mut text = Vec::with_capacity(plain.len() + 2);
    text.push(b'[');
    text.extend_from_slice(plain);
    text.push(b']');
    serde_json::from_slice(&text).ok()
}

#[cfg(test)]
mod tests {
    use snowflake_proto::{ArrowOptions, Column, DataType, ResultSchema};

    use super::{arrow_rows, json_rows};

    #[test]
    fn the_rows_of_a_part_are_its_arrays() {
        let rows = json_rows(b"[\"a\",null],\n[\"\\\"\",\"1\"]").unwrap();
        assert_eq!(rows, [[Some("a".to_owned()), None], [Some("\"".to_owned()), Some("1".to_owned())]]);
        assert_eq!(json_rows(b" ").unwrap(), Vec::<Vec<_>>::new());
        for damaged in [&b"[\"a\",null]["[..], b"[1]", b"[\"a\"],", b"\xff"] {
            assert!(json_rows(damaged).is_none());
        }
    }

    #[test]
    fn what_is_no_arrow_stream_has_no_rows() {
        let column = Column::new("A", DataType::Boolean, true);
        let schema = ResultSchema::new(vec![column], ArrowOptions::default()).unwrap();
        assert!(arrow_rows(&schema, (&b"nonsense"[..]).into()).is_none());
        assert_eq!(arrow_rows(&schema, (&b""[..]).into()), Some(Vec::new()));
    }
}
