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
    use proptest::prelude::*;
    use snowflake_proto::{ArrowOptions, Column, DataType, ResultSchema};

    use super::{arrow_rows, json_rows};
    use crate::encode::json::{Row, part};
    use crate::encode::{Encoding, Format, Inline};

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
        assert!(arrow_rows(&schema(), (&b"nonsense"[..]).into()).is_none());
        assert_eq!(arrow_rows(&schema(), (&b""[..]).into()), Some(Vec::new()));
    }

    fn schema() -> ResultSchema {
        let types = [
            DataType::Number { precision: 18, scale: 0 },
            DataType::Number { precision: 38, scale: 2 },
            DataType::Float,
            DataType::Text { length: 100 },
            DataType::Boolean,
            DataType::Date,
            DataType::Time { scale: 9 },
            DataType::TimestampNtz { scale: 9 },
            DataType::TimestampTz { scale: 3 },
            DataType::Binary { length: 10 },
        ];
        let columns = types.into_iter().map(|kind| Column::new(kind.to_string(), kind, true)).collect();
        ResultSchema::new(columns, ArrowOptions::default()).unwrap()
    }

    prop_compose! {
        fn row()(
            integer in -999_999_999_999_999_999..=999_999_999_999_999_999_i64,
            decimal in any::<i64>(),
            float in any::<f64>(),
            text in any::<String>(),
            truth in any::<bool>(),
            days in -700_000..3_000_000_i32,
            (seconds, nanos) in (0..86_400_u32, 0..1_000_000_000_u32),
            epoch in -62_135_596_800..253_402_300_799_i64,
            zone in 0..2880_u32,
            bytes in prop::collection::vec(any::<u8>(), 0..10),
            nulls in prop::collection::vec(any::<bool>(), 10),
        ) -> Row {
            let cells = [
                integer.to_string(),
                format!("{}{}.{:02}", if decimal < 0 { "-" } else { "" }, decimal.unsigned_abs() / 100, decimal.unsigned_abs() % 100),
                float.to_string(),
                text,
                u8::from(truth).to_string(),
                days.to_string(),
                format!("{seconds}.{nanos:09}"),
                format!("{epoch}.{nanos:09}"),
                format!("{epoch}.{:03} {zone}", nanos / 1_000_000),
                bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
            ];
            cells.into_iter().zip(nulls).map(|(cell, null)| (!null).then_some(cell)).collect()
        }
    }

    proptest! {
        #[test]
        fn the_text_of_an_arrow_stream_reads_back_as_its_batches(rows in prop::collection::vec(row(), 0..8)) {
            let schema = schema();
            let batch = schema.decode_json_rows(&rows).unwrap();
            let batches = std::slice::from_ref(&batch);
            let encoding = Encoding::new(Format::Arrow, schema.columns().to_vec(), batches);
            let Inline::Arrow(stream) = encoding.inline(Some(&batch)).unwrap() else { panic!("it is Arrow") };
            let text = arrow_rows(&schema, stream.into()).expect("every value has a text");
            prop_assert_eq!(schema.decode_json_rows(&text).unwrap(), batch);
            prop_assert_eq!(json_rows(&part(&text).unwrap()).unwrap(), text);
        }
    }
}
