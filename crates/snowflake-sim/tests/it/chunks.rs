//! Large results: an inline part, and parts behind signed addresses.

use std::io::Read as _;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;
use arrow_cast::cast;
use arrow_ipc::reader::StreamReader;
use arrow_schema::DataType;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use flate2::read::GzDecoder;
use http::StatusCode;
use serde_json::{Value, json};

use crate::client::{Client, builder, request_id, rows};

const ROWS: i32 = 2_500;

#[tokio::test]
async fn an_arrow_result_arrives_whole_and_in_order() {
    let server = builder().chunk_rows(1_000).start().await.unwrap();
    let client = Client::login(&server).await;
    let data = client.data(&rows(2_500)).await;
    assert_eq!((&data["total"], &data["returned"]), (&json!(2_500), &json!(2_500)));
    let mut numbers = arrow_numbers(&STANDARD.decode(data["rowsetBase64"].as_str().unwrap()).unwrap());
    assert_eq!(numbers.len(), 1_000);
    let chunks = data["chunks"].as_array().unwrap();
    assert_eq!(
        chunks.iter().map(|chunk| chunk["rowCount"].as_i64().unwrap()).collect::<Vec<_>>(),
        [1_000, 500]
    );
    for chunk in chunks {
        let body = part(&client, &data, chunk).await;
        let plain = inflate(&body);
        assert_eq!(chunk["compressedSize"], body.len());
        assert_eq!(chunk["uncompressedSize"], plain.len());
        numbers.extend(arrow_numbers(&plain));
    }
    assert_eq!(numbers, (0..ROWS).collect::<Vec<_>>());
    assert_eq!(server.ledger().chunk_requests, 2);
}

#[tokio::test]
async fn every_part_is_as_wide_as_the_widest() {
    let server = builder().chunk_rows(100).start().await.unwrap();
    let client = Client::login(&server).await;
    let data = client.data(&rows(300)).await;
    let width =
        |stream: &[u8]| StreamReader::try_new(stream, None).unwrap().schema().field(0).data_type().clone();
    let inline = STANDARD.decode(data["rowsetBase64"].as_str().unwrap()).unwrap();
    assert_eq!(width(&inline), DataType::Int16);
    let chunk = &data["chunks"][1];
    assert_eq!(width(&inflate(&part(&client, &data, chunk).await)), DataType::Int16);
}

#[tokio::test]
async fn a_json_result_arrives_whole_and_in_order() {
    let server = builder().chunk_rows(1_000).start().await.unwrap();
    let client = Client { app: "JavaScript", ..Client::new(&server) }.logged_in().await;
    let data = client.data(&rows(2_500)).await;
    assert_eq!(data["queryResultFormat"], "json");
    let mut cells = data["rowset"].as_array().unwrap().clone();
    for chunk in data["chunks"].as_array().unwrap() {
        let plain = inflate(&part(&client, &data, chunk).await);
        let whole = format!("[{}]", String::from_utf8(plain).unwrap());
        cells.extend(serde_json::from_str::<Vec<Value>>(&whole).unwrap());
    }
    let expected: Vec<Value> = (0..ROWS).map(|n| json!([n.to_string(), format!("r{n}")])).collect();
    assert_eq!(cells, expected);
}

#[tokio::test]
async fn a_python_client_may_ask_for_json() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let parameters = json!({"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": "JSON"});
    let answer = client.submit(&request_id(), json!({"sqlText": rows(2), "parameters": parameters})).await;
    assert_eq!(answer["data"]["rowset"], json!([["0", "r0"], ["1", "r1"]]));
}

#[tokio::test]
async fn a_part_wants_its_signed_address_and_its_key_and_no_token() {
    let server = builder().chunk_rows(1).start().await.unwrap();
    let client = Client::login(&server).await;
    let data = client.data(&rows(2)).await;
    let url = data["chunks"][0]["url"].as_str().unwrap();
    let headers = &data["chunkHeaders"];
    assert_eq!(headers["x-amz-server-side-encryption-customer-algorithm"], "AES256");
    let status = async |url: &str, headers: &Value| client.fetch(url, headers).await.0;
    assert_eq!(status(url, headers).await, StatusCode::OK);
    assert_eq!(status(url, &json!({})).await, StatusCode::BAD_REQUEST);
    let unsigned = url.split('?').next().unwrap();
    assert_eq!(status(unsigned, headers).await, StatusCode::FORBIDDEN);
    assert_eq!(status(&url.replace("/0?", "/7?"), headers).await, StatusCode::FORBIDDEN);
    let mut both = headers.clone();
    both["Authorization"] = json!("Snowflake Token=\"x\"");
    assert_eq!(status(url, &both).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn expired_addresses_are_replaced_by_asking_for_the_result_again() {
    let server = builder().chunk_rows(1).start().await.unwrap();
    let client = Client::login(&server).await;
    let data = client.data(&rows(3)).await;
    server.expire_chunk_urls();
    let old = data["chunks"][1]["url"].as_str().unwrap();
    assert_eq!(client.fetch(old, &data["chunkHeaders"]).await.0, StatusCode::FORBIDDEN);
    let again = client.get(&format!("/queries/{}/result", data["queryId"].as_str().unwrap())).await;
    let chunk = &again["data"]["chunks"][1];
    assert_eq!(chunk["rowCount"], data["chunks"][1]["rowCount"]);
    assert_eq!(arrow_numbers(&inflate(&part(&client, &again["data"], chunk).await)), [2]);
}

#[tokio::test]
async fn parts_are_cut_by_bytes_too() {
    let server = builder().chunk_bytes(4_096).start().await.unwrap();
    let client = Client::login(&server).await;
    let data = client.data(&rows(2_500)).await;
    let parts = data["chunks"].as_array().unwrap();
    assert!(parts.len() > 3, "{} parts", parts.len());
    let apart: i64 = parts.iter().map(|part| part["rowCount"].as_i64().unwrap()).sum();
    let inline = arrow_numbers(&STANDARD.decode(data["rowsetBase64"].as_str().unwrap()).unwrap());
    assert_eq!(apart + i64::try_from(inline.len()).unwrap(), i64::from(ROWS));
}

async fn part(client: &Client, data: &Value, chunk: &Value) -> Bytes {
    let (status, encoding, body) = client.fetch(chunk["url"].as_str().unwrap(), &data["chunkHeaders"]).await;
    assert_eq!((status, encoding.as_deref()), (StatusCode::OK, Some("gzip")));
    body
}

fn inflate(body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    GzDecoder::new(body).read_to_end(&mut plain).unwrap();
    plain
}

/// The first column, whatever the width that its values were given.
fn arrow_numbers(stream: &[u8]) -> Vec<i32> {
    let reader = StreamReader::try_new(stream, None).unwrap();
    let batches = reader.map(|batch| cast(batch.unwrap().column(0), &DataType::Int32).unwrap());
    batches.flat_map(|array| array.as_primitive::<Int32Type>().values().to_vec()).collect()
}
