//! Warehouses of the SQL server: their states, the router over them, and the audit of what ran on them.

use std::time::Duration;

use snowflake_client::sim::SimServer;
use snowflake_client::{
    Audit, AuditEvent, ErrorKind, QueryBuilder, SnowflakeClient, SqlText, WarehouseConfig, WarehouseRouter,
    WarehouseSize, WarehouseState, WarehouseStatus, WorkloadType,
};
use snowflake_client::{Identifier, Literal, ObjectName};

use crate::support::{PASSWORD, builder, server, start};

async fn run(client: &SnowflakeClient, statements: &[&str]) {
    for statement in statements {
        client.execute(*statement).await.unwrap();
    }
}

async fn account() -> (SimServer, SnowflakeClient) {
    let (server, client) = start().await;
    let warehouses = [
        "CREATE WAREHOUSE interactive_wh WAREHOUSE_SIZE = SMALL",
        "CREATE WAREHOUSE batch_wh WAREHOUSE_SIZE = XLARGE",
        "CREATE WAREHOUSE ml_wh WAREHOUSE_SIZE = LARGE",
    ];
    run(&client, &warehouses).await;
    (server, client)
}

/// The router of the guide.
fn router(client: &SnowflakeClient) -> WarehouseRouter {
    WarehouseRouter::new(client.clone())
        .add_warehouse(WarehouseConfig {
            name: "INTERACTIVE_WH".to_string(),
            size: WarehouseSize::Small,
            max_queue_depth: 5,
            preferred_workloads: vec![WorkloadType::Interactive],
        })
        .add_warehouse(WarehouseConfig {
            name: "BATCH_WH".to_string(),
            size: WarehouseSize::XLarge,
            max_queue_depth: 20,
            preferred_workloads: vec![WorkloadType::Batch, WorkloadType::Analytics],
        })
        .add_warehouse(WarehouseConfig {
            name: "ML_WH".to_string(),
            size: WarehouseSize::Large,
            max_queue_depth: 10,
            preferred_workloads: vec![WorkloadType::DataScience],
        })
        .default_warehouse("INTERACTIVE_WH")
        .status_ttl(Duration::ZERO)
        .hold(Duration::ZERO)
        .build()
}

#[tokio::test]
async fn w16_a_warehouse_is_listed_resized_suspended_and_resumed() {
    let (_server, client) = account().await;
    client.execute("CREATE WAREHOUSE \"my wh\" WAREHOUSE_SIZE = 'X-SMALL' AUTO_SUSPEND = 120").await.unwrap();
    let names: Vec<String> =
        client.list_warehouses().await.unwrap().into_iter().map(|status| status.name).collect();
    assert_eq!(names, ["BATCH_WH", "INTERACTIVE_WH", "ML_WH", "WH", "my wh"]);
    let name = "\"my wh\"";
    for size in WarehouseSize::ALL {
        client.resize_warehouse(name, size).await.unwrap();
        assert_eq!(client.warehouse_status(name).await.unwrap().size, Some(size));
    }
    for _ in 0..2 {
        client.suspend_warehouse(name).await.unwrap();
        let status = client.warehouse_status(name).await.unwrap();
        assert_eq!((status.state, status.credits_per_hour()), (WarehouseState::Suspended, Some(0.0)));
        assert_eq!(status.auto_suspend, Some(Duration::from_secs(120)));
    }
    for _ in 0..2 {
        client.resume_warehouse(name).await.unwrap();
        assert_eq!(client.warehouse_status(name).await.unwrap().state, WarehouseState::Started);
    }
    client.close().await;
}

#[tokio::test]
async fn w03_the_load_of_a_warehouse_is_what_ran_on_it() {
    let (_server, client) = start().await;
    let now = time::OffsetDateTime::now_utc();
    let numbers = "CREATE TABLE t AS SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 300000))";
    run(&client, &[numbers, "SELECT COUNT(DISTINCT n * n) FROM t"]).await;
    let (from, to) = (now - time::Duration::minutes(1), now + time::Duration::minutes(2));
    let load = client.warehouse_load("wh", from, to).await.unwrap();
    assert!(load.iter().all(|load| load.warehouse == "WH" && load.start_time < load.end_time));
    assert!(load.iter().any(|load| load.running > 0.0), "{load:?}");
    assert!(load.iter().all(|load| load.queued_load == 0.0 && load.blocked == 0.0));
    client.close().await;
}

