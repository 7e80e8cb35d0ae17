//! Requests that the official drivers put on the wire, and the answers that they accepted.
//!
//! `SNOWFLAKE_TRAFFIC_DIR` names a folder with one folder of exchanges per driver; without it these tests
//! say that they were skipped.

use std::path::{Path, PathBuf};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use snowflake_proto::wire::{Envelope, abort, login, monitor, query, token};

use crate::folder;

const VARIABLE: &str = "SNOWFLAKE_TRAFFIC_DIR";
/// Fields of drivers that mean nothing to this client or to the simulator.
const IGNORED: [&str; 7] = [
    "disableOfflineChunks",
    "SVN_REVISION",
    "RAW_SAML_RESPONSE",
    "PROVIDER",
    "passcodeInPassword",
    "OAUTH_TYPE",
    "dataframeAst",
];

struct Exchange {
    file: PathBuf,
    path: String,
    request: Value,
    answer: Value,
}

fn exchanges(test: &str) -> Vec<Exchange> {
    let Some(folder) = folder::named_by(VARIABLE, test) else { return Vec::new() };
    let files = folder::json_files(&folder);
    assert!(files.len() > 200, "only {} files under {}", files.len(), folder.display());
    files
        .into_iter()
        .map(|file| {
            let exchange: Value = serde_json::from_str(&folder::read(&file)).unwrap();
            Exchange {
                file,
                path: exchange["request"]["path"].as_str().unwrap().to_owned(),
                request: exchange["request"]["body"].clone(),
                answer: without_marker(exchange["response"]["body"].clone()),
            }
        })
        .collect()
}

/// Drops the note "and so many more" that stands for the rest of a shortened parameter list.
fn without_marker(mut answer: Value) -> Value {
    if let Some(Value::Array(parameters)) = answer.pointer_mut("/data/parameters") {
        parameters.retain(|parameter| parameter.get("name").is_some());
    }
    answer
}

fn parse<T: DeserializeOwned>(file: &Path, value: &Value) -> T {
    serde_json::from_str(&value.to_string()).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Reads the value, writes it again and demands that no field was lost or changed on the way.
fn round_trip<T: Serialize + DeserializeOwned>(file: &Path, value: &Value) -> T {
    let parsed: T = parse(file, value);
    let written = serde_json::to_value(&parsed).unwrap();
    assert_kept(file, value, &written);
    parsed
}

fn assert_kept(file: &Path, given: &Value, written: &Value) {
    let (Value::Object(given), Value::Object(written)) = (given, written) else {
        assert_eq!(given, written, "{}", file.display());
        return;
    };
    for (key, value) in given {
        let empty = value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
        match written.get(key) {
            Some(kept) => assert_kept(file, value, kept),
            None => assert!(empty || IGNORED.contains(&key.as_str()), "{}: {key} was lost", file.display()),
        }
    }
}

#[test]
fn every_captured_request_survives_the_wire_structs() {
    let exchanges = exchanges("every_captured_request_survives_the_wire_structs");
    let (mut queries, mut logins, mut others) = (0, 0, 0);
    for Exchange { file, path, request, .. } in &exchanges {
        if path.ends_with("/login-request") {
            let login = round_trip::<login::Request>(file, request).data;
            assert!(!login.client_app_id.is_empty() && !login.account_name.is_empty(), "{}", file.display());
            logins += 1;
        } else if path.ends_with("/query-request") {
            let query: query::Request = round_trip(file, request);
            assert!(!query.sql_text.is_empty(), "{}", file.display());
            let bindings = query.bindings.unwrap_or_default();
            assert!(bindings.values().all(|binding| !binding.kind.is_empty()), "{}", file.display());
            queries += 1;
        } else if path.ends_with("/token-request") {
            let renewal: token::Request = round_trip(file, request);
            assert_eq!(renewal.request_type, "RENEW");
            others += 1;
        } else if path.ends_with("/v1/abort-request") {
            let abort: abort::Request = round_trip(file, request);
            assert!(!abort.request_id.is_empty());
            others += 1;
        }
    }
    if !exchanges.is_empty() {
        assert_eq!((queries, logins, others), (126, 29, 8));
    }
}

#[test]
fn every_answer_the_drivers_accepted_parses() {
    let exchanges = exchanges("every_answer_the_drivers_accepted_parses");
    let (mut in_progress, mut failures, mut transfers, mut chunked) = (0, 0, 0, 0);
    for Exchange { file, path, answer, .. } in &exchanges {
        if answer.get("success").is_none() {
            continue;
        }
        if path.ends_with("/login-request") {
            let envelope: Envelope<login::Response> = parse(file, answer);
            assert_eq!(
                envelope.success,
                envelope.data.is_some_and(|data| data.token.is_some()),
                "{}",
                file.display()
            );
        } else if path.ends_with("/token-request") {
            parse::<Envelope<token::Response>>(file, answer);
        } else if path.starts_with("/monitoring/") {
            parse::<Envelope<monitor::Response>>(file, answer);
        } else if path.starts_with("/queries/") {
            let envelope: Envelope<query::Response> = parse(file, answer);
            let data = envelope.data.unwrap_or_default();
            let waiting = matches!(envelope.code.as_deref(), Some("333333" | "333334"));
            assert!(!waiting || data.get_result_url.is_some(), "{}", file.display());
            in_progress += usize::from(waiting);
            failures += usize::from(!envelope.success && !waiting);
            transfers += usize::from(data.transfer.stage_info.is_some());
            chunked += usize::from(data.chunks.is_some_and(|chunks| !chunks.is_empty()));
        }
    }
    if !exchanges.is_empty() {
        assert!(in_progress > 0 && failures > 0 && transfers > 0 && chunked > 0);
    }
}
