//! Writing, reading and looking.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use snowflake_sim::storage::Operation;

use super::support::{Server, Shape, metadata, opened, put, read, stage, storage};
use crate::ErrorKind;
use crate::store::{Content, Metadata, Mode, Replay, Written};

#[tokio::test]
async fn f13_what_is_said_about_an_object_comes_back_from_every_cloud() {
    for shape in Shape::WHOLE {
        let storage = storage();
        let (store, _) = stage(&storage, shape);
        assert_eq!(store.head("a b/ü+%41.csv").await.unwrap(), None);
        assert_eq!(put(&*store, "a b/ü+%41.csv", b"1,2\n", Mode::Create).await.unwrap(), Written::Yes);
        assert_eq!(storage.get("stage/dir/a b/ü+%41.csv").unwrap().body(), "1,2\n");
        let object = store.head("a b/ü+%41.csv").await.unwrap().unwrap();
        assert_eq!((object.size, &object.metadata), (4, &metadata("a")));
        let download = store.get("a b/ü+%41.csv", None).await.unwrap();
        assert_eq!(download.object, object);
        assert_eq!(read(&*store, "a b/ü+%41.csv").await.unwrap(), b"1,2\n");
    }
}

#[tokio::test]
async fn an_object_is_replaced_only_when_asked_for() {
    for shape in Shape::WHOLE {
        let storage = storage();
        let (store, _) = stage(&storage, shape);
        let first = store.put("k", Bytes::from_static(b"1").into(), &Metadata::default(), Mode::Create).await;
        assert_eq!(first.unwrap(), Written::Yes);
        assert_eq!(put(&*store, "k", b"2", Mode::Create).await.unwrap(), Written::Exists);
        assert_eq!(read(&*store, "k").await.unwrap(), b"1");
        assert_eq!(put(&*store, "k", b"2", Mode::Overwrite).await.unwrap(), Written::Yes);
        assert_eq!(read(&*store, "k").await.unwrap(), b"2");
    }
}

#[tokio::test]
async fn objects_of_all_sizes_and_ranges_of_them_are_read() {
    let body: Vec<u8> = (0..20_000_001_u32).map(|at| at.to_le_bytes()[1]).collect();
    for shape in Shape::WHOLE {
        let storage = storage();
        let (store, _) = stage(&storage, shape);
        put(&*store, "empty", b"", Mode::Create).await.unwrap();
        assert_eq!(read(&*store, "empty").await.unwrap(), b"", "{shape:?}");
        put(&*store, "big", &body, Mode::Create).await.unwrap();
        assert!(read(&*store, "big").await.unwrap() == body, "{shape:?}");
        for range in [0..1, 5..9_000_000, 19_999_999..30_000_000] {
            let download = store.get("big", Some(range.clone())).await.unwrap();
            assert_eq!(download.object.size, 20_000_001);
            let pieces: Vec<Bytes> = download.body.try_collect().await.unwrap();
            let range =
                usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap().min(body.len());
            assert!(pieces.concat() == body[range.clone()], "{shape:?} {range:?}");
        }
        let missing = store.get("none", None).await.unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
        assert!(missing.to_string().contains("none"));
    }
}

#[tokio::test]
async fn signed_addresses_are_asked_for_by_file_and_write_without_looking() {
    let storage = storage();
    let (store, server) = stage(&storage, Shape::Write);
    assert_eq!(store.head("a").await.unwrap(), None);
    assert!(store.parts().is_none());
    for key in ["a", "dir/b"] {
        assert_eq!(put(&*store, key, key.as_bytes(), Mode::Create).await.unwrap(), Written::Yes);
        assert_eq!(storage.get(&format!("stage/dir/{key}")).unwrap().body(), key);
    }
    assert_eq!((server.asked(), storage.count(Operation::Head)), (2, 0));
}

