//! Arrow rows are damaged in parts, packed or not, and inside answers.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use snowflake_proto::rowset;
use snowflake_transport::Transport as _;

use super::get;
use crate::fault::{ArrowDamage, Fault, Gzip, Rule};
use crate::script::{Expect, Reply, Script};

fn schema() -> SchemaRef {
    let metadata = [("logicalType", "FIXED"), ("scale", "2")];
    let metadata = metadata.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let number = Field::new("N", DataType::Int64, true).with_metadata(metadata.into());
    Arc::new(Schema::new(vec![number, Field::new("T", DataType::Utf8, true)]))
}

/// A stream of two batches with two and three rows.
fn stream() -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &schema()).unwrap();
    for rows in [vec![1, 2], vec![3, 4, 5]] {
        let texts: Vec<String> = rows.iter().map(|n| format!("t{n}")).collect();
        let columns: Vec<ArrayRef> =
            vec![Arc::new(Int64Array::from(rows)), Arc::new(StringArray::from(texts))];
        writer.write(&RecordBatch::try_new(schema(), columns).unwrap()).unwrap();
    }
    writer.into_inner().unwrap()
}

async fn sent(body: Vec<u8>, rule: Rule) -> Vec<u8> {
    let fault = Fault::new(Script::new().expect(Expect::get("/part").reply(Reply::bytes(body)))).rule(rule);
    let mut request = get("/part");
    snowflake_transport::RequestOptions::new("chunk")
        .with_content_encoding(snowflake_transport::ContentEncoding::Keep)
        .attach(&mut request);
    fault.send(request).await.unwrap().into_body().collect(1 << 20).await.unwrap().to_vec()
}

fn decode(stream: &[u8]) -> Result<(SchemaRef, Vec<i64>), ArrowError> {
    let reader = StreamReader::try_new(stream, None)?;
    let schema = reader.schema();
    let mut numbers = Vec::new();
    for batch in reader {
        let batch = batch?;
        if let Some(column) = batch.column(0).as_any().downcast_ref::<Int64Array>() {
            numbers.extend(column.values());
        }
    }
    Ok((schema, numbers))
}

async fn damaged(damage: ArrowDamage) -> (SchemaRef, Vec<i64>) {
    decode(&sent(stream(), Rule::always().arrow(damage)).await).unwrap()
}

#[tokio::test]
async fn c07_rows_are_missing_or_there_twice() {
    assert_eq!(damaged(ArrowDamage::DropLastRow).await.1, [1, 2, 3, 4]);
    assert_eq!(damaged(ArrowDamage::RepeatLastRow).await.1, [1, 2, 3, 4, 5, 5]);
}

#[tokio::test]
async fn c06_streams_end_between_their_messages() {
    for (count, rows) in [(1, &[][..]), (2, &[1, 2]), (3, &[1, 2, 3, 4, 5]), (9, &[1, 2, 3, 4, 5])] {
        assert_eq!(damaged(ArrowDamage::CutAtMessage(count)).await.1, rows, "after {count} messages");
    }
    assert!(sent(stream(), Rule::always().arrow(ArrowDamage::CutAtMessage(0))).await.is_empty());
    let whole = stream();
    let open = sent(whole.clone(), Rule::always().arrow(ArrowDamage::NoEnd)).await;
    assert_eq!(open, whole[..whole.len() - 8], "the mark of the end has eight bytes");
}

#[tokio::test]
async fn columns_are_of_other_types_scales_and_number() {
    let (schema, _rows) = damaged(ArrowDamage::OtherType).await;
    assert_eq!(*schema.field(0).data_type(), DataType::Utf8);
    let (schema, rows) = damaged(ArrowDamage::Scale(7)).await;
    assert_eq!((schema.field(0).metadata()["scale"].as_str(), rows), ("7", vec![1, 2, 3, 4, 5]));
    assert!(schema.field(1).metadata().is_empty());
    let (schema, _rows) = damaged(ArrowDamage::NoScale).await;
    assert_eq!(schema.field(0).metadata().keys().collect::<Vec<_>>(), ["logicalType"]);
    let (schema, _rows) = damaged(ArrowDamage::ExtraColumn).await;
    assert_eq!(schema.fields().len(), 3);
}

#[tokio::test]
async fn packed_parts_are_packed_again() {
    let rule = Rule::always().gzip(Gzip::Members(2)).arrow(ArrowDamage::DropLastRow);
    let packed = sent(stream(), rule).await;
    assert!(packed.starts_with(&[0x1f, 0x8b]));
    assert_eq!(decode(&rowset::inflate(packed.into(), 0, 1 << 20).unwrap()).unwrap().1, [1, 2, 3, 4]);
}

#[tokio::test]
async fn rows_inside_an_answer_are_damaged_and_the_rest_of_it_is_not() {
    let answer = json!({"success": true, "data": {"total": 5, "rowsetBase64": STANDARD.encode(stream())}});
    let body = sent(answer.to_string().into_bytes(), Rule::always().arrow(ArrowDamage::DropLastRow)).await;
    let damaged: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&damaged["success"], &damaged["data"]["total"]), (&json!(true), &json!(5)));
    let rows = STANDARD.decode(damaged["data"]["rowsetBase64"].as_str().unwrap()).unwrap();
    assert_eq!(decode(&rows).unwrap().1, [1, 2, 3, 4]);
}

#[tokio::test]
async fn what_is_not_arrow_stays_as_it_is() {
    let packed = sent(b"rows".to_vec(), Rule::always().gzip(Gzip::Members(1))).await;
    for body in [
        b"".to_vec(),
        b"[1]".to_vec(),
        br#"{"data":{"rowsetBase64":""}}"#.to_vec(),
        b"\xff\xff\xff\xff".to_vec(),
        packed,
    ] {
        for damage in [ArrowDamage::DropLastRow, ArrowDamage::NoEnd, ArrowDamage::CutAtMessage(1)] {
            assert_eq!(sent(body.clone(), Rule::always().arrow(damage)).await, body, "{damage:?}");
        }
    }
    // A stream without rows has no last one.
    let empty = StreamWriter::try_new(Vec::new(), &schema()).unwrap().into_inner().unwrap();
    assert!(decode(&sent(empty, Rule::always().arrow(ArrowDamage::DropLastRow)).await).unwrap().1.is_empty());
}
