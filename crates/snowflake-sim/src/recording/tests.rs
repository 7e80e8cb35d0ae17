//! Recordings survive their text, and their text may be anything.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{ChangeKind, ProblemKind, Recording, RecordingErrorKind};
use crate::fingerprint::Statement;

/// A recording with one of everything.
fn document() -> Value {
    let mut document = json!({
        "snowflake_recording": 1,
        "literals": "keep",
        "logins": [{
            "context": { "role": "R", "warehouse": "WH" },
            "answer": { "after_ms": 12, "json": { "success": true, "data": { "token": "scrubbed-token", "sessionId": 7 } } },
        }],
        "statements": [
            {
                "fingerprint": "", "sql": ["select *", "from t"], "binds": { "1": { "type": "FIXED", "value": "5" } },
                "context": { "role": "R", "warehouse": "WH", "database": "D", "schema": "S" },
                "executions": [{
                    "query_id": "01b2c3d4-0000-1111-0000-000000000001",
                    "answer": { "json": { "success": true, "code": "333333",
                        "data": { "getResultUrl": "/queries/01b2c3d4-0000-1111-0000-000000000001/result" } } },
                    "polls": [{ "after_ms": 5, "json": { "success": true, "code": null, "data": {
                        "rowtype": [{ "name": "A", "type": "text" }], "rowset": [["x"], [null]], "total": 4,
                        "chunks": [
                            { "url": "https://recording.invalid/parts/01b2c3d4-0000-1111-0000-000000000001/0", "rowCount": 1 },
                            { "url": "https://recording.invalid/parts/01b2c3d4-0000-1111-0000-000000000001/1", "rowCount": 1 },
                        ] } } }],
                    "monitoring": [{ "json": { "success": true, "data": { "queries": [{ "status": "SUCCESS" }] } } }],
                    "parts": [
                        { "part": 0, "rows": [["y"]] },
                        { "part": 1, "headers": { "content-encoding": "gzip" }, "base64": ["H4sI", "AAAA"] },
                    ],
                }],
            },
            {
                "fingerprint": "", "sql": "select 2", "describe_only": true,
                "executions": [{ "aborted": true, "answer": { "status": 400, "left_out": "too much" } }],
            },
        ],
        "results": [{ "query_id": "01b2c3d4-0000-1111-0000-000000000009",
            "polls": [{ "json": { "success": true, "data": {
                "queryResultFormat": "arrow", "rowsetBase64": "A".repeat(400) } } }] }],
        "transfers": [{ "method": "PUT", "address": "https://b.s3.amazonaws.com/k",
            "answers": [{ "headers": { "etag": "1" }, "base64": [] }] }],
    });
    for statement in document["statements"].as_array_mut().unwrap() {
        statement["fingerprint"] = fingerprint(statement);
    }
    document
}

fn fingerprint(statement: &Value) -> Value {
    let sql = match &statement["sql"] {
        Value::Array(lines) => lines.iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n"),
        other => other.as_str().unwrap().to_owned(),
    };
    let context = statement.get("context").cloned().unwrap_or(json!({}));
    let statement = Statement {
        sql,
        binds: statement.get("binds").cloned().unwrap_or_default(),
        context: serde_json::from_value(context).unwrap(),
        describe_only: statement["describe_only"] == true,
    };
    json!(statement.fingerprint(snowflake_proto::sql::Literals::Keep).to_string())
}

fn recording() -> Recording {
    Recording::from_json(&document().to_string()).unwrap()
}

#[test]
fn what_is_written_reads_back_the_same_and_is_written_the_same() {
    let recording = recording();
    let text = recording.to_json();
    let again = Recording::from_json(&text).unwrap();
    assert_eq!(again, recording);
    assert_eq!(again.to_json(), text);
    assert!(text.starts_with("{\n  \"snowflake_recording\": 1,\n  \"literals\": \"keep\",\n"));
    assert!(
        text.contains("          \"rows\": [\n                [\"y\"]\n") || text.contains("[\"y\"]"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.len() < 160), "{text}");
    recording.verify().unwrap();
}