#[tokio::test]
async fn signed_addresses_of_a_download_come_with_the_first_answer() {
    let storage = storage();
    let (token, _) = stage(&storage, Shape::Token);
    put(&*token, "a", b"body of a", Mode::Create).await.unwrap();
    put(&*token, "empty", b"", Mode::Create).await.unwrap();
    let mut server = Server::new(&storage, Shape::Read);
    server.files = vec!["a".to_owned(), "empty".to_owned()];
    let server = Arc::new(server);
    let store = opened(&server, Arc::new(storage.clone()));
    assert_eq!(read(&*store, "a").await.unwrap(), b"body of a");
    assert_eq!(read(&*store, "empty").await.unwrap(), b"");
    let object = store.head("a").await.unwrap().unwrap();
    assert_eq!((object.size, object.metadata), (9, metadata("a")));
    assert_eq!(store.head("empty").await.unwrap().unwrap().size, 0);
    assert_eq!(server.asked(), 0);
    // One that the answer does not name is asked for, and is not there either.
    assert_eq!(store.get("other", None).await.unwrap_err().kind(), ErrorKind::Protocol);
}

/// Pieces that can be read again, or end in an error.
#[derive(Debug)]
struct Source {
    pieces: Vec<Bytes>,
    is_broken: bool,
}

impl Replay for Source {
    fn size(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.len() as u64).sum()
    }

    fn read(&self) -> BoxStream<'static, io::Result<Bytes>> {
        let mut pieces: Vec<_> = self.pieces.iter().cloned().map(Ok).collect();
        if self.is_broken {
            pieces.pop();
            pieces.push(Err(io::Error::other("the disk is gone")));
        }
        stream::iter(pieces).boxed()
    }
}

#[tokio::test]
async fn f10_a_source_is_written_whole_or_not_at_all() {
    for shape in Shape::WRITING {
        let storage = storage();
        let (store, _) = stage(&storage, shape);
        let pieces = vec![Bytes::from_static(b"one "), Bytes::from_static(b"two")];
        let content = |is_broken| Content::Replay(Arc::new(Source { pieces: pieces.clone(), is_broken }));
        let whole = store.put("whole", content(false), &metadata("w"), Mode::Create).await;
        assert_eq!(whole.unwrap(), Written::Yes);
        assert_eq!(storage.get("stage/dir/whole").unwrap().body(), "one two");
        let error = store.put("broken", content(true), &metadata("b"), Mode::Create).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io, "{shape:?} {error:?}");
        assert!(storage.get("stage/dir/broken").is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_is_read_again_when_its_upload_has_to_be_repeated() {
    for shape in Shape::WRITING {
        let storage = storage();
        let (store, server) = stage(&storage, shape);
        put(&*store, "k", b"before", Mode::Create).await.unwrap();
        storage.expire_all();
        let pieces = vec![Bytes::from_static(b"one "), Bytes::from_static(b"two")];
        let source = Content::Replay(Arc::new(Source { pieces, is_broken: false }));
        assert_eq!(store.put("k", source, &metadata("k"), Mode::Overwrite).await.unwrap(), Written::Yes);
        assert_eq!(storage.get("stage/dir/k").unwrap().body(), "one two", "{shape:?}");
        assert_eq!(server.asked(), if shape == Shape::Write { 2 } else { 1 });
    }
}

#[tokio::test]
async fn a_file_that_is_replaced_while_it_is_read_is_an_error() {
    for shape in Shape::WHOLE {
        let storage = storage();
        let (store, _) = stage(&storage, shape);
        put(&*store, "k", &vec![1; 40 << 20], Mode::Create).await.unwrap();
        let mut body = store.get("k", None).await.unwrap().body;
        body.try_next().await.unwrap().unwrap();
        put(&*store, "k", &vec![2; 40 << 20], Mode::Overwrite).await.unwrap();
        let rest: Result<Vec<Bytes>, _> = body.try_collect().await;
        assert_eq!(rest.unwrap_err().kind(), ErrorKind::Incomplete, "{shape:?}");
    }
}
