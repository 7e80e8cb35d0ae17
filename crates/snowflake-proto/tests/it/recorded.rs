//! Genuine answers of the service, read through the wire structs and the decoder.
//!
//! `SNOWFLAKE_RECORDED_DIR` names the folder with `exchanges.json` and `arrow-27-columns.b64`; without it
//! these tests say that they were skipped. The expected values were read from the same bytes with
//! pyarrow.

use std::path::Path;

use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::de::DeserializeOwned;
use serde_json::Value;
use snowflake_proto::{
    ArrowOptions, Cell, CellReader, ErrorKind, Numbers, Recovery, ResultSchema, ServerCode, StatementType,
    Timestamps,
    wire::{Envelope, login, query},
};

use crate::folder;

const VARIABLE: &str = "SNOWFLAKE_RECORDED_DIR";

struct Exchange {
    url: String,
    request: Option<Value>,
    status: Option<u64>,
    body: Option<Value>,
}

fn exchanges(folder: &Path) -> Vec<Exchange> {
    let all: Vec<Value> = serde_json::from_str(&folder::read(&folder.join("exchanges.json"))).unwrap();
    all.iter()
        .map(|exchange| Exchange {
            url: exchange["request"]["url"].as_str().unwrap().to_owned(),
            request: exchange["request"].get("json").cloned(),
            status: exchange["response"]["status"].as_u64(),
            body: exchange["response"].get("body").cloned(),
        })
        .collect()
}

fn answer<T: DeserializeOwned>(exchange: &Exchange) -> Envelope<T> {
    let text = exchange.body.as_ref().unwrap().to_string();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", exchange.url))
}

fn is_query(url: &str) -> bool {
    url.contains("/queries/") && !url.contains("/abort-request")
}

#[test]
fn every_recorded_exchange_parses() {
    let Some(folder) = folder::named_by(VARIABLE, "every_recorded_exchange_parses") else { return };
    let (mut logins, mut queries, mut others, mut bare) = (0, 0, 0, 0);
    for exchange in exchanges(&folder) {
        if exchange.body.as_ref().is_none_or(|body| body.get("success").is_none()) {
            let body = exchange.body.clone().unwrap_or_default().to_string();
            assert!(
                serde_json::from_str::<Envelope<Value>>(&body).is_err(),
                "{body} is no answer of the protocol"
            );
            bare += 1;
        } else if exchange.url.contains("/session/v1/login-request") {
            check_login(&exchange);
            logins += 1;
        } else if is_query(&exchange.url) {
            check_query(&exchange);
            queries += 1;
        } else {
            let envelope = answer::<Value>(&exchange);
            assert_eq!(envelope.success, envelope.code.is_none(), "{}", exchange.url);
            others += 1;
        }
    }
    assert_eq!((logins, queries, others, bare), (7, 11, 8, 7));
}

fn check_login(exchange: &Exchange) {
    let request: login::Request = serde_json::from_value(exchange.request.clone().unwrap()).unwrap();
    assert_eq!(request.data.client_app_id, "JavaScript");
    assert_eq!(request.data.password.as_deref(), Some("fakepassword"));
    let envelope = answer::<login::Response>(exchange);
    let data = envelope.data.unwrap();
    assert!(envelope.success);
    assert!(data.token.is_some_and(|token| token.ends_with("_TOKEN")));
    assert!(data.master_token.is_some_and(|token| token.ends_with("MASTER_TOKEN")));
    assert_eq!(data.session_id, Some(51_539_800_306));
    // A made-up expired session has a validity of 0.
    assert!(matches!(data.validity_in_seconds, Some(0 | 3600)));
    assert_eq!(data.master_validity_in_seconds, Some(14_400));
    assert!(data.parameters.unwrap().iter().all(|parameter| !parameter.name.is_empty()));
}

