//! The stand-in answers a real session as the service does, and the audit tells right from wrong.

use std::sync::Arc;
use std::time::Duration;

use snowflake_proto::DataType;
use snowflake_sim::{
    Answer, Assertion, Audit, Canary, CellValue, Claims, Endpoint, Fault, Place, Rule, StandIn, Table, Tap,
};
use time::macros::{date, datetime, time};

use crate::record::{over, texts};
use crate::service::{LOGIN, QUERY};

type World = Arc<Tap<Fault<StandIn>>>;

/// A tap next to the client, faults behind it, and the stand-in.
fn world(service: StandIn) -> World {
    let password = Canary::new("password", "hunter2").allowed(Place::body().on(Endpoint::Login));
    Arc::new(Tap::new(Fault::new(service)).canary(password))
}

fn audit<'a>(world: &World, claims: &'a Claims) -> Audit<'a> {
    Audit::of(claims).ledger(world.inner().inner().ledger()).tap(world)
}

/// A row of every type, one of nulls, and some numbers.
fn everything() -> Table {
    let nulls = vec![CellValue::Null; 9];
    let row = vec![
        CellValue::from("-12.50"),
        "it's \"1\"".into(),
        true.into(),
        1e-7.into(),
        date!(1969 - 12 - 31).into(),
        time!(23:59:59.05).into(),
        datetime!(1969-12-31 23:59:58.5).into(),
        datetime!(2026-01-02 03:04:05.000000006 -07:30).into(),
        vec![0_u8, 0xab].into(),
    ];
    Table::new()
        .number("N", 2)
        .text("T")
        .boolean("B")
        .float("F")
        .date("D")
        .column("H", DataType::Time { scale: 9 })
        .timestamp("W")
        .column("Z", DataType::TimestampTz { scale: 9 })
        .column("X", DataType::Binary { length: 8 })
        .row(row.clone())
        .row(nulls)
        .rows([row.clone(), row])
}

#[tokio::test(start_paused = true)]
async fn every_type_arrives_in_both_formats_inline_and_in_parts_as_the_ledger_has_it() {
    let answers = [
        Answer::rows(everything()).arrow(),
        Answer::rows(everything()).json(),
        Answer::rows(everything()).arrow().in_parts(1),
        Answer::rows(everything()).json().in_parts(2).uncompressed(),
        Answer::rows(everything()).after_polls(3),
        Answer::rows(everything()).takes(Duration::from_secs(100)),
    ];
    for answer in answers {
        let world = world(StandIn::new().on("SELECT * FROM everything", answer));
        let claims = Claims::new();
        let session = over(&world).await;
        let result = session.execute("select * from everything").await.unwrap();
        let reading = claims.reading(result.query_id.to_string());
        for row in texts(&result) {
            reading.row(row);
        }
        reading.complete();
        assert_eq!(texts(&result)[0][7].as_deref(), Some("2026-01-02T03:04:05.000000006-07:30"));
        claims.recovered(&session.execute("SELECT 1").await);
        session.close().await;
        audit(&world, &claims).check().unwrap();
        assert_eq!(world.inner().inner().ledger().open_sessions, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn an_insert_whose_answer_is_lost_counts_once() {
    let world = world(StandIn::new().on("INSERT INTO t SELECT 1", Answer::dml(3)));
    let claims = Claims::new();
    let session = over(&world).await;
    world.inner().add(Rule::on(QUERY).times(2).lose_response());
    let result = session.execute("INSERT INTO t SELECT 1").await.unwrap();
    assert_eq!(result.rows_affected(), Some(3));
    claims.done("INSERT INTO t SELECT 1", 3);
    claims.recovered(&session.execute("SELECT 1").await);
    audit(&world, &claims).check().unwrap();
    assert_eq!(
        audit(&world, &claims).most_attempts(2).check().unwrap_err().assertions(),
        [Assertion::Amplification]
    );
}

#[tokio::test(start_paused = true)]
async fn transactions_contexts_and_renewals_are_the_services_own() {
    let service = StandIn::new()
        .user("alice", "hunter2")
        .database("db")
        .on("DELETE FROM t", Answer::dml(2))
        .session_lifetime(Duration::from_secs(600));
    let world = world(service);
    let session = over(&world).await;
    session.execute("USE SCHEMA other.s").await.unwrap();
    assert_eq!((session.database().as_deref(), session.schema().as_deref()), (Some("OTHER"), Some("S")));
    session.execute("BEGIN").await.unwrap();
    session.execute("DELETE FROM t").await.unwrap();
    tokio::time::advance(Duration::from_secs(601)).await;
    session.execute("COMMIT").await.unwrap();
    let claims = Claims::new();
    claims.done("DELETE FROM t", 2);
    claims.recovered(&session.execute("SELECT 1").await);
    audit(&world, &claims).check().unwrap();
    assert_eq!(world.inner().inner().ledger().token_requests, 1);
    assert_eq!(world.traffic().count(Endpoint::Login), 1, "{LOGIN}");
}

#[tokio::test(start_paused = true)]
async fn a_statement_that_nobody_prepared_is_named_by_the_error() {
    let world = world(StandIn::new());
    let session = over(&world).await;
    let error = session.execute("SELECT name FROM nowhere").await.unwrap_err();
    assert!(error.to_string().contains("SELECT name FROM nowhere"), "{error}");
}