#[tokio::test]
async fn w02_a_warehouse_that_does_not_exist_is_named() {
    let (_server, client) = start().await;
    let missing = client.warehouse_status("gone").await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    let refused = [
        client.suspend_warehouse("gone").await.unwrap_err(),
        client.resume_warehouse("gone").await.unwrap_err(),
        client.resize_warehouse("gone", WarehouseSize::Small).await.unwrap_err(),
    ];
    for error in refused.into_iter().chain([missing]) {
        assert!(error.to_string().contains("GONE"), "{error}");
    }
    client.close().await;
}

#[tokio::test]
async fn w02_a_privilege_that_the_role_lacks_is_named_and_its_grant_is_all_that_it_needs() {
    let (server, client) = account().await;
    let prepare = [
        "CREATE ROLE analyst",
        "GRANT ROLE analyst TO USER tester",
        "GRANT USAGE ON DATABASE db TO ROLE analyst",
        "GRANT USAGE ON SCHEMA db.public TO ROLE analyst",
        "GRANT USAGE ON WAREHOUSE wh TO ROLE analyst",
        "GRANT USAGE ON WAREHOUSE batch_wh TO ROLE analyst",
    ];
    run(&client, &prepare).await;
    let analyst = builder(&server).password(PASSWORD).role("ANALYST").build().await.unwrap();
    for (privilege, is_resize) in [("OPERATE", false), ("MODIFY", true)] {
        let change = async || match is_resize {
            true => analyst.resize_warehouse("batch_wh", WarehouseSize::Small).await,
            false => analyst.suspend_warehouse("batch_wh").await,
        };
        let error = change().await.unwrap_err();
        let grant = format!("GRANT {privilege} ON WAREHOUSE BATCH_WH TO ROLE ANALYST");
        assert!(error.to_string().ends_with(&grant), "{error}");
        run(&client, &[&grant]).await;
        change().await.unwrap();
    }
    let seen: Vec<String> =
        analyst.list_warehouses().await.unwrap().into_iter().map(|status| status.name).collect();
    assert_eq!(seen, ["BATCH_WH", "WH"], "the others are not the role's to see");
    let missing = analyst.warehouse_status("ml_wh").await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert!(missing.to_string().contains("ML_WH") && missing.to_string().contains("ANALYST"), "{missing}");
    analyst.close().await;
    client.close().await;
}

#[tokio::test]
async fn w16_a_statement_runs_on_the_warehouse_that_the_router_chose() {
    let (_server, client) = account().await;
    let router = router(&client);

    // Select warehouse for workload
    let warehouse =
        router.select_warehouse(WorkloadType::Analytics, Some(WarehouseSize::Medium)).await.unwrap();

    // Execute with selected warehouse
    let result = client
        .execute(QueryBuilder::new("SELECT CURRENT_WAREHOUSE() AS wh").warehouse(&warehouse).build())
        .await
        .unwrap();
    assert_eq!(result.rows.row(0).unwrap().get::<String>("wh").unwrap(), "BATCH_WH");
    client.close().await;
}

