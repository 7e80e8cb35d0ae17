//! The `snowflake-sim` binary: a server behind one line on stdout, and what it tells of recordings.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};

use http::Method;
use serde_json::{Value, json};
use snowflake_sim::{Literals, Recording, Statement, StatementContext};
use snowflake_transport::{Body, HttpTransport, Transport as _, TransportOptions};

use crate::client::{PASSWORD, USER};

fn command(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_snowflake-sim"));
    command.arg(name).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[cfg(unix)]
#[tokio::test]
async fn the_binary_says_where_it_listens_and_stops_on_sigterm() {
    let mut child =
        command("serve", &["--user", USER, "--password", PASSWORD, "--database", "db"]).spawn().unwrap();
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
    let output = command("serve", &["--user", USER]).output().unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8(output.stderr).unwrap().contains("--password"));
}

#[test]
fn an_endpoint_for_stages_needs_a_bucket_and_a_cloud() {
    let endpoint = ["--user", USER, "--password", "pw", "--stage-endpoint", "http://127.0.0.1:1"];
    for (more, said) in [(&[][..], "--stage-bucket"), (&["--stage-bucket", "b"], "--stages s3, azure or gcs")]
    {
        let output = command("serve", &[&endpoint[..], more].concat()).output().unwrap();
        assert!(!output.status.success());
        assert!(String::from_utf8(output.stderr).unwrap().contains(said), "{said}");
    }
}

/// What `snowflake-sim recordings` did in a folder: its exit code, stdout and stderr.
fn recordings(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = command("recordings", arguments).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn fingerprint(sql: &str) -> String {
    let context = StatementContext::default();
    let statement = Statement { sql: sql.to_owned(), binds: Value::Null, context, describe_only: false };
    statement.fingerprint(Literals::Keep).to_string()
}

/// A recording of statements that each answered one row with one value.
fn recorded(statements: &[(&str, &str)]) -> Value {
    let statements = statements.iter().map(|(sql, value)| {
        let data = json!({"rowtype": [{"name": "A", "type": "text"}], "rowset": [[value]], "total": 1});
        json!({
            "fingerprint": fingerprint(sql),
            "sql": sql,
            "executions": [{"answer": {"json": {"success": true, "data": data}}}],
        })
    });
    json!({"snowflake_recording": 1, "literals": "keep", "statements": statements.collect::<Vec<_>>()})
}

/// A folder with a recording `good.json` as the library writes it, and others made from texts.
fn folder_with(others: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    good().save(folder.path().join("good.json")).unwrap();
    for (name, text) in others {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn good() -> Recording {
    let document = recorded(&[("select a from t", "x"), ("select 'two\nlines \u{1b}[31m'", "y")]);
    Recording::from_json(&document.to_string()).unwrap()
}

#[test]
fn a_list_has_a_line_for_each_statement_whatever_its_text() {
    let (code, stdout, stderr) = recordings(folder_with(&[]).path(), &["list", "good.json"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let lines: Vec<_> = stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{stdout}");
    let words: Vec<_> = lines[0].split_whitespace().collect();
    assert_eq!(words[..2], [fingerprint("select a from t").as_str(), "1"]);
    assert!(words[2].parse::<usize>().unwrap() > 0, "{stdout}");
    assert_eq!(words[3], "1");
    assert!(lines[0].to_lowercase().ends_with("  select a from t"), "{stdout}");
    assert!(lines[1].ends_with(r"'two\nlines \u{1b}[31m'"), "{stdout}");
}

#[test]
fn a_file_that_cannot_be_listed_is_told_with_its_cause() {
    let folder = folder_with(&[("cut.json", r#"{"snowflake_recording": 1, "#)]);
    for (file, cause) in [("cut.json", "ends early, at line 1"), ("none.json", "none.json cannot be read: ")]
    {
        let (code, stdout, stderr) = recordings(folder.path(), &["list", file]);
        assert_eq!((code, stdout.as_str()), (1, ""), "{file}");
        assert!(stderr.starts_with("snowflake-sim: the recording "), "{stderr}");
        assert!(stderr.contains(file) && stderr.contains(cause), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
}

#[test]
fn a_recording_without_problems_verifies_with_one_line() {
    let (code, stdout, stderr) = recordings(folder_with(&[]).path(), &["verify", "good.json"]);
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (0, "good.json: fine, statements: 2\n", ""));
}

#[test]
fn verifying_tells_every_problem_of_every_file() {
    let whole = good().to_json();
    let mut newer = recorded(&[]);
    newer["snowflake_recording"] = json!(99);
    let mut edited = recorded(&[("select 1", "ver:1-hint:2-abc"), ("select 2", "x")]);
    edited["statements"][1]["sql"] = json!("select 3");
    let folder = folder_with(&[
        ("cut.json", &whole[..whole.len() / 2]),
        ("newer.json", &newer.to_string()),
        ("edited.json", &edited.to_string()),
    ]);
    let files = ["verify", "cut.json", "newer.json", "none.json", "edited.json", "good.json"];
    let (code, stdout, stderr) = recordings(folder.path(), &files);
    assert_eq!(code, 1);
    let lines: Vec<_> = stdout.lines().collect();
    let secret = "edited.json: /statements/0/executions/0/answer/json/data/rowset/0/0: a Snowflake token";
    let right = fingerprint("select 3");
    let wrong = format!("edited.json: /statements/1/fingerprint: the statement's fingerprint is {right}");
    assert_eq!(lines, [secret, &wrong, "good.json: fine, statements: 2"]);
    let lines: Vec<_> = stderr.lines().collect();
    let wanted =
        [("cut.json", "ends early"), ("newer.json", "newer version: 99"), ("none.json", "cannot be read")];
    assert_eq!(lines.len(), wanted.len(), "{stderr}");
    for (line, (file, cause)) in lines.iter().zip(wanted) {
        assert!(line.contains(file) && line.contains(cause), "{stderr}");
    }
    for file in &files[1..5] {
        assert_eq!(recordings(folder.path(), &["verify", file]).0, 1, "{file}");
    }
}

#[test]
fn a_diff_tells_what_was_added_removed_and_answered_differently() {
    let old = recorded(&[("select 1", "x"), ("select 2", "x"), ("select 3", "x")]).to_string();
    let new = recorded(&[("select 1", "x"), ("select 3", "y"), ("select 4", "x")]).to_string();
    let folder = folder_with(&[("old.json", &old), ("new.json", &new)]);
    let (code, stdout, stderr) = recordings(folder.path(), &["diff", "old.json", "new.json"]);
    assert_eq!((code, stderr.as_str()), (1, ""));
    let found: Vec<_> = stdout.lines().map(|line| line.split("  ").next().unwrap()).collect();
    let line = |sign: &str, sql| format!("{sign} {}", fingerprint(sql));
    assert_eq!(found, [line("-", "select 2"), line("~", "select 3"), line("+", "select 4")]);
    assert!(stdout.contains("other values in row 1"), "{stdout}");
    let same = recordings(folder.path(), &["diff", "old.json", "old.json"]);
    assert_eq!(same, (0, String::new(), String::new()));
}

#[test]
fn a_diff_that_cannot_be_made_is_not_taken_for_one_with_changes() {
    let folder = folder_with(&[("cut.json", "{")]);
    for pair in [["good.json", "cut.json"], ["cut.json", "good.json"]] {
        let (code, stdout, stderr) = recordings(folder.path(), &["diff", pair[0], pair[1]]);
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert!(stderr.contains("cut.json is not usable: the recording ends early"), "{stderr}");
    }
}
