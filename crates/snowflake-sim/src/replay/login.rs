//! Sessions of a replay: every credential is accepted, and every token stands for nothing.

use serde_json::{Value, json};

use crate::context::exact;
use crate::fingerprint::StatementContext;
use crate::recording::Login;

/// Seconds that a session token and a master token of a replay live, as the service's do.
const LIVES: (u32, u32) = (3600, 14_400);

/// The tokens of a session of a replay. They open nothing.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) session: String,
    pub(super) master: String,
}

impl Tokens {
    pub(super) fn new(number: u64) -> Self {
        Self { session: format!("replay-session-{number}"), master: format!("replay-master-{number}") }
    }
}

/// The answer to a login that asks for these names, from the recorded login that asked for the same, or else for
/// the most of them.
pub(super) fn answer(logins: &[Login], asked: &StatementContext, tokens: &Tokens, number: u64) -> Value {
    let best = logins.iter().max_by_key(|login| likeness(&login.asked, asked));
    let mut envelope = best
        .and_then(|login| login.answer.json().cloned())
        .filter(|envelope| envelope.get("data").is_some_and(Value::is_object))
        .unwrap_or_else(bare);
    let Some(data) = envelope.get_mut("data") else { return envelope };
    data["token"] = Value::from(tokens.session.as_str());
    data["masterToken"] = Value::from(tokens.master.as_str());
    // Each session has a number of its own, as in the service.
    let first = data.get("sessionId").and_then(Value::as_i64).unwrap_or(1);
    data["sessionId"] = Value::from(first.saturating_add(i64::try_from(number).unwrap_or(0)));
    if best.is_none_or(|login| login.asked != *asked) {
        if !data.get("sessionInfo").is_some_and(Value::is_object) {
            data["sessionInfo"] = json!({});
        }
        let names = [
            ("roleName", &asked.role),
            ("warehouseName", &asked.warehouse),
            ("databaseName", &asked.database),
            ("schemaName", &asked.schema),
        ];
        for (field, name) in names {
            if let Some(name) = name {
                data["sessionInfo"][field] = Value::from(exact(name));
            }
        }
    }
    envelope
}

/// The answer to a renewal.
pub(super) fn renewed(tokens: &Tokens) -> Value {
    let (session, master) = LIVES;
    json!({ "success": true, "code": null, "message": null, "data": {
        "sessionToken": tokens.session, "validityInSecondsST": session,
        "masterToken": tokens.master, "validityInSecondsMT": master,
    }})
}

/// A login of a recording that has none.
fn bare() -> Value {
    let (session, master) = LIVES;
    json!({ "success": true, "code": null, "message": null, "data": {
        "validityInSeconds": session, "masterValidityInSeconds": master, "parameters": [], "sessionInfo": {},
    }})
}

/// How many of the names agree; a later login is preferred among equals only if it agrees entirely.
fn likeness(recorded: &StatementContext, asked: &StatementContext) -> usize {
    let agree = |one: &Option<String>, other: &Option<String>| usize::from(one == other);
    agree(&recorded.role, &asked.role)
        + agree(&recorded.warehouse, &asked.warehouse)
        + agree(&recorded.database, &asked.database)
        + agree(&recorded.schema, &asked.schema)
}
