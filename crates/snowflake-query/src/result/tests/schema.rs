//! Parts whose columns are not those of the result are errors that name the column.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};

use super::storage::{Reply, Storage, answer, answer_with_inline, fetcher, gzip, options, store, stream};
use crate::error::{Error, ErrorKind};
use crate::result::{ResultSet, Rows};

async fn read(storage: &Arc<Storage>, answer: snowflake_proto::wire::query::Response) -> Result<Rows, Error> {
    ResultSet::open(answer, fetcher(storage), options(), None).await?.collect().await
}

fn numbers() -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(10..20))
}

fn texts() -> ArrayRef {
    Arc::new(StringArray::from_iter_values((10..20).map(|id| id.to_string())))
}

fn doubles() -> ArrayRef {
    Arc::new(Float64Array::from_iter_values((10..20).map(f64::from)))
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter(columns).unwrap()
}

/// Batches of ten rows that are not `ID NUMBER, NAME VARCHAR`, the column at fault and what is said of it.
fn unfit() -> Vec<(RecordBatch, &'static str, &'static str)> {
    vec![
        (batch(vec![("ID", texts()), ("NAME", texts())]), "ID", "expected NUMBER(10,0), got Utf8"),
        (batch(vec![("ID", doubles()), ("NAME", texts())]), "ID", "expected NUMBER(10,0), got Float64"),
        (batch(vec![("ID", numbers()), ("NAME", numbers())]), "NAME", "got Int64"),
        (batch(vec![("NAME", texts()), ("ID", numbers())]), "ID", "expected NUMBER(10,0), got Utf8"),
        (batch(vec![("ID", numbers())]), "NAME", "expected 2 columns, got 1 columns"),
        (
            batch(vec![("ID", numbers()), ("NAME", texts()), ("EXTRA", texts())]),
            "EXTRA",
            "expected 2 columns, got 3 columns",
        ),
    ]
}

fn assert_unfit(error: &Error, column: &str, reason: &str) {
    assert_eq!((error.kind(), error.column()), (ErrorKind::Protocol, Some(column)));
    let source = std::error::Error::source(error).unwrap().to_string();
    assert!(source.contains(&format!("`{column}`")) && source.contains(reason), "{source}");
}

#[tokio::test]
async fn c21_a_part_with_other_columns_is_an_error_that_names_one() {
    for (batch, column, reason) in unfit() {
        let storage = Arc::new(Storage::new());
        store(&storage, 3);
        storage.put("/1", [Reply::Bytes(gzip(&stream(&[batch])))]);
        let set = ResultSet::open(answer(3), fetcher(&storage), options(), None).await.unwrap();
        let mut stream = set.into_batches();
        assert_eq!(stream.next().await.unwrap().unwrap().num_rows(), 10, "the part before it fits");
        let error = stream.next().await.unwrap().unwrap_err();
        assert_unfit(&error, column, reason);
        assert_eq!(error.to_string(), "part 1 of the result does not fit the columns that were announced");
        assert!(stream.next().await.is_none());
        assert_eq!(storage.requests_for("/1"), 2, "an accident would not have happened twice");
        store(&storage, 3);
        assert_eq!(read(&storage, answer(3)).await.unwrap().len(), 30);
    }
}

#[tokio::test]
async fn c21_inline_rows_with_other_columns_are_an_error_that_names_one() {
    use base64::Engine;
    for (batch, column, reason) in unfit() {
        let storage = Arc::new(Storage::new());
        store(&storage, 1);
        let mut answer = answer_with_inline(1);
        answer.rowset_base64 = Some(base64::engine::general_purpose::STANDARD.encode(stream(&[batch])));
        assert_unfit(&read(&storage, answer).await.unwrap_err(), column, reason);
        assert!(storage.requests().is_empty());
    }
}

#[tokio::test]
async fn c21_batches_of_one_part_cannot_differ_either() {
    let fits = batch(vec![("ID", numbers()), ("NAME", texts())]);
    let other = batch(vec![("ID", doubles()), ("NAME", texts())]);
    let (fits, other) = (stream(&[fits]), stream(&[other]));
    let storage = Arc::new(Storage::new());
    // A second schema in the middle of a stream.
    storage.put("/0", [Reply::Bytes([&fits[..fits.len() - 8], &other].concat().into())]);
    let mut answer = answer(1);
    answer.chunks.as_mut().unwrap()[0].row_count = 20;
    answer.total = Some(20);
    assert_unfit(&read(&storage, answer).await.unwrap_err(), "ID", "got Float64");
}