#[test]
fn m05_a_file_is_whole_private_and_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording.json");
    recording().save(&path).unwrap();
    recording().save(&path).unwrap();
    assert_eq!(Recording::load(&path).unwrap(), recording());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays behind");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let error = Recording::load_up_to(&path, 100).unwrap_err();
    assert_eq!(error.kind(), RecordingErrorKind::TooLarge);
    let error = Recording::load(folder.path().join("none.json")).unwrap_err();
    assert_eq!(error.kind(), RecordingErrorKind::Unreadable);
    assert!(error.to_string().contains("none.json"), "{error}");
    let error = recording().save(folder.path().join("none/x.json")).unwrap_err();
    assert_eq!(error.kind(), RecordingErrorKind::Unwritable);
    std::fs::write(&path, b"\xff").unwrap();
    assert_eq!(Recording::load(&path).unwrap_err().kind(), RecordingErrorKind::Unreadable);
}

#[test]
fn m04_every_cut_is_an_error_that_says_so() {
    let text = recording().to_json();
    let end = text.trim_end().len();
    for cut in (0..end).filter(|cut| text.is_char_boundary(*cut)) {
        let error = Recording::from_json(&text[..cut]).unwrap_err();
        assert_eq!(error.kind(), RecordingErrorKind::Truncated, "cut at {cut}: {error}");
    }
    Recording::from_json(&text[..end]).unwrap();
}

#[test]
fn m04_a_newer_version_is_refused_before_anything_else_is_read() {
    let error = Recording::from_json(r#"{ "snowflake_recording": 2, "what": "ever" }"#).unwrap_err();
    assert_eq!(error.kind(), RecordingErrorKind::NewerVersion);
    let expected = "the recording was written by a newer version: 2; this program reads up to 1";
    assert_eq!(error.to_string(), expected);
    for text in ["[]", "{}", r#"{ "snowflake_recording": "1" }"#, r#"{ "snowflake_recording": 0 }"#] {
        let error = Recording::from_json(text).unwrap_err();
        assert_eq!(error.kind(), RecordingErrorKind::Malformed, "{text}");
    }
}

#[test]
fn what_is_not_json_is_told_with_its_place() {
    let error = Recording::from_json("{ \"snowflake_recording\": 1,\n  oops }").unwrap_err();
    assert_eq!(error.kind(), RecordingErrorKind::NotJson);
    assert!(error.to_string().ends_with("(line 2, column 3)"), "{error}");
    let deep = "[".repeat(10_000);
    assert_eq!(Recording::from_json(&deep).unwrap_err().kind(), RecordingErrorKind::NotJson);
}

#[test]
fn nonsense_is_told_with_its_pointer() {
    for (pointer, value, expected) in [
        (
            "/statements/0/executions/0/parts/0/rows/0/0",
            json!(1),
            "a string or null is expected, not a number",
        ),
        ("/statements/1/executions/0/answer/status", json!(70_000), "it is no HTTP status"),
        ("/statements/0/binds", json!("5"), "it is no object of binds"),
        ("/statements/0/fingerprint", json!("2-abc"), "it is no fingerprint"),
        ("/statements/0/executions/0/parts/1/base64/0", json!("***"), "it is not base64"),
        ("/statements/0/executions/0/parts/1/part", json!(0), "there are two parts 0"),
        ("/literals", json!("some"), "it is neither"),
        ("/transfers/0/answers/0/headers/etag", json!([]), "a string is expected, not an array"),
        ("/logins/0/answer", json!({}), "exactly one of json, rows, base64 and left_out"),
        ("/results/0", json!({ "query": 1 }), "the field \"query\" is not known"),
    ] {
        let mut edited = document();
        *edited.pointer_mut(pointer).unwrap() = value;
        let error = Recording::from_json(&edited.to_string()).unwrap_err();
        assert_eq!(error.kind(), RecordingErrorKind::Malformed, "{pointer}");
        assert!(error.to_string().contains(expected), "{pointer}: {error}");
        assert!(pointer.starts_with(error.pointer().unwrap()), "{pointer}: {error}");
    }
}

#[test]
fn m04_any_scalar_may_be_replaced_by_anything() {
    let document = document();
    let mut pointers = Vec::new();
    scalars(&document, String::new(), &mut pointers);
    assert!(pointers.len() > 50);
    for pointer in &pointers {
        for value in [json!(null), json!(-1), json!(1e300), json!("\u{0}"), json!([]), json!({}), json!(true)]
        {
            let mut edited = document.clone();
            *edited.pointer_mut(pointer).unwrap() = value;
            // Either a clear error, or something that can be listed, checked, compared and written.
            if let Ok(edited) = Recording::from_json(&edited.to_string()) {
                let _ = (edited.verify(), edited.summary(), edited.diff(&recording()));
                assert_eq!(Recording::from_json(&edited.to_json()).unwrap(), edited, "{pointer}");
            }
        }
    }
}

fn scalars(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| scalars(value, format!("{pointer}/{name}"), found));
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(index, value)| scalars(value, format!("{pointer}/{index}"), found));
        }
        _ => found.push(pointer),
    }
}

