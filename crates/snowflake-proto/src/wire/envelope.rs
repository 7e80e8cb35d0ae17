//! The frame around every JSON answer.

use serde::{Deserialize, Serialize};

/// `{"data":…,"success":…,"code":…,"message":…}`: HTTP status 200 says nothing, `success` decides.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Envelope<T> {
    /// The payload; absent and null mean the same.
    #[serde(default = "none")]
    pub data: Option<T>,
    /// The code of a failure or of a statement in progress, with its leading zeros.
    #[serde(default, deserialize_with = "super::lenient::code")]
    pub code: Option<String>,
    /// The server's words.
    #[serde(default)]
    pub message: Option<String>,
    /// Whether the request succeeded.
    pub success: bool,
    /// Always null in practice.
    #[serde(default)]
    pub headers: Option<serde_json::Value>,
}

fn none<T>() -> Option<T> {
    None
}

impl<T> Envelope<T> {
    /// A success with this payload.
    pub fn ok(data: T) -> Self {
        Self { data: Some(data), code: None, message: None, success: true, headers: None }
    }

    /// A success without a payload.
    pub fn empty() -> Self {
        Self { data: None, code: None, message: None, success: true, headers: None }
    }

    /// A failure.
    pub fn failure(code: impl Into<String>, message: impl Into<String>, data: Option<T>) -> Self {
        Self { data, code: Some(code.into()), message: Some(message.into()), success: false, headers: None }
    }
}
