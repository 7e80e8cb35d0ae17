//! How fast a result becomes batches, structs and cells.
//!
//! The storage is in memory, so that what is measured is inflating, decoding, prefetching and reading.
//! The columns are an id, a number with a scale and NULLs, a text, a double and a timestamp.

#![expect(clippy::unwrap_used, reason = "a benchmark may stop at the first surprise")]

use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray, StructArray};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field};
use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use flate2::{Compression, write::GzEncoder};
use serde::Deserialize;
use serde_json::{Value, json};
use snowflake_auth::{LoginOptions, Password, Server, ServerOptions};
use snowflake_proto::{AccountId, ArrowOptions, Protocol, ResultSchema, ServerAddress, rowset};
use snowflake_query::{Cell, Session, SessionOptions};
use snowflake_transport::{Body, BoxFuture, Error, Request, Response, Transport};
use tokio::runtime::Runtime;

const PARTS: usize = 10;
const ROWS_PER_PART: usize = 25_000;
const ROWS: usize = PARTS * ROWS_PER_PART;
const ID: &str = "01b2c3d4-0000-1111-0000-000000000001";

#[derive(Debug, Deserialize)]
struct Measure {
    id: i64,
    amount: Option<f64>,
    name: String,
    score: f64,
}

/// Answers by path.
#[derive(Debug)]
struct Service(HashMap<String, Bytes>);

impl Transport for Service {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let body = self.0.get(request.uri().path()).cloned().unwrap_or_default();
        Box::pin(std::future::ready(Ok(Response::new(Body::from(body)))))
    }
}

fn gzip(plain: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap().into()
}

fn row_types() -> Value {
    json!([
        { "name": "ID", "type": "fixed", "precision": 38, "scale": 0, "nullable": true },
        { "name": "AMOUNT", "type": "fixed", "precision": 12, "scale": 2, "nullable": true },
        { "name": "NAME", "type": "text", "length": 100, "nullable": true },
        { "name": "SCORE", "type": "real", "nullable": true },
        { "name": "CREATED", "type": "timestamp_ntz", "precision": 0, "scale": 9, "nullable": true },
    ])
}

fn amount(row: usize) -> Option<i64> {
    (!row.is_multiple_of(50)).then(|| i64::try_from(row * 7_919 % 1_000_000).unwrap())
}

fn score(row: usize) -> f64 {
    f64::from(u32::try_from(row * 31 % 65_521).unwrap()) / 1_000.0
}

fn name(row: usize) -> String {
    format!("{} number {}", ["alpha", "bravo", "hôtel", "november oscar papa"][row % 4], row % 977)
}

fn epoch(row: usize) -> i64 {
    1_500_000_000 + i64::try_from(row).unwrap() * 13
}

