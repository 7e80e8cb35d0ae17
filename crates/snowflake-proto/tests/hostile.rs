//! Damaged Arrow streams: never a panic that escapes, never an abort of the process.
//!
//! A binary of its own, because it silences the panic hook: arrow-ipc answers some damage with a panic,
//! which decoding turns into an error.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use arrow_array::{Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType as ArrowType, Field, Schema};
use snowflake_proto::{ArrowOptions, Column, DataType, ErrorKind, ResultSchema};

const ROWS: usize = 12;

fn schema() -> ResultSchema {
    let columns = vec![
        Column::new("N", DataType::Number { precision: 18, scale: 0 }, true),
        Column::new("T", DataType::Text { length: 10 }, true),
    ];
    ResultSchema::new(columns, ArrowOptions::default()).unwrap()
}

/// Three batches of four rows.
fn stream() -> Vec<u8> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("N", ArrowType::Int64, true),
        Field::new("T", ArrowType::Utf8, true),
    ]));
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).unwrap();
    for _ in 0..3 {
        let numbers = Int64Array::from(vec![Some(1), None, Some(3), Some(4)]);
        let texts = StringArray::from(vec![Some("a"), Some("bb"), None, Some("é")]);
        let batch =
            RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(numbers), Arc::new(texts)]).unwrap();
        writer.write(&batch).unwrap();
    }
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

fn rows(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

#[test]
fn damaged_streams_are_errors() {
    std::panic::set_hook(Box::new(|_| {}));
    c15_every_flipped_bit_is_an_error_or_rows();
    c06_a_cut_stream_never_gains_rows();
    let _ = std::panic::take_hook();
}

fn c15_every_flipped_bit_is_an_error_or_rows() {
    let (schema, whole) = (schema(), stream());
    assert_eq!(rows(&schema.decode_arrow(whole.clone().into()).unwrap()), ROWS);
    let mut errors = 0;
    for bit in 0..whole.len() * 8 {
        let mut damaged = whole.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        if schema.decode_arrow(damaged.into()).is_err() {
            errors += 1;
        }
    }
    assert!(errors > 0);
}

/// A cut between two messages decodes to fewer rows: that is why callers count them.
fn c06_a_cut_stream_never_gains_rows() {
    let (schema, whole) = (schema(), stream());
    let mut silent = 0;
    for cut in 1..whole.len() {
        match schema.decode_arrow(whole[..cut].to_vec().into()) {
            Ok(batches) => {
                assert!(rows(&batches) <= ROWS);
                silent += usize::from(rows(&batches) < ROWS);
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Decode),
        }
    }
    assert!(silent > 0, "a cut between messages cannot be seen here");
}