#[test]
fn verify_tells_every_problem_with_its_place() {
    let mut edited = document();
    edited["statements"][1]["sql"] = json!("select 3");
    edited["statements"][0]["executions"][0]["parts"][0]["rows"] = json!([["ver:1-hint:2-abcdefgh"], ["z"]]);
    edited["statements"][0]["executions"][0]["parts"].as_array_mut().unwrap().pop();
    edited["results"][0]["query_id"] = json!("01b2c3d4-0000-1111-0000-000000000001");
    let recording = Recording::from_json(&edited.to_string()).unwrap();
    let problems: Vec<_> = recording.verify().unwrap_err().into_iter().collect();
    let told: Vec<_> = problems.iter().map(|problem| (problem.kind, problem.pointer.as_str())).collect();
    assert_eq!(
        told,
        [
            (ProblemKind::Secret, "/statements/0/executions/0/parts/0/rows/0/0"),
            (ProblemKind::Incomplete, "/statements/0/executions/0/parts"),
            (ProblemKind::Incomplete, "/statements/0/executions/0/parts"),
            (ProblemKind::Fingerprint, "/statements/1/fingerprint"),
            (ProblemKind::Duplicate, "/results/0/query_id"),
        ]
    );
    assert!(problems[1].what.contains("part 0 has 2 rows instead of 1"), "{}", problems[1]);
    let folder = tempfile::tempdir().unwrap();
    let error = recording.save(folder.path().join("x.json")).unwrap_err();
    assert_eq!(error.kind(), RecordingErrorKind::HoldsSecret);
    assert!(!error.to_string().contains("abcdefgh"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_diff_tells_what_a_program_would_notice() {
    let one = recording();
    assert!(one.diff(&one).is_empty());
    let mut edited = document();
    edited["statements"][0]["executions"][0]["polls"][0]["after_ms"] = json!(99);
    edited["statements"][0]["executions"][0]["query_id"] = json!("01b2c3d4-0000-1111-0000-000000000077");
    assert!(one.diff(&Recording::from_json(&edited.to_string()).unwrap()).is_empty());
    edited["statements"][0]["executions"][0]["parts"][0]["rows"] = json!([["Y"]]);
    edited["statements"][1]["sql"] = json!("select 3");
    edited["statements"][1]["fingerprint"] = fingerprint(&edited["statements"][1]);
    let other = Recording::from_json(&edited.to_string()).unwrap();
    let changes = one.diff(&other);
    let kinds: Vec<_> = changes.iter().map(|change| change.kind.clone()).collect();
    let answered = ChangeKind::Answered("other values in row 3".to_owned());
    assert_eq!(kinds, [answered, ChangeKind::Removed, ChangeKind::Added]);
    assert!(changes[1].to_string().starts_with("- 1-") && changes[2].to_string().ends_with("SELECT 3"));
}

#[test]
fn a_listing_has_a_row_per_statement() {
    let summary = recording().summary();
    assert_eq!(summary.len(), 2);
    assert_eq!((summary[0].sql.as_str(), summary[0].rows, summary[0].times), ("SELECT * FROM T", Some(4), 1));
    assert!(summary[0].bytes > 100 && summary[1].rows.is_none());
}

proptest! {
    #[test]
    fn any_statement_and_any_cell_survive(
        sql in any::<String>(),
        cells in prop::collection::vec(prop::option::of(any::<String>()), 0..4),
        name in any::<String>(),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut document = document();
        document["statements"][0]["sql"] = json!(sql);
        document["statements"][0]["fingerprint"] = fingerprint(&document["statements"][0]);
        document["statements"][0]["executions"][0]["parts"][0]["rows"] = json!([cells]);
        document["statements"][0]["executions"][0]["polls"][0]["json"]["data"][&name] = json!({ &name: [{ &name: 1 }] });
        let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &bytes);
        document["transfers"][0]["answers"][0]["base64"] = json!(base64);
        let recording = Recording::from_json(&document.to_string()).unwrap();
        prop_assert_eq!(Recording::from_json(&recording.to_json()).unwrap(), recording);
    }

    #[test]
    fn no_text_is_too_strange_to_be_refused(text in any::<String>()) {
        prop_assert!(Recording::from_json(&text).is_err());
    }
}
