//! A scripted service and what a session needs to talk to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};
use snowflake_auth::{LoginOptions, Password, Server, ServerOptions};
use snowflake_proto::{AccountId, Protocol, ServerAddress};
use snowflake_query::{Session, SessionOptions};
use snowflake_sim::{Expect, Fault, ManualClock, Reply, Script, SeededEntropy, Seen};
use snowflake_transport::{Retrier, RetryPolicy, Transport};
use time::macros::datetime;

pub(crate) const LOGIN: &str = "/session/v1/login-request";
pub(crate) const LOGOUT: &str = "/session";
pub(crate) const HEARTBEAT: &str = "/session/heartbeat";
pub(crate) const TOKEN: &str = "/session/token-request";
pub(crate) const QUERY: &str = "/queries/v1/query-request";
pub(crate) const ABORT: &str = "/queries/v1/abort-request";
pub(crate) const ID: &str = "01b2c3d4-0000-1111-0000-000000000001";
pub(crate) const RESULT: &str = "/queries/01b2c3d4-0000-1111-0000-000000000001/result";
pub(crate) const MONITOR: &str = "/monitoring/queries/01b2c3d4-0000-1111-0000-000000000001";
pub(crate) const ABORT_BY_ID: &str = "/queries/01b2c3d4-0000-1111-0000-000000000001/abort-request";

/// A script with faults in front of it.
pub(crate) type Service = Arc<Fault<Script>>;

/// A service that logs in and out and renews, and answers statements like this.
pub(crate) fn service(query: impl FnMut(&Seen) -> Reply + Send + Sync + 'static) -> Service {
    Arc::new(Fault::new(script().expect(Expect::post(QUERY).any_times().reply_with(query))))
}

/// Everything but statements.
pub(crate) fn script() -> Script {
    script_aborting(|_| Reply::json(&json!({ "success": true, "data": null })))
}

/// Everything but statements, with aborts that are answered like this.
pub(crate) fn script_aborting(abort: impl FnMut(&Seen) -> Reply + Send + Sync + 'static) -> Script {
    let logins = AtomicI64::new(0);
    let renewals = AtomicI64::new(0);
    let done = || Reply::json(&json!({ "success": true, "data": null }));
    Script::new()
        .in_any_order()
        .expect(Expect::post(LOGIN).any_times().reply_with(move |_| {
            let number = logins.fetch_add(1, Ordering::Relaxed) + 1;
            Reply::json(&logged_in(number))
        }))
        .expect(Expect::post(LOGOUT).any_times().reply(done()))
        .expect(Expect::post(TOKEN).any_times().reply_with(move |_| {
            let number = renewals.fetch_add(1, Ordering::Relaxed) + 1;
            Reply::json(&json!({ "success": true, "data": {
                "sessionToken": format!("renewed-{number}"), "validityInSecondsST": 3600,
                "masterToken": "master", "validityInSecondsMT": 14400, "sessionId": 1,
            }}))
        }))
        .expect(Expect::post(ABORT).any_times().reply_with(abort))
}

fn logged_in(number: i64) -> Value {
    json!({ "success": true, "code": null, "message": null, "data": {
        "token": format!("session-{number}"), "masterToken": "master", "validityInSeconds": 3600,
        "masterValidityInSeconds": 14400, "sessionId": number,
        "parameters": [{ "name": "AUTOCOMMIT", "value": true }, { "name": "TIMEZONE", "value": "UTC" }],
        "sessionInfo": { "databaseName": "DB", "schemaName": "PUBLIC", "warehouseName": "WH", "roleName": "R" },
    }})
}

/// One row with one number.
pub(crate) fn one() -> Value {
    json!({ "success": true, "code": null, "message": null, "data": {
        "rowtype": [{ "name": "1", "type": "fixed", "nullable": false, "precision": 1, "scale": 0 }],
        "rowset": [["1"]], "total": 1, "returned": 1, "queryId": ID, "statementTypeId": 4096,
        "queryResultFormat": "json",
    }})
}

/// One row was inserted.
pub(crate) fn inserted() -> Value {
    json!({ "success": true, "data": {
        "rowtype": [{ "name": "number of rows inserted", "type": "fixed", "nullable": false, "precision": 19, "scale": 0 }],
        "rowset": [["3"]], "total": 1, "returned": 1, "queryId": ID, "statementTypeId": 12544,
        "queryResultFormat": "json",
    }})
}

/// The statement runs; ask at `url`.
pub(crate) fn running(code: &str, url: &str) -> Value {
    json!({ "success": true, "code": code, "message": "in progress", "data": {
        "queryId": ID, "getResultUrl": url, "queryAbortsAfterSecs": 300, "progressDesc": null,
    }})
}

pub(crate) fn failed(code: &str, message: &str) -> Value {
    json!({ "success": false, "code": code, "message": message, "data": null })
}

/// The options of sessions with this service.
pub(crate) fn options(service: &Service) -> SessionOptions {
    options_by(service, ManualClock::ticking(datetime!(2026-01-02 03:04:05 UTC)).into())
}

/// The options of sessions that take the time from this clock.
pub(crate) fn options_by(service: &Service, clock: Arc<ManualClock>) -> SessionOptions {
    options_for(service, clock, login())
}

/// The options of sessions that ask to be kept alive.
pub(crate) fn kept_alive(service: &Service) -> SessionOptions {
    let clock = ManualClock::ticking(datetime!(2026-01-02 03:04:05 UTC)).into();
    options_for(service, clock, login().with_parameter("CLIENT_SESSION_KEEP_ALIVE", true))
}

pub(crate) fn login() -> LoginOptions {
    LoginOptions::new(AccountId::parse("acct").unwrap())
}

/// The options of sessions that take the time from this clock and log in like this.
pub(crate) fn options_for(service: &Service, clock: Arc<ManualClock>, login: LoginOptions) -> SessionOptions {
    options_over(Arc::<Fault<Script>>::clone(service), clock, login)
}

/// The options of sessions over any transport.
pub(crate) fn options_over(
    transport: Arc<dyn Transport>,
    clock: Arc<ManualClock>,
    login: LoginOptions,
) -> SessionOptions {
    let address = ServerAddress::new(Protocol::Https, "acct.snowflakecomputing.com", None).unwrap();
    let entropy = Arc::new(SeededEntropy::new(7));
    let retrier = Retrier::new(RetryPolicy::default()).with_clock(clock).with_entropy(entropy);
    let server = ServerOptions::default().with_retrier(retrier);
    let server = Server::new(transport, address, server);
    SessionOptions::new(server, Arc::new(Password::new("alice", "hunter2")), login)
}

pub(crate) async fn connect(service: &Service) -> Session {
    Session::connect(options(service)).await.unwrap()
}

/// All requests to this path so far.
pub(crate) fn requests(service: &Service, path: &str) -> Vec<Seen> {
    service.inner().requests().into_iter().filter(|seen| seen.path() == path).collect()
}

pub(crate) fn count(service: &Service, path: &str) -> usize {
    requests(service, path).len()
}

/// Lets everything that can run run, without moving time.
pub(crate) async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// The statement of a request.
pub(crate) fn sql(seen: &Seen) -> String {
    seen.json()["sqlText"].as_str().unwrap_or_default().to_owned()
}