/// One part in the Arrow format, as plain bytes.
fn arrow_part(part: usize) -> Vec<u8> {
    let rows = || part * ROWS_PER_PART..(part + 1) * ROWS_PER_PART;
    let field = |name, kind| Arc::new(Field::new(name, kind, false));
    let fraction = Int32Array::from_iter_values(rows().map(|row| i32::try_from(row * 17).unwrap()));
    let stamps = StructArray::from(vec![
        (
            field("epoch", DataType::Int64),
            Arc::new(Int64Array::from_iter_values(rows().map(epoch))) as ArrayRef,
        ),
        (field("fraction", DataType::Int32), Arc::new(fraction) as ArrayRef),
    ]);
    let ids = rows().map(|row| i64::try_from(row).unwrap());
    let columns: [(&str, ArrayRef); 5] = [
        ("ID", Arc::new(Int64Array::from_iter_values(ids))),
        ("AMOUNT", Arc::new(Int64Array::from_iter(rows().map(amount)))),
        ("NAME", Arc::new(StringArray::from_iter_values(rows().map(name)))),
        ("SCORE", Arc::new(Float64Array::from_iter_values(rows().map(score)))),
        ("CREATED", Arc::new(stamps)),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    for start in (0..ROWS_PER_PART).step_by(8_192) {
        writer.write(&batch.slice(start, 8_192.min(ROWS_PER_PART - start))).unwrap();
    }
    writer.into_inner().unwrap()
}

/// One part in the JSON format, as plain bytes.
fn json_part(part: usize) -> Vec<u8> {
    let rows = (part * ROWS_PER_PART..(part + 1) * ROWS_PER_PART).map(|row| {
        let amount = amount(row).map(|amount| format!("{}.{:02}", amount / 100, amount % 100));
        let created = format!("{}.{:09}", epoch(row), row * 17);
        json!([row.to_string(), amount, name(row), score(row).to_string(), created]).to_string()
    });
    rows.collect::<Vec<_>>().join(",").into_bytes()
}

/// A service that answers every statement with the same result.
fn service(format: &str, parts: &[Vec<u8>]) -> Arc<Service> {
    let mut answers = HashMap::new();
    let mut chunks = Vec::new();
    for (index, plain) in parts.iter().enumerate() {
        let body = gzip(plain);
        chunks.push(json!({
            "url": format!("https://storage.example.com/{index}"), "rowCount": ROWS_PER_PART,
            "uncompressedSize": plain.len(), "compressedSize": body.len(),
        }));
        answers.insert(format!("/{index}"), body);
    }
    let login = json!({ "success": true, "data": {
        "token": "session", "masterToken": "master", "validityInSeconds": 3600, "masterValidityInSeconds": 14400,
        "sessionId": 1, "parameters": [], "sessionInfo": {},
    }});
    let query = json!({ "success": true, "data": {
        "rowtype": row_types(), "rowsetBase64": "", "total": ROWS, "returned": ROWS, "queryId": ID,
        "statementTypeId": 4096, "queryResultFormat": format, "chunks": chunks,
    }});
    answers.insert("/session/v1/login-request".to_owned(), login.to_string().into());
    answers.insert("/queries/v1/query-request".to_owned(), query.to_string().into());
    Arc::new(Service(answers))
}

fn connect(runtime: &Runtime, service: Arc<Service>) -> Session {
    let address = ServerAddress::new(Protocol::Https, "acct.snowflakecomputing.com", None).unwrap();
    let server = Server::new(service, address, ServerOptions::default());
    let login = LoginOptions::new(AccountId::parse("acct").unwrap());
    let options = SessionOptions::new(server, Arc::new(Password::new("alice", "a password")), login);
    runtime.block_on(Session::connect(options)).unwrap()
}

fn decode(criterion: &mut Criterion) {
    let types: Vec<_> = serde_json::from_value(row_types()).unwrap();
    let schema = ResultSchema::from_row_types(&types, ArrowOptions::default()).unwrap();
    let mut group = criterion.benchmark_group("part");
    group.throughput(Throughput::Elements(ROWS_PER_PART as u64));
    for (format, plain) in [("arrow", arrow_part(0)), ("json", json_part(0))] {
        let (body, size) = (gzip(&plain), plain.len());
        group.bench_function(format!("inflate_{format}"), |bencher| {
            bencher.iter_batched(
                || body.clone(),
                |body| rowset::inflate(body, size, size).unwrap(),
                BatchSize::SmallInput,
            );
        });
        let plain = Bytes::from(plain);
        group.bench_function(format!("decode_{format}"), |bencher| {
            bencher.iter(|| match format {
                "arrow" => schema.decode_arrow(plain.clone()).unwrap(),
                _ => vec![schema.decode_json_chunk(&plain).unwrap()],
            });
        });
    }
    group.finish();
}

async fn count(session: &Session) {
    let mut stream = session.execute_batches("SELECT 1").await.unwrap();
    let mut rows = 0;
    while let Some(batch) = stream.next().await {
        rows += batch.unwrap().num_rows();
    }
    assert_eq!(rows, ROWS);
}

async fn sum(session: &Session) -> f64 {
    let mut typed = session.execute_stream("SELECT 1").await.unwrap().deserialize::<Measure>();
    let mut sum = 0.0;
    while let Some(measure) = typed.next().await {
        let Measure { id, amount, name, score } = measure.unwrap();
        sum += amount.unwrap_or_default() + score + f64::from(u32::try_from(id).unwrap());
        std::hint::black_box(name);
    }
    sum
}

fn read(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut group = criterion.benchmark_group("result");
    group.throughput(Throughput::Elements(ROWS as u64)).sample_size(20);
    for (format, make) in [("arrow", arrow_part as fn(usize) -> Vec<u8>), ("json", json_part)] {
        let parts: Vec<_> = (0..PARTS).map(make).collect();
        let session = connect(&runtime, service(format, &parts));
        group.bench_function(format!("batches_{format}"), |bencher| {
            bencher.iter(|| runtime.block_on(count(&session)));
        });
        group.bench_function(format!("typed_{format}"), |bencher| {
            bencher.iter(|| runtime.block_on(sum(&session)));
        });
    }
    let session = connect(&runtime, service("arrow", &(0..PARTS).map(arrow_part).collect::<Vec<_>>()));
    let rows = runtime.block_on(session.execute("SELECT 1")).unwrap().rows;
    group.bench_function("deserialize", |bencher| bencher.iter(|| rows.deserialize::<Measure>().unwrap()));
    group.bench_function("cells", |bencher| {
        bencher.iter(|| {
            let mut cells = 0;
            for row in &rows {
                for position in 0..row.len() {
                    cells += usize::from(row.cell(position).unwrap() != Cell::Null);
                }
            }
            cells
        });
    });
    group.finish();
}

criterion_group!(benches, decode, read);
criterion_main!(benches);
