//! What all tests need: a scripted server, answers, and a login.

use std::sync::Arc;

use serde_json::{Value, json};
use snowflake_auth::{Login, LoginOptions, Password, Server, ServerOptions, login};
use snowflake_proto::{AccountId, ServerAddress};
use snowflake_sim::{Expect, ManualClock, Reply, Script, SeededEntropy};
use snowflake_transport::{Clock, Retrier, RetryPolicy, Transport};
use time::macros::datetime;

pub(crate) const LOGIN: &str = "/session/v1/login-request";
pub(crate) const RENEW: &str = "/session/token-request";
pub(crate) const QUERY: &str = "/queries/v1/query-request";
pub(crate) const LOGOUT: &str = "/session";
pub(crate) const HEARTBEAT: &str = "/session/heartbeat";

pub(crate) fn account() -> AccountId {
    AccountId::parse("acme.eu-central-1").unwrap()
}

pub(crate) fn options() -> LoginOptions {
    LoginOptions::new(account())
}

/// A server with a repeatable retry loop and a clock that moves with tokio's.
pub(crate) fn server(transport: &Arc<Script>) -> Server {
    server_with(transport, Arc::new(ManualClock::ticking(datetime!(2026-03-01 12:00 UTC))))
}

pub(crate) fn server_with(transport: &Arc<Script>, clock: Arc<dyn Clock>) -> Server {
    let transport: Arc<dyn Transport> = Arc::<Script>::clone(transport);
    server_over(transport, clock)
}

pub(crate) fn server_over(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Server {
    let retrier =
        Retrier::new(RetryPolicy::default()).with_clock(clock).with_entropy(Arc::new(SeededEntropy::new(7)));
    let address = ServerAddress::for_account(&account(), None).unwrap();
    Server::new(transport, address, ServerOptions::default().with_retrier(retrier))
}

pub(crate) fn success(data: Value) -> Reply {
    Reply::json(&json!({"success": true, "code": null, "message": null, "data": data}))
}

pub(crate) fn failure(code: &str, message: &str) -> Reply {
    Reply::json(&json!({"success": false, "code": code, "message": message, "data": null}))
}

pub(crate) fn expired() -> Reply {
    failure("390112", "Your session has expired. Please login again.")
}

/// The data of a login's answer.
pub(crate) fn session() -> Value {
    json!({
        "token": "session-0", "masterToken": "master-0", "sessionId": 4_611_686_018_427_387_900_i64,
        "validityInSeconds": 3600, "masterValidityInSeconds": 14400, "serverVersion": "9.0.0",
        "parameters": [{"name": "AUTOCOMMIT", "value": true}, {"name": "TIMEZONE", "value": "America/Los_Angeles"}],
        "sessionInfo": {"databaseName": "DB", "schemaName": null, "warehouseName": "WH", "roleName": "R"}
    })
}

/// The data of a renewal's answer.
pub(crate) fn renewed(number: u32) -> Value {
    json!({
        "sessionToken": format!("session-{number}"), "validityInSecondsST": 3600,
        "masterToken": format!("master-{number}"), "validityInSecondsMT": 14400,
        "sessionId": 4_611_686_018_427_387_900_i64
    })
}

pub(crate) fn authorization(token: &str) -> String {
    format!("Snowflake Token=\"{token}\"")
}

/// A script whose login has been used up, and the session.
pub(crate) async fn logged_in() -> (Arc<Script>, Server, Login) {
    let script = Arc::new(Script::new().expect(Expect::post(LOGIN).reply(success(session()))));
    let server = server(&script);
    let login = login(&server, &password(), &options()).await.unwrap();
    (script, server, login)
}

pub(crate) fn password() -> Password {
    Password::new("alice", "correct horse")
}

/// How many requests a script has had for a path.
pub(crate) fn count(script: &Script, path: &str) -> usize {
    script.requests().iter().filter(|seen| seen.path() == path).count()
}

/// An error and all its causes, in both forms.
pub(crate) fn all_texts(error: &dyn std::error::Error) -> String {
    let mut texts = format!("{error:?} {error:#?}");
    let mut next = Some(error);
    while let Some(error) = next {
        texts = format!("{texts} {error}");
        next = error.source();
    }
    texts
}

/// Counts the warnings that are logged while it is in charge.
#[derive(Clone, Debug, Default)]
pub(crate) struct Warnings(Arc<std::sync::atomic::AtomicUsize>);

impl Warnings {
    pub(crate) fn count(&self) -> usize {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }
}

impl tracing::Subscriber for Warnings {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() <= tracing::Level::WARN
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        if *event.metadata().level() == tracing::Level::WARN {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}