fn check_query(exchange: &Exchange) {
    if let Some(body) = exchange.request.clone() {
        let request: query::Request = serde_json::from_value(body).unwrap();
        assert!(!request.sql_text.is_empty());
    }
    let envelope = answer::<query::Response>(exchange);
    if envelope.success {
        let data = envelope.data.unwrap();
        assert_eq!((data.total, data.returned), (Some(1), Some(1)));
        assert!(data.statement_type_id.is_none_or(|id| StatementType::from_id(id).is_select()));
        return;
    }
    let Some(code) = envelope.code else {
        assert!(envelope.message.unwrap().contains("sqlText should not be overwritten"));
        return;
    };
    if let Some(data) = envelope.data {
        assert_eq!(data.error_code.as_deref(), Some(code.as_str()));
        assert!(data.query_id.is_some() && data.sql_state.is_some());
    }
    let recovery = ServerCode::new(&code).recovery();
    assert!(matches!(recovery, Recovery::Never | Recovery::Retry), "{code}: {recovery:?}");
}

#[test]
fn recorded_failures_keep_their_codes_and_places() {
    let test = "recorded_failures_keep_their_codes_and_places";
    let Some(folder) = folder::named_by(VARIABLE, test) else { return };
    let all = exchanges(&folder);
    let syntax = answer::<query::Response>(&all[6]).data.unwrap();
    assert_eq!(syntax.error_code.as_deref(), Some("001003"));
    assert_eq!(syntax.sql_state.as_deref(), Some("42000"));
    assert_eq!((syntax.line, syntax.pos, syntax.internal_error), (Some(-1), Some(-1), Some(false)));
    assert_eq!(syntax.kind.as_deref(), Some("COMPILATION"));

    let codes = |at: usize| ServerCode::new(answer::<Value>(&all[at]).code.unwrap());
    assert_eq!(codes(17).as_str(), "000604");
    assert_eq!(codes(25).recovery(), Recovery::Reauthenticate);
    assert_eq!(codes(27).recovery(), Recovery::RenewSession);
    let not_executing = answer::<query::Response>(&all[11]);
    assert_eq!(not_executing.code.as_deref(), Some(""));
    assert_eq!(not_executing.data.unwrap().error_code.as_deref(), Some("000605"));
    assert_eq!(all[15].status, Some(400));
}

#[test]
fn recorded_json_rows_decode() {
    let Some(folder) = folder::named_by(VARIABLE, "recorded_json_rows_decode") else { return };
    let all = exchanges(&folder);
    let decode = |at: usize| {
        let data = answer::<query::Response>(&all[at]).data.unwrap();
        let schema = ResultSchema::from_row_types(&data.row_type.unwrap(), ArrowOptions::default()).unwrap();
        schema.decode_json_rows(&data.rowset.unwrap())
    };
    for at in [3, 4, 9, 21] {
        assert_eq!(row(&decode(at).unwrap(), 0, |cells| format!("{cells:?}")), "[Integer(1)]");
    }
    let wanted = [
        Cell::Boolean(false),
        Cell::Date(-923),
        Cell::Decimal { unscaled: 1_123_456_789_123_456_789, scale: 18 },
    ];
    row(&decode(5).unwrap(), 0, |cells| assert_eq!(cells, wanted));
}

#[test]
fn b07_recorded_rows_without_columns_are_refused() {
    let test = "b07_recorded_rows_without_columns_are_refused";
    let Some(folder) = folder::named_by(VARIABLE, test) else { return };
    let data = answer::<query::Response>(&exchanges(&folder)[7]).data.unwrap();
    let schema = ResultSchema::from_row_types(&data.row_type.unwrap(), ArrowOptions::default()).unwrap();
    let error = schema.decode_json_rows(&data.rowset.unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SchemaMismatch);
}

