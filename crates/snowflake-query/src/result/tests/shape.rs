//! Results without rows, without parts or without columns, and columns whose wire form changes.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, Decimal128Array, Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use base64::Engine;
use snowflake_proto::wire::query::Response as Answer;

use super::storage::{
    Reply, Storage, answer, batch, columns, fetcher, options, part, row_types, store, stream,
};
use crate::result::{ResultSet, Rows};

async fn read(storage: &Arc<Storage>, answer: Answer) -> Rows {
    ResultSet::open(answer, fetcher(storage), options(), None).await.unwrap().collect().await.unwrap()
}

#[tokio::test]
async fn c22_no_rows_at_all_still_have_columns() {
    let storage = Arc::new(Storage::new());
    let empty = stream(&[batch(0..0)]);
    let base64 = base64::engine::general_purpose::STANDARD.encode(empty);
    for (rowset_base64, rowset) in
        [(None, None), (Some(String::new()), None), (Some(base64), None), (None, Some(vec![]))]
    {
        let rows =
            read(&storage, Answer { rowset_base64, rowset, chunks: None, total: Some(0), ..answer(0) }).await;
        assert!(rows.is_empty() && rows.iter().next().is_none());
        assert_eq!(rows.columns(), columns());
        assert_eq!(rows.schema().fields().len(), 2);
    }
}

#[tokio::test]
async fn c22_a_part_without_rows_is_skipped() {
    let storage = Arc::new(Storage::new());
    store(&storage, 3);
    let mut answer = answer(3);
    answer.chunks.as_mut().unwrap()[1].row_count = 0;
    answer.total = Some(20);
    let ids: Vec<i64> = read(&storage, answer).await.iter().map(|row| row.get("ID").unwrap()).collect();
    assert_eq!(ids, (0..10).chain(20..30).collect::<Vec<_>>());
    assert_eq!(storage.requests_for("/1"), 0);
}

#[tokio::test]
async fn c22_empty_batches_between_others_are_not_handed_out() {
    let storage = Arc::new(Storage::new());
    let plain = stream(&[batch(0..0), batch(0..4), batch(4..4), batch(4..10), batch(0..0)]);
    storage.put("/0", [Reply::Bytes(plain.into())]);
    let rows = read(&storage, answer(1)).await;
    assert_eq!(rows.batches().iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [4, 6]);
    assert_eq!(rows.row(5).unwrap().get::<i64>(0).unwrap(), 5);
    assert!(rows.row(10).is_none());
    assert_eq!(rows.iter().len(), 10);
}

#[tokio::test]
async fn c22_no_columns() {
    let storage = Arc::new(Storage::new());
    let answer = Answer { row_type: Some(Vec::new()), ..Answer::default() };
    let rows = read(&storage, answer).await;
    assert!(rows.columns().is_empty() && rows.is_empty());
}

#[tokio::test]
async fn json_rows_and_parts_read_like_arrow_ones() {
    let storage = Arc::new(Storage::new());
    storage.put("/0", [Reply::Bytes("[\"0\",null],\n[\"1\",\"name 1\"]".into())]);
    let mut answer = answer(1);
    answer.chunks.as_mut().unwrap()[0].row_count = 2;
    answer.rowset_base64 = None;
    answer.rowset = Some(vec![vec![Some("-1".to_owned()), Some("first".to_owned())]]);
    answer.query_result_format = Some("json".to_owned());
    answer.total = Some(3);
    let rows: Vec<(i64, Option<String>)> = read(&storage, answer).await.deserialize().unwrap();
    let expected = [(-1, Some("first")), (0, None), (1, Some("name 1"))];
    assert_eq!(rows, expected.map(|(id, name)| (id, name.map(str::to_owned))));
}

#[tokio::test]
async fn v02_a_number_of_any_width_is_the_same_number() {
    let widths: [ArrayRef; 5] = [
        Arc::new(Int8Array::from_iter_values(0..10)),
        Arc::new(Int16Array::from_iter_values(0..10)),
        Arc::new(Int32Array::from_iter_values(0..10)),
        Arc::new(Int64Array::from_iter_values(0..10)),
        Arc::new(Decimal128Array::from_iter_values(0..10).with_precision_and_scale(10, 0).unwrap()),
    ];
    let storage = Arc::new(Storage::new());
    let names: ArrayRef = Arc::new(StringArray::from_iter_values((0..10).map(|id| id.to_string())));
    for (index, ids) in widths.into_iter().enumerate() {
        let batch = RecordBatch::try_from_iter([("ID", ids), ("NAME", Arc::clone(&names))]).unwrap();
        storage.put(&format!("/{index}"), [Reply::Bytes(stream(&[batch]).into())]);
    }
    let rows = read(&storage, answer(5)).await;
    for (index, row) in rows.iter().enumerate() {
        assert_eq!(row.get::<usize>("ID").unwrap(), index % 10);
        assert_eq!(row.get::<String>("NAME").unwrap(), (index % 10).to_string());
    }
    let schema = rows.schema();
    assert!(rows.batches().iter().all(|batch| batch.schema_ref() == schema));
    assert_eq!(row_types(rows.columns()), row_types(&columns()));
}

#[tokio::test]
async fn rows_can_be_read_as_a_stream_of_futures() {
    use futures::StreamExt;

    let storage = Arc::new(Storage::new());
    store(&storage, 2);
    storage.put("/1", [part(1)]);
    let set = ResultSet::open(answer(2), fetcher(&storage), options(), None).await.unwrap();
    let mut stream = set.into_batches().into_rows();
    assert_eq!(stream.next().await.unwrap().unwrap().get::<i64>("id").unwrap(), 0);
    let mut ids: Vec<i64> = stream
        .into_stream()
        .map(|row| row.map(|row| row.get::<i64>("id").unwrap()))
        .buffer_unordered(4)
        .map(Result::unwrap)
        .collect()
        .await;
    ids.sort_unstable();
    assert_eq!(ids, (1..20).collect::<Vec<_>>());
}