#[tokio::test]
async fn w05_the_router_follows_what_happens_to_the_account_and_wakes_nothing() {
    let (_server, client) = account().await;
    let router = router(&client);
    let choose = || router.route(WorkloadType::Analytics, Some(WarehouseSize::Medium));
    assert_eq!(choose().await.unwrap().warehouse(), "BATCH_WH");
    run(&client, &["ALTER WAREHOUSE batch_wh SUSPEND"]).await;
    assert_eq!(choose().await.unwrap().warehouse(), "BATCH_WH", "a statement wakes it");
    let status = client.warehouse_status("batch_wh").await.unwrap();
    assert_eq!(status.state, WarehouseState::Suspended, "looking does not wake it");
    run(&client, &["ALTER WAREHOUSE batch_wh SET AUTO_RESUME = FALSE"]).await;
    let route = choose().await.unwrap();
    assert_eq!(route.warehouse(), "ML_WH", "{}", route.explain());
    run(&client, &["ALTER WAREHOUSE batch_wh RESUME", "ALTER WAREHOUSE batch_wh RENAME TO nightly_wh"]).await;
    let route = choose().await.unwrap();
    assert_eq!(route.warehouse(), "ML_WH", "{}", route.explain());
    assert!(route.explain().contains("BATCH_WH is unusable"), "{}", route.explain());
    run(&client, &["DROP WAREHOUSE ml_wh", "DROP WAREHOUSE interactive_wh"]).await;
    let route = choose().await.unwrap();
    assert_eq!((route.warehouse(), route.is_fallback()), ("INTERACTIVE_WH", true), "{}", route.explain());
    client.close().await;
}

#[tokio::test]
async fn w05_a_router_leaves_a_warehouse_whose_queue_is_too_long_and_comes_back() {
    let (_server, client) = account().await;
    run(&client, &["ALTER WAREHOUSE batch_wh SET MAX_CONCURRENCY_LEVEL = 1"]).await;
    let config = |name: &str, max_queue_depth, work| WarehouseConfig {
        name: name.to_string(),
        size: WarehouseSize::Large,
        max_queue_depth,
        preferred_workloads: vec![work],
    };
    let router = WarehouseRouter::new(client.clone())
        .add_warehouse(config("BATCH_WH", 1, WorkloadType::Batch))
        .add_warehouse(config("ML_WH", 10, WorkloadType::DataScience))
        .status_ttl(Duration::ZERO)
        .hold(Duration::ZERO)
        .build();
    let long = || client.execute_async(QueryBuilder::new("SELECT SYSTEM$WAIT(3600)").warehouse("batch_wh"));
    let mut handles = Vec::new();
    for (queued, expected) in [(0, "BATCH_WH"), (1, "BATCH_WH"), (2, "ML_WH")] {
        handles.push(long().await.unwrap());
        let status = until(&client, |status| (status.running, status.queued) == (1, queued)).await;
        assert_eq!(status.state, WarehouseState::Started);
        let route = router.route(WorkloadType::Batch, None).await.unwrap();
        assert_eq!(route.warehouse(), expected, "{}", route.explain());
    }
    for handle in &handles {
        handle.cancel().await.unwrap();
    }
    until(&client, |status| status.running + status.queued == 0).await;
    assert_eq!(router.select_warehouse(WorkloadType::Batch, None).await.unwrap(), "BATCH_WH");
    client.close().await;
}

/// The status of BATCH_WH once it is so, asking again and again.
async fn until(client: &SnowflakeClient, is_so: impl Fn(&WarehouseStatus) -> bool) -> WarehouseStatus {
    for _ in 0..10_000 {
        let status = client.warehouse_status("batch_wh").await.unwrap();
        if is_so(&status) {
            return status;
        }
        tokio::task::yield_now().await;
    }
    let status = client.warehouse_status("batch_wh").await.unwrap();
    assert!(is_so(&status), "it never was so");
    status
}

#[tokio::test]
async fn w10_a_router_whose_server_is_gone_answers_with_the_default() {
    let (server, client) = account().await;
    let router = router(&client);
    server.shutdown().await;
    let route = router.route(WorkloadType::Batch, None).await.unwrap();
    assert_eq!((route.warehouse(), route.is_fallback()), ("INTERACTIVE_WH", true));
    assert!(route.status_problem().is_some(), "{}", route.explain());
}

