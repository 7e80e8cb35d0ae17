//! Requests as official drivers put them on the wire, when a folder of captures is at hand.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use http::{Method, StatusCode};
use serde_json::Value;
use snowflake_sim::SimServer;

use crate::client::Client;

#[tokio::test]
async fn captured_logins_and_statements_get_well_formed_answers() {
    let Some(folder) = std::env::var_os("SNOWFLAKE_TRAFFIC_DIR") else {
        println!("skipped: SNOWFLAKE_TRAFFIC_DIR names no folder of captured requests");
        return;
    };
    let server =
        SimServer::builder().user("alice", "pw").user("ALICE", "pw").database("db").start().await.unwrap();
    let mut seen = BTreeSet::new();
    for file in files(Path::new(&folder)) {
        let capture: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let request = &capture["request"];
        let path = request["path"].as_str().unwrap_or_default();
        if request["method"] != "POST" || !request["body"].is_object() {
            continue;
        }
        match path {
            "/session/v1/login-request" => login(&server, &file, request).await,
            "/queries/v1/query-request" => statement(&server, &file, request).await,
            _ => continue,
        }
        seen.insert(path.to_owned());
    }
    assert_eq!(seen.len(), 2, "the folder holds captures of logins and of statements");
}

async fn login(server: &SimServer, file: &Path, request: &Value) {
    let path = with_query(request);
    let (status, answer) =
        Client::new(server).send(Method::POST, &path, Some("None"), Some(request["body"].clone())).await;
    assert_eq!(status, StatusCode::OK, "{}", file.display());
    let data = &request["body"]["data"];
    // Names that do not exist here fail the logins that ask for it.
    let is_strict = data["SESSION_PARAMETERS"]["CLIENT_VALIDATE_DEFAULT_PARAMETERS"] == true;
    if data["PASSWORD"] == "pw" && data["AUTHENTICATOR"].is_null() && !is_strict {
        assert_eq!(answer["success"], true, "{}: {answer}", file.display());
    }
    well_formed(file, &answer);
}

async fn statement(server: &SimServer, file: &Path, request: &Value) {
    let client = Client { app: app(file), ..Client::new(server) };
    let answer = client.try_login(serde_json::json!({"LOGIN_NAME": "alice", "PASSWORD": "pw"})).await;
    let token = answer["data"]["token"].as_str();
    let (status, answer) =
        client.send(Method::POST, &with_query(request), token, Some(request["body"].clone())).await;
    assert_eq!(status, StatusCode::OK, "{}", file.display());
    well_formed(file, &answer);
    let data = &answer["data"];
    assert!(data["queryId"].as_str().is_some_and(|id| id.starts_with("01")), "{}: {answer}", file.display());
    if answer["success"] == true && data["rowtype"].is_array() {
        let has_rows = data["rowset"].is_array() || data["rowsetBase64"].is_string();
        assert!(has_rows && data["total"].is_i64(), "{}: {answer}", file.display());
    }
    if app(file) == "JavaScript" {
        assert_ne!(data["queryResultFormat"], "arrow");
    }
}

fn well_formed(file: &Path, answer: &Value) {
    let ok = answer["success"].as_bool().unwrap_or_else(|| panic!("{}: {answer}", file.display()));
    if !ok {
        let code = answer["code"].as_str().unwrap_or_default();
        assert!(code.parse::<u32>().is_ok(), "{}: {answer}", file.display());
        assert!(answer["message"].is_string());
    }
}

fn app(file: &Path) -> &'static str {
    let name = file.to_string_lossy();
    [("node", "JavaScript"), ("adbc", "Go")]
        .into_iter()
        .find(|(part, _)| name.contains(part))
        .map_or("PythonConnector", |(_, app)| app)
}

fn with_query(request: &Value) -> String {
    let pairs = request["query"].as_object().into_iter().flatten();
    let pairs: Vec<String> =
        pairs.map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default())).collect();
    format!("{}?{}", request["path"].as_str().unwrap_or_default(), pairs.join("&").replace(' ', "%20"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
    found.sort();
    found
}
