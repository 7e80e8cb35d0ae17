//! Sessions: renewal, and what one borrower leaves to the next.

use snowflake_client::QueryBuilder;

use crate::support;

#[tokio::test]
async fn s01_an_expired_session_is_renewed_and_the_statement_runs_once() {
    let (server, client) = support::start().await;
    client.execute("CREATE TABLE t (n INT)").await.unwrap();
    server.expire_sessions();
    client.execute("INSERT INTO t VALUES (1)").await.unwrap();
    let count = client.execute("SELECT COUNT(*) FROM t").await.unwrap();
    assert_eq!(count.rows.row(0).unwrap().get::<i64>(0).unwrap(), 1);
    assert_eq!(server.ledger().token_requests, 1);
}

#[tokio::test]
async fn p10_the_next_borrower_sees_the_defaults() {
    let server = support::server().start().await.unwrap();
    let client = support::builder(&server).password(support::PASSWORD).pool_size(1, 1).build().await.unwrap();
    client.execute("CREATE DATABASE other").await.unwrap();
    let moved = QueryBuilder::new("SELECT CURRENT_DATABASE()").database("OTHER").build();
    let current = client.execute(moved).await.unwrap();
    assert_eq!(current.rows.row(0).unwrap().get::<String>(0).unwrap(), "OTHER");
    client.execute("USE DATABASE other").await.unwrap();
    let current = client.execute("SELECT CURRENT_DATABASE()").await.unwrap();
    assert_eq!(current.rows.row(0).unwrap().get::<String>(0).unwrap(), "DB");
}
