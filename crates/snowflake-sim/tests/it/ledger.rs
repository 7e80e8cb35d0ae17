//! The server's ledger: what was changed for good, which rows were produced, and what was fetched of them.

use http::StatusCode;
use serde_json::json;

use crate::client::{Client, builder, request_id, rows};

#[tokio::test]
async fn changes_count_when_they_are_committed_and_only_then() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    client.data("CREATE TABLE t (a INT)").await;
    let insert = "INSERT INTO t VALUES (1), (2)";
    let counted = || {
        let effect = server.ledger().effect("insert into T values (1),(2)");
        (effect.executions, effect.rows)
    };
    for (sql, expected) in [
        ("BEGIN", (0, 0)),
        (insert, (0, 0)),
        ("ROLLBACK", (0, 0)),
        ("BEGIN", (0, 0)),
        (insert, (0, 0)),
        (insert, (0, 0)),
        ("COMMIT", (2, 4)),
        (insert, (3, 6)),
    ] {
        client.data(sql).await;
        assert_eq!(counted(), expected, "{sql}");
    }
    client.data("UPDATE t SET a = 3 WHERE a = 1").await;
    assert_eq!(server.ledger().effect("UPDATE t SET a = 3 WHERE a = 1").rows, 3);
    client.data("DELETE FROM t").await;
    assert_eq!(server.ledger().effect("DELETE FROM t").rows, 6);
}

#[tokio::test]
async fn merging_and_loading_twice_shows() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    client.data("CREATE TABLE t (a INT)").await;
    let merge = "MERGE INTO t USING (VALUES (1), (2)) AS s (a) ON t.a = s.a \
                 WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT VALUES (s.a)";
    client.data("CREATE STAGE files").await;
    client.data("COPY INTO @files/part FROM (SELECT column1 FROM VALUES (5), (6), (7))").await;
    let (copy, again) = ("COPY INTO t FROM @files", "COPY INTO t FROM @files FORCE = TRUE");
    let validate = "COPY INTO t FROM @files FORCE = TRUE VALIDATION_MODE = RETURN_ERRORS";
    for sql in [merge, copy, copy, "BEGIN", merge, again, "ROLLBACK", merge, validate, again] {
        client.data(sql).await;
    }
    let counted = |sql: &str| {
        let effect = server.ledger().effect(sql);
        (effect.executions, effect.rows)
    };
    assert_eq!(counted(merge), (2, 4));
    // The second time there was nothing left to load.
    assert_eq!(counted(copy), (2, 3));
    assert_eq!(counted(again), (1, 3));
    assert_eq!(counted(validate), (0, 0));
}

#[tokio::test]
async fn what_is_described_or_fails_has_no_effect() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    client.data("CREATE TABLE t (a INT NOT NULL)").await;
    let before = server.ledger();
    client.submit(&request_id(), json!({"sqlText": "INSERT INTO t VALUES (1)", "describeOnly": true})).await;
    assert_eq!(client.query("INSERT INTO t VALUES (NULL)").await["success"], false);
    let since = server.ledger().since(&before);
    assert_eq!((since.executions(), since.effects.len()), (2, 0));
}

#[tokio::test]
async fn a_statement_is_kept_with_its_text_its_rows_and_what_was_fetched_of_them() {
    let server = builder().chunk_rows(1_000).start().await.unwrap();
    let client = Client::login(&server).await;
    let (id, sql) = (request_id(), rows(2_500));
    let answer = client.submit(&id, json!({"sqlText": sql})).await;
    let data = &answer["data"];
    let url = data["chunks"][1]["url"].as_str().unwrap();
    let (status, _, body) = client.fetch(url, &data["chunkHeaders"]).await;
    assert_eq!(status, StatusCode::OK);
    let (status, ..) = client.fetch(&format!("{url}0"), &data["chunkHeaders"]).await;
    assert_eq!(status, StatusCode::FORBIDDEN);

    let ledger = server.ledger();
    let query_id = data["queryId"].as_str().unwrap();
    assert_eq!(ledger.statements[&id].text, sql);
    assert_eq!(ledger.query_ids(&sql), [query_id]);
    let result = &ledger.results[query_id];
    assert_eq!((result.rows, result.inline_rows), (2_500, 1_000));
    let bytes = u64::try_from(body.len()).unwrap();
    let parts: Vec<_> = result.parts.iter().map(|part| (part.rows, part.requests, part.bytes)).collect();
    assert_eq!(parts, [(1_000, 0, 0), (500, 1, bytes)]);
    assert_eq!((ledger.chunk_requests, ledger.chunk_bytes), (2, bytes));
    assert!(!format!("{ledger:?}").contains("r2499"), "a ledger shows no statement");
}
