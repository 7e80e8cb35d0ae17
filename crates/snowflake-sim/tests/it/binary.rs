//! The `snowflake-sim` binary: one line on stdout, a server behind it, a clean end on SIGTERM.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use http::Method;
use serde_json::json;
use snowflake_transport::{Body, HttpTransport, Transport as _, TransportOptions};

use crate::client::{PASSWORD, USER};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_snowflake-sim"));
    command.arg("serve").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[cfg(unix)]
#[tokio::test]
async fn the_binary_says_where_it_listens_and_stops_on_sigterm() {
    let mut child = command(&["--user", USER, "--password", PASSWORD, "--database", "db"]).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let url = line.trim_end().strip_prefix("snowflake-sim listening on ").unwrap();
    let body = json!({"data": {"ACCOUNT_NAME": "any", "LOGIN_NAME": USER, "PASSWORD": PASSWORD}});
    let request = http::Request::builder()
        .method(Method::POST)
        .uri(format!("{url}/session/v1/login-request"))
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = HttpTransport::new(TransportOptions::default()).unwrap().send(request).await.unwrap();
    let answer = response.into_body().collect(usize::MAX).await.unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["data"]["sessionInfo"]["databaseName"], "DB");
    let signalled = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(signalled.success());
    assert!(child.wait().unwrap().success());
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

#[test]
fn a_server_that_nobody_could_log_in_to_does_not_start() {
    let output = command(&["--user", USER]).output().unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8(output.stderr).unwrap().contains("--password"));
}
