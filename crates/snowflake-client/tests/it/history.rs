//! What ran, asked of the server that ran it.

use std::collections::BTreeSet;

use snowflake_client::{
    HistorySource, HistoryStatus, QueryBuilder, QueryHistoryOptions, QueryRecord, SnowflakeClient,
    SnowflakeError,
};
use time::{Duration, OffsetDateTime};

use crate::support;

async fn history(client: &SnowflakeClient, options: QueryHistoryOptions) -> Vec<QueryRecord> {
    let now = OffsetDateTime::now_utc();
    client.get_query_history(now - Duration::hours(1), now + Duration::hours(1), options).await.unwrap()
}

fn texts(records: &[QueryRecord]) -> Vec<&str> {
    records.iter().map(|record| record.query_text.as_str()).collect()
}

#[tokio::test]
async fn test_query_history() -> Result<(), SnowflakeError> {
    let (_server, client) = support::start().await;
    client.execute("CREATE WAREHOUSE analytics_wh").await?;
    client.execute("CREATE TABLE t AS SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 1000))").await?;
    let counted =
        QueryBuilder::new("SELECT COUNT(*) FROM t").warehouse("analytics_wh").tag("nightly").build();
    let counted = client.execute(counted).await?;

    // Get query history
    let history = client
        .get_query_history(
            OffsetDateTime::now_utc() - Duration::hours(24),
            OffsetDateTime::now_utc() + Duration::hours(1),
            QueryHistoryOptions {
                warehouse: Some("ANALYTICS_WH".to_string()),
                limit: Some(100),
                ..Default::default()
            },
        )
        .await?;
    let found = history.iter().find(|query| query.query_id == counted.query_id).unwrap();
    assert_eq!(found.query_text, "SELECT COUNT(*) FROM t");
    assert_eq!(
        (found.query_tag.as_deref(), found.warehouse.as_deref()),
        (Some("nightly"), Some("ANALYTICS_WH"))
    );
    assert_eq!(
        (found.status.clone(), found.source),
        (HistoryStatus::Success, HistorySource::InformationSchema)
    );
    assert_eq!((found.database.as_deref(), found.user.as_deref()), (Some("DB"), Some(support::USER)));
    assert!(found.end_time.unwrap() >= found.start_time);
    assert!(history.iter().all(|query| query.warehouse.as_deref() == Some("ANALYTICS_WH")));
    Ok(())
}

#[tokio::test]
async fn n02_filters_choose_on_the_server() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE \"it's\" (n INT)").await.unwrap();
    let tagged = |sql: &str, tag: &str| QueryBuilder::new(sql).tag(tag).build();
    client.execute(tagged("SELECT 1 AS one", "a'b")).await.unwrap();
    client.execute(tagged("SELECT 2 AS two", "other")).await.unwrap();
    client.execute("SELECT 1 / 0").await.unwrap_err();
    client.execute("INSERT INTO \"it's\" VALUES (1)").await.unwrap();

    let options = QueryHistoryOptions::default;
    let by_tag = QueryHistoryOptions { query_tag: Some("a'b".to_owned()), ..options() };
    assert_eq!(texts(&history(&client, by_tag).await), ["SELECT 1 AS one"]);
    let failed = QueryHistoryOptions { status: Some(HistoryStatus::Failed), ..options() };
    let failed = history(&client, failed).await;
    assert_eq!(texts(&failed), ["SELECT 1 / 0"]);
    assert_eq!(failed[0].error_code.as_deref(), Some("100051"));
    let inserts = QueryHistoryOptions { query_type: Some("INSERT".to_owned()), ..options() };
    assert_eq!(texts(&history(&client, inserts).await), ["INSERT INTO \"it's\" VALUES (1)"]);
    let text = QueryHistoryOptions {
        text: Some("AS TWO".to_owned()),
        query_tag: Some("other".to_owned()),
        ..options()
    };
    assert_eq!(texts(&history(&client, text).await), ["SELECT 2 AS two"]);
    let nobody = QueryHistoryOptions { user: Some("\"no; body\"".to_owned()), ..options() };
    assert!(history(&client, nobody).await.is_empty());
    let own = QueryHistoryOptions { user: Some("tester".to_owned()), limit: Some(2), ..options() };
    assert_eq!(history(&client, own).await.len(), 2);
}