#[tokio::test]
async fn w13_a_router_knows_what_the_account_and_the_settings_say() {
    let (server, client) = account().await;
    run(&client, &["CREATE WAREHOUSE \"odd one\" COMMENT = 'workloads: loading; max_queue_depth: 2'"]).await;
    let configured = WarehouseConfig {
        name: "interactive_wh".to_string(),
        size: WarehouseSize::Small,
        max_queue_depth: 1,
        preferred_workloads: vec![WorkloadType::Reporting],
    };
    let own = builder(&server).password(PASSWORD).warehouse("WH").routed_warehouse(configured);
    let own = own.build().await.unwrap();
    let router = WarehouseRouter::from_config(&own).await.unwrap();
    for (work, warehouse) in [
        (WorkloadType::Loading, "\"odd one\""),
        (WorkloadType::Reporting, "interactive_wh"),
        (WorkloadType::Batch, "BATCH_WH"),
        (WorkloadType::DataScience, "ML_WH"),
    ] {
        assert_eq!(router.select_warehouse(work, None).await.unwrap(), warehouse);
        own.execute(QueryBuilder::new("SELECT 1").warehouse(warehouse)).await.unwrap();
    }
    own.close().await;
    client.close().await;
}

#[tokio::test]
async fn u01_an_audit_of_a_client_tells_who_ran_what_with_which_outcome() {
    let server = server().start().await.unwrap();
    let (audit, mut stream) = Audit::to_channel(100);
    let client = builder(&server).password(PASSWORD).audit(audit.with_suspicions()).build().await.unwrap();
    run(&client, &["CREATE TABLE people (id INT, name VARCHAR)"]).await;
    run(&client, &["INSERT INTO people VALUES (1, 'Ada'), (2, 'Grace')"]).await;
    client.execute(QueryBuilder::new("SELECT * FROM people WHERE name = 'x' OR 1=1").tag("t")).await.unwrap();
    client.execute("SELECT * FROM nobody").await.unwrap_err();
    client.close().await;
    drop(client);
    let mut all = Vec::new();
    for _ in 0..4 {
        all.push(stream.next().await.unwrap());
    }
    let outcomes: Vec<_> =
        all.iter().map(|it| (it.verb.as_deref().unwrap(), it.outcome.unwrap(), it.rows)).collect();
    let expected = [
        ("CREATE", "success", Some(1)),
        ("INSERT", "success", Some(2)),
        ("SELECT", "success", Some(2)),
        ("SELECT", "failed", None),
    ];
    assert_eq!(outcomes, expected);
    assert!(all.iter().all(|it| it.event == AuditEvent::Ended && it.query_id.is_some()));
    assert_eq!(all[2].suspicions, ["literal_instead_of_bind", "tautology"]);
    assert_eq!((all[2].tag.as_deref(), all[2].user.as_deref()), (Some("t"), Some("TESTER")));
    assert_eq!(all[3].error_code.as_deref(), Some("002003"));
    assert!(!serde_json::to_string(&all).unwrap().contains("Ada"));
}

#[tokio::test]
async fn q01_sql_text_reaches_the_server_as_it_is_meant() {
    let (_server, client) = start().await;
    let hostile = "a\"b; DROP TABLE canary; --'\\";
    let (table, column) = (Identifier::new(hostile).unwrap(), Identifier::new("it's").unwrap());
    run(&client, &["CREATE TABLE canary (a INT)"]).await;
    let object = ObjectName::new(table);
    let create = SqlText::new("CREATE TABLE ")
        .object(&object)
        .sql(" (")
        .identifier(&column)
        .sql(" VARCHAR) COMMENT = ");
    client.execute(create.literal(&Literal::text(hostile))).await.unwrap();
    let insert = SqlText::new("INSERT INTO ").object(&object).sql(" VALUES (").bind(hostile).sql(")");
    client.execute(insert).await.unwrap();
    let select = SqlText::new("SELECT ")
        .identifier(&column)
        .sql(" AS x FROM ")
        .object(&object)
        .sql(" WHERE ")
        .identifier(&column)
        .sql(" IN (")
        .binds(["x", hostile])
        .sql(")");
    let result = client.execute(QueryBuilder::from(select).tag("t")).await.unwrap();
    assert_eq!(result.rows.row(0).unwrap().get::<String>("x").unwrap(), hostile);
    run(&client, &["SELECT * FROM canary"]).await;
    client.close().await;
}
