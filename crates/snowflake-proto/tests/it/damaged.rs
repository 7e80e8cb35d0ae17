//! Answers that no sane server sends: whatever the bytes, there is an error or a value, never a panic.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Float64Array, Int8Array, Int16Array, Int32Array,
    Int64Array, RecordBatch, StringArray, StructArray,
};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType as ArrowType, Field, Schema};
use bytes::Bytes;
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};
use snowflake_proto::{
    ArrowOptions, CellReader, Column, DataType, Error, ErrorKind, ResultSchema,
    rowset::inflate,
    wire::{Envelope, login, monitor, query, token},
};

fn columns() -> Vec<(DataType, ArrayRef)> {
    let parts = |zoned: bool| {
        let mut parts: Vec<(Arc<Field>, ArrayRef)> = vec![
            (
                Arc::new(Field::new("epoch", ArrowType::Int64, true)),
                Arc::new(Int64Array::from(vec![-1, 0, 1])),
            ),
            (
                Arc::new(Field::new("fraction", ArrowType::Int32, true)),
                Arc::new(Int32Array::from(vec![0, 1, 2])),
            ),
        ];
        if zoned {
            let zone = Field::new("timezone", ArrowType::Int32, true);
            parts.push((Arc::new(zone), Arc::new(Int32Array::from(vec![0, 1440, 2880]))));
        }
        Arc::new(StructArray::from(parts)) as ArrayRef
    };
    vec![
        (
            DataType::Number { precision: 38, scale: 0 },
            Arc::new(Int8Array::from(vec![Some(1), None, Some(-1)])),
        ),
        (DataType::Number { precision: 12, scale: 3 }, Arc::new(Int16Array::from(vec![1, 2, 3]))),
        (DataType::Number { precision: 9, scale: 0 }, Arc::new(Int32Array::from(vec![1, 2, 3]))),
        (DataType::Float, Arc::new(Float64Array::from(vec![0.5, f64::NAN, -0.0]))),
        (
            DataType::Text { length: 10 },
            Arc::new(StringArray::from(vec![Some("a"), None, Some("\u{e4}\u{1f600}")])),
        ),
        (DataType::Boolean, Arc::new(BooleanArray::from(vec![true, false, true]))),
        (DataType::Date, Arc::new(Date32Array::from(vec![i32::MIN, 0, i32::MAX]))),
        (DataType::Time { scale: 9 }, Arc::new(Int64Array::from(vec![0, 1, 86_399_999_999_999]))),
        (DataType::TimestampNtz { scale: 9 }, parts(false)),
        (DataType::TimestampTz { scale: 9 }, parts(true)),
        (DataType::TimestampLtz { scale: 3 }, Arc::new(Int64Array::from(vec![-1, 0, 1]))),
        (DataType::Binary { length: 8 }, Arc::new(BinaryArray::from(vec![&b"a"[..], b"", b"\xff"]))),
        (DataType::Variant, Arc::new(StringArray::from(vec!["{}", "[1]", "null"]))),
    ]
}

fn schema() -> ResultSchema {
    let columns = columns()
        .into_iter()
        .enumerate()
        .map(|(at, (data_type, _))| Column::new(format!("C{at}"), data_type, true));
    ResultSchema::new(columns.collect(), ArrowOptions::default()).unwrap()
}

