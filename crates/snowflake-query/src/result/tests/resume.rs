//! A download that broke goes on where it broke, and never with bytes of another object.

use std::sync::atomic::{AtomicBool, Ordering};

use snowflake_sim::{Cut, Reply, Rule};

use super::objects::{Object, asked, content_range, ids, read, start_of_range, starts, with_middle};
use super::storage::{batch, gzip, stream};
use crate::error::ErrorKind;

fn middle() -> Object {
    Object::part(1)
}

/// What is left after so many hundredths of the part.
fn hundredths(of: usize) -> usize {
    (middle().bytes.len() * of / 100).max(1)
}

fn all() -> Vec<i64> {
    (0..30).collect()
}

#[tokio::test(start_paused = true)]
async fn c02_a_body_that_breaks_at_any_point_goes_on_from_there() {
    for (at, how) in [1, 50, 99].into_iter().flat_map(|at| [(at, Cut::Reset), (at, Cut::Short)]) {
        let storage = with_middle(|seen| middle().reply(seen));
        storage.add(Rule::on("/1").times(1).cut(hundredths(at), how));
        assert_eq!(ids(&storage).await, all(), "{how:?} at {at} %");
        assert_eq!(starts(&storage), [None, Some(hundredths(at))], "{how:?} at {at} %");
        let requests = asked(&storage);
        assert_eq!(requests[0].headers.len(), 1, "a request that nothing preceded is an ordinary one");
        assert_eq!(requests[1].header("if-range"), Some("\"first\""));
        assert_eq!(requests[1].header("x-amz-server-side-encryption-customer-key"), Some("a2V5"));
        assert_eq!(storage.inner().requests().len(), 4);
        assert_eq!(ids(&storage).await, all(), "the next result is read as if nothing had happened");
        assert_eq!(starts(&storage)[2..], [None]);
    }
}

#[tokio::test(start_paused = true)]
async fn c02_what_breaks_again_goes_on_again() {
    let storage = with_middle(|seen| middle().reply(seen));
    let third = middle().bytes.len() / 3;
    storage.add(Rule::on("/1").times(1).cut(third, Cut::Reset));
    storage.add(Rule::on("/1").times(1).status(503));
    storage.add(Rule::on("/1").times(1).reset());
    storage.add(Rule::on("/1").times(1).cut(third, Cut::Short));
    assert_eq!(ids(&storage).await, all());
    // The 503 and the connection that failed did not reach the storage.
    assert_eq!(starts(&storage), [None, Some(third), Some(2 * third)]);
}

