//! `POST /session/token-request`: a new session token for an old one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The body of a renewal. The master token travels in the `Authorization` header.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// The session token that expired.
    pub old_session_token: String,
    /// `RENEW`.
    pub request_type: String,
}

impl Request {
    /// Asks for a successor of `old_session_token`.
    pub fn renew(old_session_token: impl Into<String>) -> Self {
        Self { old_session_token: old_session_token.into(), request_type: "RENEW".to_owned() }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("request_type", &self.request_type).finish_non_exhaustive()
    }
}

/// The answer. Its field names differ from those of a login.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Response {
    /// The new session token.
    pub session_token: Option<String>,
    /// Its life in seconds.
    #[serde(rename = "validityInSecondsST", deserialize_with = "super::lenient::integer")]
    pub validity_in_seconds_st: Option<i64>,
    /// The new master token.
    pub master_token: Option<String>,
    /// Its life in seconds.
    #[serde(rename = "validityInSecondsMT", deserialize_with = "super::lenient::integer")]
    pub validity_in_seconds_mt: Option<i64>,
    /// The session.
    #[serde(deserialize_with = "super::lenient::integer")]
    pub session_id: Option<i64>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("session_id", &self.session_id).finish_non_exhaustive()
    }
}