#[tokio::test]
async fn n02_both_sources_tell_of_the_same_statements() {
    let (_server, client) = support::start().await;
    client
        .execute("CREATE TABLE t AS SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 1000))")
        .await
        .unwrap();
    for n in 0..20 {
        client
            .execute(QueryBuilder::new(format!("SELECT COUNT(*) FROM t WHERE n > {n}")).tag("both"))
            .await
            .unwrap();
    }
    let options = || QueryHistoryOptions { query_tag: Some("both".to_owned()), ..Default::default() };
    let recent = history(&client, options()).await;
    let source = Some(HistorySource::AccountUsage);
    let viewed = history(&client, QueryHistoryOptions { source, ..options() }).await;
    let ids = |records: &[QueryRecord]| records.iter().map(|record| record.query_id).collect::<BTreeSet<_>>();
    assert_eq!((recent.len(), viewed.len()), (20, 20));
    assert_eq!(ids(&recent), ids(&viewed));
    assert!(recent.is_sorted_by(|newer, older| newer.end_time >= older.end_time));
    assert_eq!(recent[0].partitions_total, None);
    assert!(viewed[0].partitions_total.is_some() && viewed[0].source == HistorySource::AccountUsage);

    let now = OffsetDateTime::now_utc();
    let month = client
        .get_query_history(now - Duration::days(30), now + Duration::hours(1), options())
        .await
        .unwrap();
    assert_eq!(ids(&month), ids(&recent), "a longer range is read from both, and nothing twice");
    let options = QueryHistoryOptions { source, ..options() };
    let (start, end) = (now - Duration::hours(1), now + Duration::hours(1));
    let summary = client.summarize_queries(start, end, options.clone()).await.unwrap();
    assert_eq!((summary.queries, summary.failed, summary.detailed_queries), (20, 0, 20));
    let slowest = QueryHistoryOptions { limit: Some(3), ..options };
    let slowest = client.slowest_queries(start, end, slowest).await.unwrap();
    assert_eq!(slowest[0].total_elapsed, summary.total_elapsed.max);
}

#[tokio::test]
async fn a_role_without_the_grant_is_told_which_one_and_reads_the_last_days_all_the_same() {
    let (server, client) = support::start().await;
    client.execute("CREATE ROLE reporter").await.unwrap();
    for object in ["DATABASE db", "SCHEMA db.public", "WAREHOUSE wh"] {
        client.execute(format!("GRANT USAGE ON {object} TO ROLE reporter")).await.unwrap();
    }
    client.execute("GRANT ROLE reporter TO USER tester").await.unwrap();
    client.execute("SELECT 1 AS mine").await.unwrap();
    let reporter =
        support::builder(&server).password(support::PASSWORD).role("REPORTER").build().await.unwrap();
    let now = OffsetDateTime::now_utc();
    let old = reporter.get_query_history(
        now - Duration::days(30),
        now - Duration::days(20),
        QueryHistoryOptions::default(),
    );
    let error = old.await.unwrap_err();
    assert!(
        error.to_string().contains("GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE REPORTER"),
        "{error}"
    );
    assert_eq!(error.code().unwrap().as_str(), "002003");
    assert!(texts(&history(&reporter, QueryHistoryOptions::default()).await).contains(&"SELECT 1 AS mine"));
    client.execute("GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE reporter").await.unwrap();
    let old = reporter.get_query_history(
        now - Duration::days(30),
        now - Duration::days(20),
        QueryHistoryOptions::default(),
    );
    assert!(old.await.unwrap().is_empty());
}

#[tokio::test]
async fn a_profile_has_the_operations_of_the_statement() {
    let (_server, client) = support::start().await;
    client
        .execute("CREATE TABLE t AS SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 1000))")
        .await
        .unwrap();
    let ran = client.execute("SELECT COUNT(*) FROM t WHERE n > 10").await.unwrap();
    let profile = client.query_profile(ran.query_id).await.unwrap();
    let scan = profile.operators.iter().find(|operator| operator.operator_type == "TableScan").unwrap();
    assert_eq!(scan.table.as_deref(), Some("DB.PUBLIC.T"));
    assert!(scan.partitions_total.is_some());
    assert!(profile.exploding_joins().is_empty() && profile.spilling().is_empty());
}