#[tokio::test(start_paused = true)]
async fn c02_without_a_strong_mark_or_a_first_byte_the_whole_part_is_fetched_again() {
    let weak = [("etag", "W/\"first\"")];
    let fresh =
        [("last-modified", "Sun, 22 Nov 2026 10:00:00 GMT"), ("date", "Sun, 22 Nov 2026 10:00:30 GMT")];
    let strong = [("etag", "\"first\"")];
    for (mark, at) in [(&weak[..], 50), (&fresh[..], 50), (&[][..], 50), (&strong[..], 0)] {
        let object = middle().marked(mark);
        let storage = with_middle(move |seen| object.reply(seen));
        let at = if at == 0 { 0 } else { hundredths(at) };
        storage.add(Rule::on("/1").times(1).cut(at, Cut::Reset));
        assert_eq!(ids(&storage).await, all(), "{mark:?}");
        assert_eq!(starts(&storage), [None, None], "{mark:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn c02_a_date_that_is_old_enough_is_a_mark() {
    let settled =
        [("last-modified", "Sun, 22 Nov 2026 10:00:00 GMT"), ("date", "Sun, 22 Nov 2026 12:00:00 GMT")];
    let object = middle().marked(&settled);
    let storage = with_middle(move |seen| object.reply(seen));
    storage.add(Rule::on("/1").times(1).cut(hundredths(50), Cut::Reset));
    assert_eq!(ids(&storage).await, all());
    assert_eq!(starts(&storage), [None, Some(hundredths(50))]);
    assert_eq!(asked(&storage)[1].header("if-range"), Some("Sun, 22 Nov 2026 10:00:00 GMT"));
}

#[tokio::test(start_paused = true)]
async fn c02_a_part_that_is_damaged_is_fetched_again_from_the_start() {
    let storage = with_middle(|seen| middle().reply(seen));
    storage.add(Rule::on("/1").times(1).cut(hundredths(50), Cut::Clean));
    assert_eq!(ids(&storage).await, all());
    assert_eq!(starts(&storage), [None, None]);
}

/// The middle part without compression, whose checksum would find a mixture.
fn plain(start: i64, mark: &'static str) -> Object {
    Object { bytes: stream(&[batch(start..start + 10)]).into(), mark: vec![("etag", mark)] }
}

/// The object that takes the place of the first one: other rows, another mark, the same length.
fn other() -> Object {
    plain(70, "\"second\"")
}

/// What of the other object is sent as if it were the first.
fn disguised(start: usize, range: &str, mark: &[(&'static str, &'static str)]) -> Reply {
    other().marked(mark).rest(start, range)
}

/// What a storage answers that replaced the object while it was read.
type Replaced = fn(usize) -> Reply;

const FIRST: (&str, &str) = ("etag", "\"first\"");

const REPLACED: [(&str, Replaced); 11] = [
    ("the new object, whole", |_| other().whole()),
    ("the rest of the new object", |start| other().rest(start, &content_range(start, other().bytes.len()))),
    ("a rest without a mark", |start| disguised(start, &content_range(start, other().bytes.len()), &[])),
    ("a rest with a weak mark", |start| {
        disguised(start, &content_range(start, other().bytes.len()), &[("etag", "W/\"first\"")])
    }),
    ("a rest in another encoding", |start| {
        let mark = [FIRST, ("content-encoding", "br")];
        disguised(start, &content_range(start, other().bytes.len()), &mark)
    }),
    ("a rest that begins earlier", |start| {
        disguised(start - 1, &content_range(start - 1, other().bytes.len()), &[FIRST])
    }),
    ("a rest that ends earlier", |start| {
        let size = other().bytes.len();
        disguised(start, &format!("bytes {start}-{}/{size}", size - 2), &[FIRST])
    }),
    ("a rest of a longer object", |start| {
        disguised(start, &content_range(start, other().bytes.len() + 9), &[FIRST])
    }),
    ("a rest that does not say what of", |start| disguised(start, "", &[FIRST])),
    ("416", |_| Reply::status(416)),
    ("412", |_| Reply::status(412)),
];

#[tokio::test(start_paused = true)]
async fn c13_two_objects_are_never_joined() {
    for ((what, replaced), at) in REPLACED.into_iter().flat_map(|case| [25, 50, 75, 90].map(|at| (case, at)))
    {
        let first = AtomicBool::new(true);
        let storage = with_middle(move |seen| match start_of_range(seen) {
            _ if first.swap(false, Ordering::Relaxed) => plain(10, "\"first\"").whole(),
            Some(start) => replaced(start),
            None => other().whole(),
        });
        let at = other().bytes.len() * at / 100;
        storage.add(Rule::on("/1").times(1).cut(at, Cut::Reset));
        let rows: Vec<(i64, Option<String>)> = read(&storage).await.unwrap().deserialize().unwrap();
        let expected = (0..10).chain(70..80).chain(20..30);
        let name = |id: i64| (id % 3 != 0).then(|| format!("name {id}"));
        assert_eq!(rows, expected.map(|id| (id, name(id))).collect::<Vec<_>>(), "{what}, cut at {at}");
        let anew = if what == "the new object, whole" { &[][..] } else { &[None] };
        assert_eq!(starts(&storage), [&[None, Some(at)], anew].concat(), "{what}, cut at {at}");
    }
}

#[tokio::test(start_paused = true)]
async fn c13_a_rest_that_is_longer_or_shorter_than_it_says_is_not_used() {
    for extra in [true, false] {
        let storage = with_middle(move |seen| {
            let Some(start) = start_of_range(seen) else { return middle().whole() };
            let mut bytes = middle().bytes.to_vec();
            bytes.resize(if extra { bytes.len() + 1 } else { bytes.len() - 1 }, 0);
            let object = Object { bytes: bytes.into(), ..middle() };
            object.rest(start, &content_range(start, middle().bytes.len()))
        });
        storage.add(Rule::on("/1").times(1).cut(hundredths(50), Cut::Reset));
        assert_eq!(ids(&storage).await, all());
        assert_eq!(starts(&storage), [None, Some(hundredths(50)), None]);
    }
}

#[tokio::test(start_paused = true)]
async fn c02_a_part_that_always_breaks_is_an_error_that_names_the_host() {
    let storage = with_middle(|seen| middle().reply(seen));
    storage.add(Rule::on("/1").cut(0, Cut::Reset));
    let error = read(&storage).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    let text = format!("{error} {error:?}");
    assert!(text.contains("storage.example.com") && !text.contains("signed"), "{text}");
    storage.clear();
    assert_eq!(ids(&storage).await, all());
}

#[tokio::test(start_paused = true)]
async fn a_long_part_in_ever_shorter_pieces_arrives_whole() {
    let object = Object { bytes: gzip(&stream(&[batch(10..20)])), ..middle() };
    let size = object.bytes.len();
    let storage = with_middle(move |seen| object.reply(seen));
    for piece in 1..=6 {
        storage.add(Rule::on("/1").times(1).cut(size / 8 + piece, Cut::Reset));
    }
    assert_eq!(ids(&storage).await, all());
    let begun: usize = starts(&storage).last().copied().flatten().unwrap();
    assert_eq!((starts(&storage).len(), begun), (7, 6 * (size / 8) + 21));
}
