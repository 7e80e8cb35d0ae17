//! A storage service in memory and answers that point to it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use base64::Engine;
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::HeaderMap;
use snowflake_proto::wire::chunk::Descriptor;
use snowflake_proto::wire::query::{Response as Answer, RowType};
use snowflake_proto::{Column, DataType};
use snowflake_sim::SeededEntropy;
use snowflake_transport::{
    Body, BoxFuture, Delivery, Error, ErrorKind, Request, Response, Retrier, RetryPolicy, Transport,
};
use tokio::sync::{Notify, Semaphore};

use crate::result::{Fetcher, PartHosts, ResultOptions};

/// What is answered to one request.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    Bytes(Bytes),
    Status(u16, &'static str),
    /// The connection breaks while the body arrives.
    Cut,
    /// No answer, ever.
    Silence,
}

/// Answers each path with its replies in turn, the last one for ever.
#[derive(Debug)]
pub(super) struct Storage {
    replies: Mutex<HashMap<String, VecDeque<Reply>>>,
    seen: Mutex<Vec<(String, HeaderMap)>>,
    in_flight: Arc<AtomicUsize>,
    most_in_flight: AtomicUsize,
    gate: Semaphore,
    arrived: Notify,
}

/// Counts a request until it is answered or dropped.
struct InFlight(Arc<AtomicUsize>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Storage {
    pub(super) fn new() -> Self {
        Self {
            replies: Mutex::default(),
            seen: Mutex::default(),
            in_flight: Arc::default(),
            most_in_flight: AtomicUsize::new(0),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            arrived: Notify::new(),
        }
    }

    /// A storage that answers only as many requests as [`Storage::open`] lets through.
    pub(super) fn closed() -> Self {
        Self { gate: Semaphore::new(0), ..Self::new() }
    }

    pub(super) fn open(&self, requests: usize) {
        self.gate.add_permits(requests);
    }

    pub(super) fn put(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        self.replies.lock().unwrap().insert(path.to_owned(), replies.into_iter().collect());
    }

    pub(super) fn requests(&self) -> Vec<(String, HeaderMap)> {
        self.seen.lock().unwrap().clone()
    }

    pub(super) fn requests_for(&self, path: &str) -> usize {
        self.seen.lock().unwrap().iter().filter(|(seen, _)| seen == path).count()
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::SeqCst)
    }

    pub(super) fn most_in_flight(&self) -> usize {
        self.most_in_flight.load(Ordering::SeqCst)
    }

    /// Waits until so many requests have come in all.
    pub(super) async fn until_requests(&self, count: usize) {
        loop {
            let arrived = self.arrived.notified();
            if self.seen.lock().unwrap().len() >= count {
                return;
            }
            arrived.await;
        }
    }

    fn reply(&self, path: &str) -> Reply {
        let mut replies = self.replies.lock().unwrap();
        let queue = replies.get_mut(path).unwrap_or_else(|| panic!("nothing is stored at {path}"));
        if queue.len() > 1 { queue.pop_front().unwrap() } else { queue.front().unwrap().clone() }
    }
}

impl Transport for Storage {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let path = request.uri().path().to_owned();
            self.seen.lock().unwrap().push((path.clone(), request.headers().clone()));
            let in_flight = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
            let _in_flight = InFlight(Arc::clone(&self.in_flight));
            self.most_in_flight.fetch_max(in_flight, Ordering::SeqCst);
            self.arrived.notify_waiters();
            self.gate.acquire().await.unwrap().forget();
            match self.reply(&path) {
                Reply::Bytes(bytes) => Ok(Response::new(Body::from(bytes))),
                Reply::Status(status, body) => {
                    let mut response = Response::new(Body::from(body));
                    *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
                    Ok(response)
                }
                Reply::Cut => Err(Error::reported(ErrorKind::Reset, Delivery::MaybeSent, "cut")),
                Reply::Silence => std::future::pending().await,
            }
        })
    }
}

/// The columns of all answers here: `ID NUMBER(10,0)` and `NAME VARCHAR`.
pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::new("ID", DataType::Number { precision: 10, scale: 0 }, false),
        Column::new("NAME", DataType::Text { length: 100 }, true),
    ]
}

pub(super) fn row_types(columns: &[Column]) -> Option<Vec<RowType>> {
    Some(columns.iter().map(Column::to_row_type).collect())
}

/// Rows with these ids and names that follow from them.
pub(super) fn batch(ids: std::ops::Range<i64>) -> RecordBatch {
    let names = StringArray::from_iter(ids.clone().map(|id| (id % 3 != 0).then(|| format!("name {id}"))));
    RecordBatch::try_from_iter_with_nullable([
        ("ID", Arc::new(Int64Array::from_iter_values(ids)) as ArrayRef, false),
        ("NAME", Arc::new(names) as ArrayRef, true),
    ])
    .unwrap()
}

/// The batches as one IPC stream.
pub(super) fn stream(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batches[0].schema()).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.into_inner().unwrap()
}

pub(super) fn gzip(plain: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap().into()
}

/// An answer without inline rows whose part `i` lies at `/i` and holds ten rows.
pub(super) fn answer(parts: usize) -> Answer {
    let part = |index| Descriptor {
        url: format!("https://storage.example.com/{index}?Signature=signed-{index}"),
        row_count: 10,
        uncompressed_size: i64::try_from(stream(&[batch(0..10)]).len()).unwrap(),
        compressed_size: 100,
    };
    Answer {
        row_type: row_types(&columns()),
        rowset_base64: Some(String::new()),
        total: Some(i64::try_from(parts * 10).unwrap()),
        query_result_format: Some("arrow".to_owned()),
        chunks: Some((0..parts).map(part).collect()),
        chunk_headers: Some(BTreeMap::from([(
            "x-amz-server-side-encryption-customer-key".to_owned(),
            "a2V5".to_owned(),
        )])),
        ..Answer::default()
    }
}

/// As [`answer`], with ten inline rows before those of the parts.
pub(super) fn answer_with_inline(parts: usize) -> Answer {
    let inline = stream(&[batch(-10..0)]);
    Answer {
        rowset_base64: Some(base64::engine::general_purpose::STANDARD.encode(inline)),
        total: Some(i64::try_from(parts * 10 + 10).unwrap()),
        ..answer(parts)
    }
}

/// The bytes of part `index` as they should be.
pub(super) fn part_bytes(index: usize) -> Bytes {
    let start = i64::try_from(index * 10).unwrap();
    gzip(&stream(&[batch(start..start + 10)]))
}

/// Part `index` as it should be.
pub(super) fn part(index: usize) -> Reply {
    Reply::Bytes(part_bytes(index))
}

/// Stores parts as they should be.
pub(super) fn store(storage: &Storage, parts: usize) {
    for index in 0..parts {
        storage.put(&format!("/{index}"), [part(index)]);
    }
}

pub(super) fn fetcher<T: Transport + 'static>(storage: &Arc<T>) -> Fetcher {
    let retrier = Retrier::new(RetryPolicy::default()).with_entropy(Arc::new(SeededEntropy::new(7)));
    Fetcher::new(Arc::<T>::clone(storage), retrier)
}

pub(super) fn options() -> ResultOptions {
    ResultOptions::default().with_part_hosts(PartHosts::Public)
}
