//! A download that stands still is given up and made again, and lets go at once when nobody wants it any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use snowflake_sim::{Cut, Fault, Rule, Script};
use snowflake_transport::{
    Body, BoxFuture, Delivery, Error, ErrorKind, Request, RequestOptions, Response, StallLimit, Transport,
};
use tokio::time::{Duration, Instant, timeout};

use super::objects::{Object, ids, starts, with_middle};
use super::storage::{answer, fetcher, options};
use crate::result::{BatchStream, ResultSet};

/// Gives up on bodies that stand still for as long as the request allows, as the transport over HTTP does, and counts
/// the bodies that are being read.
#[derive(Debug)]
struct Impatient {
    inner: Arc<Fault<Script>>,
    open: Arc<AtomicUsize>,
}

/// One body that is being read.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Impatient {
    fn new(inner: &Arc<Fault<Script>>) -> Arc<Self> {
        Arc::new(Self { inner: Arc::clone(inner), open: Arc::default() })
    }

    fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    fn watched(&self, body: Body, limit: StallLimit) -> impl Stream<Item = Result<Bytes, Error>> + use<> {
        self.open.fetch_add(1, Ordering::SeqCst);
        let open = Open(Arc::clone(&self.open));
        stream::unfold((body, open), move |(mut body, open)| async move {
            let stalled = || Error::reported(ErrorKind::Stalled, Delivery::MaybeSent, "nothing arrived");
            let piece = timeout(limit.window, body.next()).await.unwrap_or_else(|_| Some(Err(stalled())));
            Some((piece?, (body, open)))
        })
    }
}

impl Transport for Impatient {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let limit = RequestOptions::of(&request).stall;
        Box::pin(async move {
            let (head, body) = self.inner.send(request).await?.into_parts();
            let limit = limit.expect("the request for a part limits how long it may stand still");
            Ok(Response::from_parts(head, Body::from_stream(self.watched(body, limit))))
        })
    }
}

fn stalling(after: usize) -> (Arc<Fault<Script>>, Arc<Impatient>) {
    let storage = with_middle(|seen| Object::part(1).reply(seen));
    storage.add(Rule::on("/1").times(1).cut(after, Cut::Stall));
    let transport = Impatient::new(&storage);
    (storage, transport)
}

#[tokio::test(start_paused = true)]
async fn c03_a_body_that_stalls_goes_on_in_a_second_request() {
    let size = Object::part(1).bytes.len();
    for at in [1, size / 2, size - 1] {
        let (storage, transport) = stalling(at);
        let start = Instant::now();
        assert_eq!(ids(&transport).await, (0..30).collect::<Vec<_>>());
        let window = StallLimit::STORAGE.window;
        assert!(
            (window..window + Duration::from_secs(2)).contains(&start.elapsed()),
            "{:?}",
            start.elapsed()
        );
        assert_eq!(starts(&storage), [None, Some(at)]);
        assert_eq!(transport.open(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn c03_a_body_that_stalls_before_its_first_byte_is_fetched_again() {
    let (storage, transport) = stalling(0);
    assert_eq!(ids(&transport).await, (0..30).collect::<Vec<_>>());
    assert_eq!(starts(&storage), [None, None]);
}

async fn open(transport: &Arc<Impatient>, options: crate::result::ResultOptions) -> BatchStream {
    ResultSet::open(answer(3), fetcher(transport), options, None).await.unwrap().into_batches()
}

#[tokio::test(start_paused = true)]
async fn c03_dropping_the_stream_during_a_stall_ends_the_exchange_at_once() {
    let (storage, transport) = stalling(Object::part(1).bytes.len() / 2);
    let options = options();
    let mut stream = open(&transport, options.clone()).await;
    // Time moves on its own only while everyone waits; here nobody does, so that the stall lasts.
    let mut rows = 0;
    while rows < 10 || transport.open() != 1 || storage.inner().requests().len() != 3 {
        if let Poll::Ready(batch) = futures::poll!(StreamExt::next(&mut stream)) {
            rows += batch.unwrap().unwrap().num_rows();
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(rows, 10);
    assert!(options.budget.used() > 0);
    let before = Instant::now();
    drop(stream);
    while transport.open() > 0 || options.budget.used() > 0 || Arc::strong_count(&transport) > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(starts(&storage), [None]);
    assert_eq!(ids(&transport).await, (0..30).collect::<Vec<_>>());
}