fn stream() -> Vec<u8> {
    let (fields, arrays): (Vec<_>, Vec<_>) = columns()
        .into_iter()
        .enumerate()
        .map(|(at, (_, array))| (Field::new(format!("C{at}"), array.data_type().clone(), true), array))
        .unzip();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// Reads every cell, so that a batch that only looks sound is found out.
fn read_all(batches: &[RecordBatch]) -> usize {
    let mut read = 0;
    for batch in batches {
        for column in batch.columns() {
            let reader = CellReader::new(column).unwrap();
            read +=
                (0..batch.num_rows()).filter(|row| !format!("{:?}", reader.read(*row)).is_empty()).count();
        }
    }
    read
}

#[test]
fn the_sample_stream_decodes() {
    let schema = schema();
    let batches = schema.decode_arrow(stream().into()).unwrap();
    assert_eq!(read_all(&batches), 3 * schema.columns().len());
    assert!(schema.decode_arrow(Bytes::new()).unwrap().is_empty());
}

#[test]
fn b01_every_cut_of_a_stream_is_an_error_or_whole_batches() {
    let (schema, whole) = (schema(), stream());
    for cut in 0..whole.len() {
        if let Ok(batches) = schema.decode_arrow(Bytes::copy_from_slice(&whole[..cut])) {
            assert!(batches.iter().all(|batch| batch.num_rows() == 3), "cut at {cut}");
        }
    }
}

#[test]
fn b07_a_stream_of_another_width_is_refused() {
    let mut columns = schema().columns().to_vec();
    columns.pop();
    let narrower = ResultSchema::new(columns, ArrowOptions::default()).unwrap();
    assert_eq!(narrower.decode_arrow(stream().into()).unwrap_err().kind(), ErrorKind::SchemaMismatch);
}

fn answers(text: &str) {
    let _ = serde_json::from_str::<Envelope<query::Response>>(text);
    let _ = serde_json::from_str::<Envelope<login::Response>>(text);
    let _ = serde_json::from_str::<Envelope<token::Response>>(text);
    let _ = serde_json::from_str::<Envelope<monitor::Response>>(text);
}

fn sample_answer() -> Value {
    json!({
        "success": true, "code": null, "message": null, "data": {
            "parameters": [{"name": "TIMEZONE", "value": "UTC"}],
            "rowtype": [
                {"name": "A", "type": "fixed", "precision": 38, "scale": 0, "nullable": true, "length": null,
                 "byteLength": null, "database": "", "schema": "", "table": "", "extTypeName": null,
                 "fields": null},
                {"name": "B", "type": "timestamp_tz", "precision": 0, "scale": 9, "nullable": false},
                {"name": "C", "type": "binary", "length": 8, "byteLength": 8, "nullable": false},
                {"name": "D", "type": "time", "scale": 3, "nullable": false},
                {"name": "E", "type": "boolean", "nullable": false},
            ],
            "rowset": [["1", "1.500000000 1440", "00FF", "1.000", "1"], [null, null, null, null, null]],
            "total": 2, "returned": 2, "queryId": "01b2c3d4-0000-1111-0000-000000000001", "sqlState": "00000",
            "finalDatabaseName": "DB", "finalSchemaName": null, "statementTypeId": 4096, "version": 1,
            "queryResultFormat": "json",
            "chunks": [{"url": "https://h/c?s=1", "rowCount": 9, "uncompressedSize": 9, "compressedSize": 9}],
            "chunkHeaders": {"k": "v"}, "stats": {"numRowsInserted": 1},
            "token": "t", "masterToken": "m", "sessionId": 1, "validityInSeconds": 3600,
            "sessionInfo": {"databaseName": null, "roleName": "R"},
            "queries": [{"id": "q", "status": "SUCCESS", "state": "SUCCEEDED", "errorCode": ""}],
            "stageInfo": {"locationType": "LOCAL_FS", "location": "/s/", "creds": {"AWS_KEY_ID": "k"}},
            "src_locations": ["/f"], "parallel": 4,
        }
    })
}

/// The places of all values within a value that are no container.
fn scalars(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| scalars(value, &format!("{place}/{key}"), found))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| scalars(value, &format!("{place}/{at}"), found));
        }
        _ => found.push(place.to_owned()),
    }
}

fn decode(answer: &Value) -> Result<usize, Option<Error>> {
    let answer: Envelope<query::Response> = serde_json::from_value(answer.clone()).map_err(|_| None)?;
    let data = answer.data.unwrap_or_default();
    let columns = data.row_type.unwrap_or_default();
    let schema = ResultSchema::from_row_types(&columns, ArrowOptions::default()).map_err(Some)?;
    let batch = schema.decode_json_rows(&data.rowset.unwrap_or_default()).map_err(Some)?;
    Ok(read_all(&[batch]))
}