/// The cells of one row, for as long as the batch lives.
fn row<T>(batch: &RecordBatch, row: usize, look: impl FnOnce(&[Cell<'_>]) -> T) -> T {
    let readers: Vec<_> = batch.columns().iter().map(|column| CellReader::new(column).unwrap()).collect();
    let cells: Vec<_> = readers.iter().map(|reader| reader.read(row)).collect();
    look(&cells)
}

/// The `rowtype` that would have announced this stream, from the metadata of its fields.
fn row_types(stream: &[u8]) -> Vec<query::RowType> {
    let reader = StreamReader::try_new(stream, None).unwrap();
    let schema = reader.schema();
    schema
        .fields()
        .iter()
        .map(|field| {
            let number = |key: &str| field.metadata().get(key).map(|value| value.parse().unwrap());
            query::RowType {
                name: field.name().clone(),
                nullable: Some(field.is_nullable()),
                kind: field.metadata()["logicalType"].to_lowercase(),
                precision: number("precision"),
                scale: number("scale"),
                length: number("charLength"),
                byte_length: number("byteLength"),
                ..query::RowType::default()
            }
        })
        .collect()
}

const fn whole(unscaled: i128) -> Cell<'static> {
    Cell::Decimal { unscaled, scale: 0 }
}

const NEW_YEAR: Cell<'static> = Cell::Timestamp { epoch: 1_609_459_200, fraction: 0 };

/// What each of the hundred rows holds.
const ROW: [Cell<'static>; 27] = [
    whole(123_456),
    Cell::Binary(b"HELP"),
    Cell::Boolean(true),
    Cell::Text("a"),
    Cell::Text("b"),
    Cell::Date(19_556),
    Cell::Timestamp { epoch: 1_689_684_660, fraction: 0 },
    Cell::Integer(0),
    Cell::Integer(0),
    Cell::Float(123.456),
    Cell::Float(738.132),
    whole(6789),
    whole(23_456),
    whole(12_583),
    Cell::Float(513.431),
    whole(10),
    whole(9),
    Cell::Text("fjisfsj"),
    Cell::Text("wkdoajde131"),
    Cell::Time(45_296_000_000_000),
    NEW_YEAR,
    Cell::TimestampTz { epoch: 1_609_459_200, fraction: 0, offset_minutes: 0 },
    NEW_YEAR,
    NEW_YEAR,
    whole(1),
    Cell::Binary(b"HELP"),
    Cell::Text("vxlmls!21321#@!#!"),
];

#[test]
fn v02_the_27_recorded_columns_decode_to_their_values() {
    let test = "v02_the_27_recorded_columns_decode_to_their_values";
    let Some(folder) = folder::named_by(VARIABLE, test) else { return };
    let text = folder::read(&folder.join("arrow-27-columns.b64"));
    let types = row_types(&STANDARD.decode(text.trim()).unwrap());
    let schema = ResultSchema::from_row_types(&types, ArrowOptions::default()).unwrap();
    let names: Vec<_> = schema.columns().iter().map(|column| column.data_type.to_string()).collect();
    assert_eq!((names[0].as_str(), names[7].as_str()), ("NUMBER(38,0)", "NUMBER(12,3)"));
    assert_eq!((names[19].as_str(), names[21].as_str()), ("TIME(9)", "TIMESTAMP_TZ(9)"));

    let mut wanted = ROW;
    wanted[7] = Cell::Decimal { unscaled: 984_280, scale: 3 };
    wanted[8] = Cell::Decimal { unscaled: 268_350, scale: 3 };
    let batches = schema.decode_arrow_base64(text.trim()).unwrap();
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 100);
    for batch in &batches {
        assert_eq!(&batch.schema(), schema.arrow());
        for at in 0..batch.num_rows() {
            row(batch, at, |cells| assert_eq!(cells, wanted));
        }
    }
}

#[test]
fn the_27_recorded_columns_fit_the_native_types_too() {
    let test = "the_27_recorded_columns_fit_the_native_types_too";
    let Some(folder) = folder::named_by(VARIABLE, test) else { return };
    let text = folder::read(&folder.join("arrow-27-columns.b64"));
    let types = row_types(&STANDARD.decode(text.trim()).unwrap());
    let options =
        ArrowOptions::default().with_numbers(Numbers::Native).with_timestamps(Timestamps::Nanoseconds);
    let schema = ResultSchema::from_row_types(&types, options).unwrap();
    let mut wanted = ROW.map(|cell| match cell {
        Cell::Decimal { unscaled, .. } => Cell::Integer(i64::try_from(unscaled).unwrap()),
        Cell::TimestampTz { epoch, fraction, .. } => Cell::Timestamp { epoch, fraction },
        other => other,
    });
    wanted[7] = Cell::Float(984.28);
    wanted[8] = Cell::Float(268.35);
    let batches = schema.decode_arrow_base64(text.trim()).unwrap();
    row(&batches[0], 99, |cells| assert_eq!(cells, wanted));
}
