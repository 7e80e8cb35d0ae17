//! Azure: blocks.

use http::Method;

use super::{Client, Got, NONE, storage};
use crate::storage::{Cloud, Operation};

async fn block(client: &Client, id: &str, body: &'static str) -> Got {
    client.send(Method::PUT, &format!("st/b?comp=block&blockid={id}"), &[], body).await
}

async fn commit(client: &Client, list: &str, headers: &[(&str, &str)]) -> Got {
    let list = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<BlockList>\n{list}</BlockList>");
    client.send(Method::PUT, "st/b?comp=blocklist", headers, list).await
}

#[tokio::test]
async fn blocks_are_invisible_until_a_list_commits_them_in_its_order() {
    let (storage, _) = storage();
    let client = Client::new(&storage, Cloud::Azure);
    for (id, body) in [("AAAA", "one,"), ("BBBB", "two,"), ("CCCC", "unused"), ("BBBB", "TWO,")] {
        assert_eq!(block(&client, id, body).await.status, 201);
    }
    assert_eq!(client.get("st/b").await.refusal(), (404, "BlobNotFound"));
    assert_eq!((storage.unfinished()[0].key.as_str(), storage.unfinished()[0].parts), ("st/b", 3));
    let meta = [
        ("x-ms-meta-sfcdigest", "d1"),
        ("x-ms-blob-content-encoding", "utf-8"),
        ("content-type", "application/xml"),
    ];
    let list = "<Uncommitted>BBBB</Uncommitted>\n<Latest>AAAA</Latest>";
    assert_eq!(commit(&client, list, &meta).await.status, 201);
    let read = client.get("st/b").await;
    assert_eq!((read.text(), read.header("x-ms-meta-sfcdigest")), ("TWO,one,", "d1"));
    assert_eq!(
        (read.header("content-encoding"), read.header("content-type")),
        ("utf-8", "application/octet-stream")
    );
    assert!(storage.unfinished().is_empty(), "what no list named is forgotten");
    let sent: Vec<_> = storage.parts_sent("st/b").into_iter().collect();
    assert_eq!(sent, [("AAAA".into(), 1), ("BBBB".into(), 2), ("CCCC".into(), 1)]);
}

/// The answer to a commit was lost: the same list is good once more.
#[tokio::test]
async fn committed_blocks_can_be_named_again() {
    let (storage, _) = storage();
    let client = Client::new(&storage, Cloud::Azure);
    block(&client, "AAAA", "one,").await;
    block(&client, "BBBB", "two").await;
    let list = "<Latest>AAAA</Latest><Latest>BBBB</Latest>";
    for _ in 0..2 {
        assert_eq!(commit(&client, list, &[]).await.status, 201);
        assert_eq!(storage.get("st/b").unwrap().body(), "one,two");
    }
    block(&client, "CCCC", ",three").await;
    let more = "<Committed>BBBB</Committed><Uncommitted>CCCC</Uncommitted>";
    assert_eq!(commit(&client, more, &[]).await.status, 201);
    assert_eq!(storage.get("st/b").unwrap().body(), "two,three");
}

#[tokio::test]
async fn a_list_with_a_block_that_is_not_there_changes_nothing() {
    let (storage, _) = storage();
    let client = Client::new(&storage, Cloud::Azure);
    block(&client, "AAAA", "one").await;
    let list = "<Latest>AAAA</Latest><Latest>ZZZZ</Latest>";
    assert_eq!(commit(&client, list, &[]).await.refusal(), (400, "InvalidBlockList"));
    assert_eq!(
        commit(&client, "<Committed>AAAA</Committed>", &[]).await.refusal(),
        (400, "InvalidBlockList")
    );
    assert_eq!(block(&client, "other-length", "x").await.refusal(), (400, "InvalidBlobOrBlock"));
    assert!(storage.get("st/b").is_none());
    storage.put("st/b", "first", NONE);
    let condition = [("if-none-match", "*")];
    assert_eq!(
        commit(&client, "<Latest>AAAA</Latest>", &condition).await.refusal(),
        (409, "BlobAlreadyExists")
    );
    assert_eq!(storage.get("st/b").unwrap().body(), "first");
    assert_eq!(storage.count(Operation::Complete), 0);
}

#[tokio::test]
async fn the_account_may_stand_before_the_container() {
    let (storage, _) = storage();
    let client = Client::new(&storage, Cloud::Azure);
    storage.put("st/f", "x", NONE);
    let sas = client.credentials.named()["AZURE_SAS_TOKEN"].clone().unwrap();
    let uri = format!("http://127.0.0.1:8000/account/sim-azure/st%2Ff?{sas}");
    let read = super::raw(&storage, Method::GET, &uri, http::HeaderMap::new(), bytes::Bytes::new()).await;
    assert_eq!(read.text(), "x");
}