#[test]
fn b05_any_scalar_may_turn_into_nonsense() {
    let sample = sample_answer();
    assert_eq!(decode(&sample).unwrap(), 10);
    let mut places = Vec::new();
    scalars(&sample, "", &mut places);
    assert!(places.len() > 60);
    let nonsense =
        [json!(null), json!(""), json!(0), json!(-1), json!(i64::MAX), json!(1e308), json!([]), json!({})];
    let (mut read, mut refused) = (0, 0);
    for place in &places {
        for value in &nonsense {
            let mut answer = sample.clone();
            *answer.pointer_mut(place).unwrap() = value.clone();
            answers(&answer.to_string());
            match decode(&answer) {
                Ok(_) => read += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(read > 100 && refused > 100, "{read} read, {refused} refused");
}

#[test]
fn b06_integers_are_exact_or_refused() {
    let login = |session: Value| {
        let text = json!({"success": true, "data": {"sessionId": session}}).to_string();
        serde_json::from_str::<Envelope<login::Response>>(&text).map(|answer| answer.data.unwrap().session_id)
    };
    assert_eq!(login(json!(9_007_199_254_740_993_i64)).unwrap(), Some(9_007_199_254_740_993));
    assert_eq!(login(json!("-9223372036854775808")).unwrap(), Some(i64::MIN));
    for other in [json!("9223372036854775808"), json!(u64::MAX), json!(1.5), json!("x"), json!([])] {
        assert!(login(other.clone()).is_err(), "{other}");
    }
}

#[test]
fn b02_deep_nesting_is_an_error() {
    let deep = format!("{{\"success\":true,\"data\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    assert!(serde_json::from_str::<Envelope<Value>>(&deep).is_err());
    assert!(serde_json::from_str::<Envelope<query::Response>>(&deep).is_err());
}

#[test]
fn b03_a_doubled_field_is_an_error() {
    let answers = [
        r#"{"success":false,"success":true}"#,
        r#"{"success":true,"code":"1","code":null}"#,
        r#"{"success":true,"data":{"queryId":"a","queryId":"b"}}"#,
        r#"{"success":true,"data":{"rowset":[],"rowset":[["1"]]}}"#,
    ];
    for answer in answers {
        assert!(serde_json::from_str::<Envelope<query::Response>>(answer).is_err(), "{answer}");
    }
}

#[test]
fn b10_what_is_not_one_json_document_is_an_error() {
    let whole = sample_answer().to_string();
    assert!(serde_json::from_str::<Envelope<query::Response>>(&whole).is_ok());
    let bad = [
        format!("\u{feff}{whole}"),
        format!("{whole}x"),
        format!("{whole}{whole}"),
        whole.replace("3600", "NaN"),
        whole.replace("UTC", "\\ud800"),
    ];
    for text in bad {
        assert!(serde_json::from_str::<Envelope<query::Response>>(&text).is_err(), "{text:.40}");
    }
    let invalid = [whole.replace("UTC", "").into_bytes(), vec![0xff]].concat();
    assert!(serde_json::from_slice::<Envelope<query::Response>>(&invalid).is_err());
}

proptest! {
    #[test]
    fn b01_random_bytes_are_an_error_or_a_value(bytes in vec(any::<u8>(), 0..400)) {
        let schema = schema();
        let _ = schema.decode_arrow(Bytes::from(bytes.clone()));
        let _ = schema.decode_json_chunk(&bytes);
        let _ = inflate(Bytes::from([&[0x1f, 0x8b][..], &bytes].concat()), 0, 1 << 20);
        let _ = inflate(Bytes::from(bytes.clone()), 10, 1 << 20);
        answers(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn b01_a_damaged_stream_is_an_error_or_sound_batches(
        hits in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = stream();
        for (at, byte) in hits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(batches) = schema().decode_arrow(bytes.into()) {
            read_all(&batches);
        }
    }

    #[test]
    fn b01_damaged_rows_are_an_error_or_sound_batches(
        rows in vec(vec(proptest::option::of("[-0-9.: eEaAfF]{0,12}|\\PC{0,4}"), 13), 0..3),
    ) {
        let text = serde_json::to_string(&rows).unwrap();
        let schema = schema();
        let by_chunk = schema.decode_json_chunk(&text.as_bytes()[1..text.len() - 1]);
        let by_rows = schema.decode_json_rows(&rows);
        prop_assert_eq!(by_chunk.as_ref().ok(), by_rows.as_ref().ok());
        if let Ok(batch) = by_rows {
            read_all(&[batch]);
        }
    }
}
