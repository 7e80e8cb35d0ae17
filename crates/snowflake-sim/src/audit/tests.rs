//! Each assertion is violated by what it is there for, and by nothing else.

use std::time::Duration;

use serde_json::{Value, json};
use snowflake_transport::{Body, Transport};

use super::{Assertion, Audit, Claims};
use crate::{Answer, Canary, StandIn, Table, Tap};

const INSERT: &str = "INSERT INTO t VALUES (7)";

/// A program, the tap next to it and the service behind.
struct World {
    tap: Tap<StandIn>,
    token: String,
    claims: Claims,
}

impl World {
    async fn new(service: StandIn) -> Self {
        let table = Table::new().number("N", 1).boolean("B").rows([(1, true), (2, false), (3, true)]);
        let service =
            service.on(INSERT, Answer::dml(2)).on("SELECT n, b FROM t", Answer::rows(table).in_parts(1));
        let canary = Canary::new("password", "canary-of-the-password");
        let world =
            Self { tap: Tap::new(service).canary(canary), token: String::new(), claims: Claims::new() };
        let answer = world.post("/session/v1/login-request", json!({"data": {"LOGIN_NAME": "ann"}})).await;
        let token = answer["data"]["token"].as_str().unwrap().to_owned();
        world.claims.recovered(&Ok::<_, String>(()));
        Self { token, ..world }
    }

    async fn post(&self, target: &str, body: Value) -> Value {
        let request = http::Request::post(format!("https://acct.example.com{target}"))
            .header("authorization", format!("Snowflake Token=\"{}\"", self.token))
            .body(Body::from(body.to_string()))
            .unwrap();
        let body = self.tap.send(request).await.unwrap().into_body().collect(usize::MAX).await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// Runs a statement, and gives its query id.
    async fn run(&self, request_id: &str, sql: &str) -> String {
        let target = format!("/queries/v1/query-request?requestId={request_id}");
        let answer = self.post(&target, json!({"sqlText": sql})).await;
        answer["data"]["queryId"].as_str().unwrap().to_owned()
    }

    fn audit(&self) -> Audit<'_> {
        Audit::of(&self.claims).ledger(self.tap.inner().ledger()).tap(&self.tap)
    }

    /// The only finding.
    fn finding(&self) -> (Assertion, String) {
        only(&self.audit())
    }
}

fn only(audit: &Audit<'_>) -> (Assertion, String) {
    let violations = audit.check().unwrap_err();
    let [violation] = violations.found() else { panic!("{violations}") };
    assert!(violations.to_string().contains(&violation.finding), "{violations}");
    (violation.assertion, violation.finding.clone())
}

