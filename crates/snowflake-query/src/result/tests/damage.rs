//! Parts that are not what was announced are fetched once more, and never taken for whole.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use base64::Engine;
use bytes::Bytes;
use snowflake_proto::wire::query::Response as Answer;
use snowflake_proto::{ArrowOptions, ResultSchema};

use super::storage::{
    Reply, Storage, answer, answer_with_inline, batch, columns, fetcher, gzip, options, part, store, stream,
};
use crate::error::{Error, ErrorKind};
use crate::result::{Refresh, ResultSet, Rows};

async fn read(storage: &Arc<Storage>, answer: Answer) -> Result<Rows, Error> {
    ResultSet::open(answer, fetcher(storage), options(), None).await?.collect().await
}

/// A result of three parts, the middle one of which is first damaged and then as given.
async fn with_middle(damaged: Vec<u8>, then: Reply) -> (Result<Rows, Error>, usize) {
    let storage = Arc::new(Storage::new());
    store(&storage, 3);
    storage.put("/1", [Reply::Bytes(damaged.into()), then]);
    let outcome = read(&storage, answer(3)).await;
    (outcome, storage.requests_for("/1"))
}

#[tokio::test]
async fn c04_a_gzip_body_that_is_cut_is_fetched_again_and_then_an_error() {
    let whole = gzip(&stream(&[batch(10..20)]));
    for cut in [1, 4, 8, 9, 20] {
        let damaged = whole[..whole.len() - cut].to_vec();
        let (outcome, requests) = with_middle(damaged.clone(), part(1)).await;
        assert_eq!((outcome.unwrap().len(), requests), (30, 2), "cut by {cut}");
        let (outcome, requests) = with_middle(damaged.clone(), Reply::Bytes(damaged.into())).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), requests), (ErrorKind::Incomplete, 2), "cut by {cut}");
        assert!(error.to_string().contains("part 1"), "{error}");
    }
}

#[tokio::test]
async fn c05_every_member_of_a_gzip_body_is_read() {
    let plain = stream(&[batch(10..14), batch(14..20)]);
    for middle in [1, plain.len() / 2, plain.len() - 1] {
        let members = [gzip(&plain[..middle]), gzip(&plain[middle..])].concat();
        let (outcome, requests) = with_middle(members, Reply::Cut).await;
        let ids: Vec<i64> = outcome.unwrap().iter().map(|row| row.get(0).unwrap()).collect();
        assert_eq!((ids, requests), ((0..30).collect(), 1));
    }
}

/// Where the messages of a stream of these batches end, the end mark aside.
fn boundaries(batches: &[RecordBatch]) -> Vec<usize> {
    // The end mark of a stream has eight bytes: what comes before it ends with a whole message.
    (0..=batches.len()).map(|count| stream_of(&batches[..count], &batches[0]).len() - 8).collect()
}

/// A stream of some batches with the schema of another.
fn stream_of(batches: &[RecordBatch], like: &RecordBatch) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &like.schema()).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.into_inner().unwrap()
}

#[tokio::test]
async fn c06_a_stream_cut_at_a_message_is_not_a_shorter_result() {
    let batches = [batch(10..14), batch(14..17), batch(17..20)];
    let whole = stream(&batches);
    let boundaries = boundaries(&batches);
    for (messages, got) in [0, 4, 7].into_iter().enumerate() {
        for beyond in [0, 1, 3] {
            let cut = boundaries[messages] + beyond;
            let damaged = gzip(&whole[..cut]).to_vec();
            let (outcome, requests) = with_middle(damaged.clone(), part(1)).await;
            assert_eq!((outcome.unwrap().len(), requests), (30, 2), "cut at {cut}");
            let (outcome, requests) = with_middle(damaged.clone(), Reply::Bytes(damaged.into())).await;
            let error = outcome.unwrap_err();
            assert_eq!((error.kind(), requests), (ErrorKind::Incomplete, 2), "cut at {cut}");
            let expected = match beyond {
                0 => format!("part 1 of the result has {got} rows where 10 were announced"),
                _ => "part 1 of the result is damaged".to_owned(),
            };
            assert_eq!(error.to_string(), expected, "cut at {cut}");
        }
    }
    // Only the end mark is missing, or half of it: every row is there, or the part is fetched again.
    assert_eq!(boundaries[3], whole.len() - 8);
    let (outcome, requests) = with_middle(gzip(&whole[..boundaries[3]]).to_vec(), Reply::Cut).await;
    assert_eq!((outcome.unwrap().len(), requests), (30, 1));
    for beyond in [1, 3] {
        let (outcome, requests) = with_middle(gzip(&whole[..boundaries[3] + beyond]).to_vec(), part(1)).await;
        assert_eq!((outcome.unwrap().len(), requests), (30, 2));
    }
}

