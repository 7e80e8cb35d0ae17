//! Parts that are not what was announced are fetched once more, and never taken for whole.

use std::sync::Arc;

use snowflake_proto::wire::query::Response as Answer;

use super::storage::{
    Reply, Storage, answer, answer_with_inline, batch, fetcher, gzip, options, part, store, stream,
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

#[tokio::test]
async fn c06_a_stream_cut_at_a_message_is_not_a_shorter_result() {
    let first = stream(&[batch(10..14)]);
    let whole = stream(&[batch(10..14), batch(14..20)]);
    // The end mark of a stream has eight bytes: what comes before it ends with a whole message.
    let boundary = first.len() - 8;
    assert_eq!(first[..boundary], whole[..boundary]);
    for cut in [boundary, boundary + 1, boundary + 3] {
        let damaged = gzip(&whole[..cut]).to_vec();
        let (outcome, requests) = with_middle(damaged.clone(), part(1)).await;
        assert_eq!((outcome.unwrap().len(), requests), (30, 2));
        let (outcome, requests) = with_middle(damaged.clone(), Reply::Bytes(damaged.into())).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), requests), (ErrorKind::Incomplete, 2), "cut at {cut}");
        if cut == boundary {
            assert_eq!(error.to_string(), "part 1 of the result has 4 rows where 10 were announced");
        }
    }
    // Only the end mark is missing: every row is there.
    let (outcome, requests) = with_middle(gzip(&whole[..whole.len() - 8]).to_vec(), Reply::Cut).await;
    assert_eq!((outcome.unwrap().len(), requests), (30, 1));
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
    let short = Answer { rowset_base64: Some(String::new()), ..whole.clone() };
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
async fn c19_other_content_than_declared_is_an_error() {
    for body in ["<html>Welcome</html>", "", "[\"1\",\"a\"]"] {
        let (outcome, requests) = with_middle(body.into(), Reply::Bytes(body.into())).await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Incomplete, "{body}");
        assert_eq!(requests, 2);
    }
    let (outcome, _) = with_middle(stream(&[batch(10..20)]), Reply::Cut).await;
    assert_eq!(outcome.unwrap().len(), 30, "a part that is not compressed is read all the same");
}

#[tokio::test]
async fn c15_flipped_bits_never_panic_and_never_change_the_number_of_rows() {
    let storage = Arc::new(Storage::new());
    let mut plain = stream(&[batch(0..10)]);
    for byte in (0..plain.len()).step_by(3) {
        plain[byte] ^= 1 << (byte % 8);
        storage.put("/0", [Reply::Bytes(plain.clone().into())]);
        if let Ok(rows) = read(&storage, answer(1)).await {
            assert_eq!(rows.len(), 10);
        }
        plain[byte] ^= 1 << (byte % 8);
    }
}