#[tokio::test(start_paused = true)]
async fn a_program_that_believes_what_happened_passes() {
    let world = World::new(StandIn::new()).await;
    world.claims.started();
    let within = world.claims.within("an insert", Duration::from_secs(1));
    world.run("r1", INSERT).await;
    world.run("r1", INSERT).await;
    within.met();
    world.claims.done("insert into t values (7)", 2);
    world.claims.unknown(INSERT, 2);
    world.claims.failed("DELETE FROM t");
    let query_id = world.run("r2", "SELECT n, b FROM t").await;
    let reading = world.claims.reading(query_id);
    for (n, b) in [("1.0", "true"), ("2.0", "false"), ("3.0", "true")] {
        reading.row([Some(n), Some(b)]);
    }
    reading.complete();
    world.claims.joined("the loader", &tokio::spawn(async {}).await);
    world.claims.gauge("permits", 4, 4);
    world.claims.logged("logged in as ann");
    world.claims.closed();
    world.audit().most_requests(4).check().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a01_a_request_id_that_was_executed_twice() {
    let world = World::new(StandIn::new().dedup(false)).await;
    world.run("r1", INSERT).await;
    world.run("r1", INSERT).await;
    world.claims.done(INSERT, 2);
    world.claims.unknown(INSERT, 2);
    let finding = "request id r1 was executed 2 times for 2 requests".to_owned();
    assert_eq!(world.finding(), (Assertion::Executions, finding));
    world.audit().without_dedup().check().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a02_effects_that_nobody_believes_in_and_beliefs_without_effect() {
    let world = World::new(StandIn::new()).await;
    world.run("r1", INSERT).await;
    world.run("r2", INSERT).await;
    let (assertion, finding) = world.finding();
    assert_eq!(assertion, Assertion::Effects);
    assert!(
        finding.starts_with("INSERT (r1, r2): 2 executions were committed, more than were done"),
        "{finding}"
    );
    assert!(!finding.contains('7'), "{finding}");

    world.claims.done(INSERT, 2);
    world.claims.failed(INSERT);
    assert!(world.finding().1.contains("1 done, 1 failed and 0 of unknown outcome"), "{:?}", world.finding());
    world.claims.unknown(INSERT, 1);
    let finding = "INSERT (r1, r2): 4 rows were changed, the program believes in 2 to 3".to_owned();
    assert_eq!(world.finding(), (Assertion::Effects, finding));

    let world = World::new(StandIn::new()).await;
    world.run("r1", "BEGIN").await;
    world.run("r2", INSERT).await;
    world.run("r3", "ROLLBACK").await;
    world.audit().check().unwrap();
    world.claims.done(INSERT, 2);
    assert!(world.finding().1.contains("0 executions were committed, fewer than were done"));
}

#[tokio::test(start_paused = true)]
async fn a03_rows_that_are_lost_doubled_out_of_order_or_damaged() {
    let (one, two, three) = (["1.0", "true"], ["2.0", "false"], ["3.0", "true"]);
    type Case<'a> = (&'a [[&'a str; 2]], bool, Option<&'a str>);
    let cases: [Case<'_>; 8] = [
        (&[one, two, three], true, None),
        (&[one, two], false, None),
        (&[one, two], true, Some("2 rows were read of 3, and their end without an error")),
        (&[one, two, two], true, Some("row 1 was read where row 2 of 3 stands")),
        (&[two], false, Some("row 1 was read where row 0 of 3 stands")),
        (&[one, ["2.00", "false"]], false, Some("row 1 of 3 was read with other cells than it has")),
        (&[one, two, three, three], false, Some("4 rows were read of 3")),
        (&[], true, Some("0 rows were read of 3, and their end without an error")),
    ];
    for (rows, is_complete, expected) in cases {
        let world = World::new(StandIn::new()).await;
        let query_id = world.run("r1", "SELECT n, b FROM t").await;
        let reading = world.claims.reading(query_id.as_str());
        rows.iter().for_each(|row| reading.row(row.map(Some)));
        if is_complete {
            reading.complete();
        } else {
            reading.failed();
        }
        match expected {
            None => world.audit().check().unwrap(),
            Some(expected) => {
                assert_eq!(world.finding(), (Assertion::Rows, format!("result {query_id}: {expected}")));
            }
        }
    }
    let world = World::new(StandIn::new()).await;
    let query_id = world.run("r1", "SELECT n, b FROM t").await;
    world.claims.reading(query_id).rows(4);
    assert_eq!(world.finding().0, Assertion::Rows);
    let world = World::new(StandIn::new()).await;
    world.claims.reading("01").complete();
    assert!(world.finding().1.ends_with("of a result that nobody produced"));
}

#[tokio::test(start_paused = true)]
async fn a04_what_takes_longer_than_its_deadline_and_a_tick() {
    let world = World::new(StandIn::new()).await;
    let second = Duration::from_secs(1);
    let deadline = world.claims.within("a query", second);
    tokio::time::sleep(second + Duration::from_millis(1)).await;
    world.audit().check().unwrap();
    tokio::time::sleep(Duration::from_millis(1)).await;
    let finding = "a query still runs after 1.002s, with a deadline of 1s".to_owned();
    assert_eq!(world.finding(), (Assertion::Deadlines, finding));
    deadline.met();
    let finding = "a query took 1.002s, with a deadline of 1s".to_owned();
    assert_eq!(world.finding(), (Assertion::Deadlines, finding));
    world.audit().tick(Duration::from_millis(2)).check().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a05_a_task_that_panicked_was_aborted_or_lives_on() {
    let world = World::new(StandIn::new()).await;
    world.claims.joined("the loader", &tokio::spawn(async { panic!("as the test wants") }).await);
    assert_eq!(world.finding(), (Assertion::Tasks, "the loader panicked".to_owned()));

    let world = World::new(StandIn::new()).await;
    let task = tokio::spawn(std::future::pending::<()>());
    task.abort();
    world.claims.joined("the heartbeat", &task.await);
    assert_eq!(world.finding(), (Assertion::Tasks, "the heartbeat was aborted".to_owned()));

    let world = World::new(StandIn::new()).await;
    world.claims.started();
    let task = tokio::spawn(std::future::pending::<()>());
    world.claims.closed();
    let finding = "1 tasks live after the close, 0 did at the start".to_owned();
    assert_eq!(world.finding(), (Assertion::Tasks, finding));
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn a06_what_was_taken_and_not_given_back() {
    let world = World::new(StandIn::new()).await;
    world.claims.gauge("permits", 4, 3);
    assert_eq!(world.finding(), (Assertion::Resources, "permits: 3 at the end, 4 at the start".to_owned()));

    let world = World::new(StandIn::new()).await;
    let request =
        http::Request::post("https://acct.example.com/session/heartbeat").body(Body::empty()).unwrap();
    let open = world.tap.send(request).await.unwrap();
    let finding = "1 bodies of answers are neither read nor dropped".to_owned();
    assert_eq!(world.finding(), (Assertion::Resources, finding));
    drop(open);
    world.audit().check().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a07_a_secret_in_a_request_or_in_the_log() {
    let world = World::new(StandIn::new()).await;
    world.claims.logged("nothing to see");
    world.claims.logged(format!("sent {}", world.token));
    let finding = "the session token in 1 of 2 texts of the log".to_owned();
    assert_eq!(world.finding(), (Assertion::Secrets, finding));

    let world = World::new(StandIn::new()).await;
    world.post("/telemetry/send", json!({"why": "canary-of-the-password"})).await;
    let finding = "the password in the body of a request to acct.example.com (any)".to_owned();
    assert_eq!(world.finding(), (Assertion::Secrets, finding));
}

#[tokio::test(start_paused = true)]
async fn a08_more_requests_than_are_allowed() {
    let world = World::new(StandIn::new()).await;
    for _ in 0..3 {
        world.run("r1", INSERT).await;
    }
    world.claims.done(INSERT, 2);
    world.audit().check().unwrap();
    let finding = "request id r1 was sent 3 times, allowed are 2".to_owned();
    assert_eq!(only(&world.audit().most_attempts(2)), (Assertion::Amplification, finding));
    let finding = "4 requests were sent (1 login, 3 query), allowed are 3".to_owned();
    assert_eq!(only(&world.audit().most_requests(3)), (Assertion::Amplification, finding));
}

#[tokio::test(start_paused = true)]
async fn a09_a_program_that_does_not_work_again_or_did_not_try() {
    let world = World::new(StandIn::new()).await;
    world.claims.recovered(&Err::<(), _>("the session is gone"));
    let finding = "a plain call after the fault failed: the session is gone".to_owned();
    assert_eq!(world.finding(), (Assertion::Recovery, finding));
    let violations = Audit::of(&Claims::new()).check().unwrap_err();
    assert_eq!(
        violations.to_string(),
        "the audit found one violation: 9 recovery: no plain call was made after the fault"
    );
}

#[tokio::test(start_paused = true)]
async fn findings_are_listed_in_the_order_of_the_assertions() {
    let world = World::new(StandIn::new()).await;
    world.claims.recovered(&Err::<(), _>("no"));
    world.claims.gauge("permits", 1, 0);
    world.run("r1", INSERT).await;
    let violations = world.audit().check().unwrap_err();
    assert_eq!(violations.assertions(), [Assertion::Effects, Assertion::Resources, Assertion::Recovery]);
    assert!(violations.to_string().starts_with("the audit found 3 violations: 2 effects: INSERT (r1): "));
}