#[tokio::test]
async fn c07_a_part_with_other_rows_than_declared_is_an_error() {
    for rows in [9, 11] {
        let other = gzip(&stream(&[batch(10..10 + rows)])).to_vec();
        let (outcome, requests) = with_middle(other.clone(), part(1)).await;
        assert_eq!((outcome.unwrap().len(), requests), (30, 2));
        let (outcome, _) = with_middle(other.clone(), Reply::Bytes(other.into())).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Incomplete);
        assert!(error.to_string().contains(&format!("has {rows} rows where 10")), "{error}");
        assert!(error.is_retryable());
    }
}

/// Gives an answer each time the result is asked for again.
fn again(answer: Answer) -> Refresh {
    Arc::new(move || {
        let answer = answer.clone();
        Box::pin(async move { Ok(answer) })
    })
}

#[tokio::test]
async fn c08_inline_rows_that_fall_short_of_the_total_are_asked_for_again() {
    let storage = Arc::new(Storage::new());
    store(&storage, 2);
    let whole = answer_with_inline(2);
    let empty = Answer { rowset_base64: Some(String::new()), ..whole.clone() };
    let fewer = base64::engine::general_purpose::STANDARD.encode(stream(&[batch(-10..-3)]));
    let fewer = Answer { rowset_base64: Some(fewer), ..whole.clone() };
    let set = ResultSet::open(fewer, fetcher(&storage), options(), Some(again(whole.clone()))).await.unwrap();
    assert_eq!(set.collect().await.unwrap().len(), 30);
    let short = empty;
    let set = ResultSet::open(short.clone(), fetcher(&storage), options(), Some(again(whole))).await.unwrap();
    assert_eq!(set.collect().await.unwrap().len(), 30);
    let refused =
        ResultSet::open(short.clone(), fetcher(&storage), options(), Some(again(short.clone()))).await;
    let error = refused.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete);
    assert_eq!(error.to_string(), "the result has 20 rows where 30 were announced");
    let error = ResultSet::open(short, fetcher(&storage), options(), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete);
}

#[tokio::test]
async fn c09_parts_that_do_not_add_up_to_the_total_are_refused_before_any_row() {
    let storage = Arc::new(Storage::new());
    for total in [19, 21] {
        let wrong = Answer { total: Some(total), ..answer(2) };
        assert_eq!(read(&storage, wrong).await.unwrap_err().kind(), ErrorKind::Incomplete);
    }
    assert!(storage.requests().is_empty());
}

#[tokio::test]
async fn c20_parts_that_changed_places_are_noticed_by_their_rows() {
    let storage = Arc::new(Storage::new());
    store(&storage, 3);
    storage.put("/1", [Reply::Bytes(gzip(&stream(&[batch(10..17)])))]);
    let mut swapped = answer(3);
    let parts = swapped.chunks.as_mut().unwrap();
    parts[1].row_count = 7;
    swapped.total = Some(27);
    assert_eq!(read(&storage, swapped.clone()).await.unwrap().len(), 27);
    let parts = swapped.chunks.as_mut().unwrap();
    let (first, rest) = parts.split_at_mut(1);
    std::mem::swap(&mut first[0].url, &mut rest[0].url);
    let error = read(&storage, swapped).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete);
    assert_eq!(error.to_string(), "part 0 of the result has 7 rows where 10 were announced");
}

