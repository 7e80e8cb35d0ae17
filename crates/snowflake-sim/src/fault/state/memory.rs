//! What the service no longer accepts, and what its answers make acceptable again.

use std::collections::HashMap;

use bytes::Bytes;
use http::Uri;
use serde_json::Value;
use snowflake_transport::Response;

use super::super::apply::refusal;
use super::super::call::Call;
use super::super::endpoint::Endpoint;
use super::super::verb::Expiry;
use super::lapse::Lapse;
use super::sessions::Sessions;
use crate::protocol::body_json;

/// What requests and answers have shown so far, and what has expired of it. Holds tokens: never shown.
#[derive(Default)]
pub(crate) struct Memory {
    sessions: Sessions,
    session_tokens: HashMap<String, Expiry>,
    masters: Lapse,
    parts: Lapse,
    results: Lapse,
    stage_creds_expired: bool,
}

impl Memory {
    /// Notes the session of a call.
    pub(crate) fn number(&mut self, call: &mut Call) {
        let token = call.replaces.as_deref().or(call.session_token());
        call.session = token.map(|token| self.sessions.number(token));
    }

    pub(crate) fn expire_session(&mut self, call: &Call, how: Expiry) {
        if let Some(token) = call.session_token() {
            self.session_tokens.insert(token.to_owned(), how);
        }
    }

    pub(crate) fn expire_masters(&mut self) {
        self.masters.begin();
    }

    pub(crate) fn expire_parts(&mut self) {
        self.parts.begin();
    }

    pub(crate) fn expire_stage_creds(&mut self) {
        self.stage_creds_expired = true;
    }

    pub(crate) fn forget_results(&mut self) {
        self.results.begin();
    }

    /// Everything is accepted again; sessions keep their numbers.
    pub(crate) fn forgive(&mut self) {
        let sessions = std::mem::take(&mut self.sessions);
        *self = Self { sessions, ..Self::default() };
    }

    /// The answer to a call that asks with or for something that has expired.
    pub(crate) fn refuse(&self, call: &Call) -> Option<Response> {
        if let Some(how) = call.session_token().and_then(|token| self.session_tokens.get(token)) {
            return Some(refusal::session(*how));
        }
        if call.endpoint == Endpoint::Renew && self.masters.refuses(call.token.as_deref().unwrap_or_default())
        {
            return Some(refusal::master());
        }
        if call.is_to_storage() && self.stage_creds_expired {
            return Some(refusal::credentials());
        }
        if call.endpoint == Endpoint::Part && self.parts.refuses(&call.address.to_string()) {
            return Some(refusal::part());
        }
        let result = call.result.as_deref()?;
        self.results.refuses(result).then(|| refusal::result(result))
    }

    /// Whether the answer to a call has to be read for what it hands out.
    pub(crate) fn wants_answer(&self, call: &Call) -> bool {
        match call.endpoint {
            Endpoint::Login => self.masters.has_begun(),
            Endpoint::Renew => self.masters.has_begun() || call.replaces.is_some(),
            Endpoint::Query => self.stage_creds_expired || self.parts.has_begun() || self.results.has_begun(),
            Endpoint::Result => self.parts.has_begun(),
            _ => false,
        }
    }

    /// Learns what an answer hands out.
    pub(crate) fn learn(&mut self, call: &Call, body: &Bytes) {
        let Some(answer) = body_json(body) else { return };
        let text = |name: &str| answer.pointer(name).and_then(Value::as_str);
        if let Some(master) = text("/data/masterToken") {
            self.masters.hand_out(master);
        }
        if let (Some(old), Some(new)) = (&call.replaces, text("/data/sessionToken")) {
            self.sessions.renewed(old, new);
        }
        if call.endpoint == Endpoint::Query {
            self.stage_creds_expired = false;
            if let Some(id) = text("/data/queryId") {
                self.results.hand_out(id);
            }
        }
        let chunks = answer.pointer("/data/chunks").and_then(Value::as_array).into_iter().flatten();
        for address in chunks.filter_map(|chunk| chunk.get("url")?.as_str()?.parse::<Uri>().ok()) {
            self.parts.hand_out(address.to_string());
        }
    }
}
