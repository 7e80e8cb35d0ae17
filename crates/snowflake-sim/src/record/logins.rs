//! What is kept of sessions: how they begin, and the tokens that they go by meanwhile.

use http::Uri;
use serde_json::Value;

use super::arrival::Arrival;
use super::tape::Tape;
use crate::fingerprint::StatementContext;
use crate::protocol::query;
use crate::recording::{Kept, Login};

/// The names that a login asks for.
pub(crate) fn asked(uri: &Uri) -> StatementContext {
    let name = |field| query(uri, field).filter(|name| !name.is_empty());
    StatementContext {
        role: name("roleName"),
        warehouse: name("warehouse"),
        database: name("databaseName"),
        schema: name("schemaName"),
    }
}

/// The names that a login's answer tells.
pub(crate) fn told(data: &Value) -> StatementContext {
    let name = |field: &str| {
        let name = data.pointer(&format!("/sessionInfo/{field}")).and_then(Value::as_str);
        name.filter(|name| !name.is_empty()).map(str::to_owned)
    };
    StatementContext {
        role: name("roleName"),
        warehouse: name("warehouseName"),
        database: name("databaseName"),
        schema: name("schemaName"),
    }
}

impl Tape {
    /// What a login says must never be seen again in what is kept.
    pub(super) fn login_sent(&mut self, mut body: Value) {
        self.scrub.request_json(&mut body);
    }

    /// One login is kept for each set of names that was asked for; a refused one is not.
    pub(super) fn login_answered(&mut self, asked: StatementContext, arrival: &Arrival) {
        let Some(mut envelope) = success(arrival) else { return };
        let Some(data) = envelope.get("data") else { return };
        let tokens = ["token", "masterToken"].map(|name| data.get(name).and_then(Value::as_str));
        self.sessions.begin(tokens.into_iter().flatten(), told(data));
        self.scrub.answer_json(&mut envelope);
        if !self.logins.iter().any(|login| login.asked == asked) {
            self.logins.push(Login { asked, answer: arrival.with(Kept::Json(envelope)) });
        }
    }

    /// The tokens change; the session does not.
    pub(super) fn renewal_answered(&mut self, old: &str, arrival: &Arrival) {
        let Some(mut envelope) = success(arrival) else { return };
        let Some(data) = envelope.get("data") else { return };
        let tokens = ["sessionToken", "masterToken"].map(|name| data.get(name).and_then(Value::as_str));
        self.sessions.renew(old, tokens.into_iter().flatten());
        self.scrub.answer_json(&mut envelope);
    }
}

fn success(arrival: &Arrival) -> Option<Value> {
    let envelope = arrival.json().filter(|_| arrival.status.is_success())?;
    (envelope.get("success") == Some(&Value::Bool(true))).then_some(envelope)
}