#[tokio::test]
async fn c19_other_content_than_declared_is_named() {
    for (body, got) in [
        ("<html>Welcome</html>", "a web page or XML"),
        ("<Error><Code>Internal</Code></Error>", "a web page or XML"),
        ("[\"1\",\"a\"]", "JSON"),
        ("{\"code\": 1}", "JSON"),
    ] {
        for body in [Bytes::from(body), gzip(body.as_bytes())] {
            let (outcome, requests) = with_middle(body.to_vec(), part(1)).await;
            assert_eq!((outcome.unwrap().len(), requests), (30, 2), "{got}");
            let (outcome, requests) = with_middle(body.to_vec(), Reply::Bytes(body)).await;
            let error = outcome.unwrap_err();
            assert_eq!((error.kind(), requests), (ErrorKind::Incomplete, 2));
            assert_eq!(error.to_string(), format!("part 1 of the result is {got} where Arrow was announced"));
        }
    }
    let (outcome, _) = with_middle(Vec::new(), Reply::Bytes(Bytes::new())).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.to_string(), "part 1 of the result has 0 rows where 10 were announced");
    let (outcome, requests) = with_middle(stream(&[batch(10..20)]), Reply::Cut).await;
    assert_eq!((outcome.unwrap().len(), requests), (30, 1), "what is not compressed is read all the same");
}

#[tokio::test]
async fn c19_arrow_where_json_was_declared_is_named() {
    let storage = Arc::new(Storage::new());
    store(&storage, 1);
    let json = Answer { query_result_format: Some("json".to_owned()), rowset_base64: None, ..answer(1) };
    let error = read(&storage, json).await.unwrap_err();
    assert_eq!(error.to_string(), "part 0 of the result is Arrow where JSON was announced");
}

#[test]
fn c15_no_flipped_bit_makes_decoding_panic() {
    let schema = ResultSchema::new(columns(), ArrowOptions::default()).unwrap();
    let mut plain = stream(&[batch(0..10)]);
    let (mut same, mut other, mut refused) = (0, 0, 0);
    for bit in 0..plain.len() * 8 {
        plain[bit / 8] ^= 1 << (bit % 8);
        match schema.decode_arrow(plain.clone().into()) {
            Ok(batches) if batches.iter().map(RecordBatch::num_rows).sum::<usize>() == 10 => same += 1,
            // Comparing with the announced number of rows finds this out.
            Ok(_) => other += 1,
            Err(_) => refused += 1,
        }
        plain[bit / 8] ^= 1 << (bit % 8);
    }
    assert_eq!(same + other + refused, plain.len() * 8);
    assert!(same > 0 && other > 0 && refused > 0, "{same} {other} {refused}");
}

#[tokio::test]
async fn c15_flipped_bits_never_panic_and_never_change_the_number_of_rows() {
    let storage = Arc::new(Storage::new());
    store(&storage, 2);
    let mut plain = stream(&[batch(0..10)]);
    // Every byte, and over the bytes every bit.
    for byte in 0..plain.len() {
        plain[byte] ^= 1 << (byte % 8);
        storage.put("/0", [Reply::Bytes(plain.clone().into())]);
        match read(&storage, answer(1)).await {
            Ok(rows) => assert_eq!(rows.len(), 10, "byte {byte}"),
            Err(error) => assert!(error.to_string().starts_with("part 0"), "byte {byte}: {error}"),
        }
        plain[byte] ^= 1 << (byte % 8);
    }
    storage.put("/0", [part(0)]);
    assert_eq!(read(&storage, answer(2)).await.unwrap().len(), 20, "the same client reads on");
}
