//! `POST /queries/v1/abort-request`: stop the statement that was submitted with a request id.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The body of an abort.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    /// The `requestId` that the statement was submitted with.
    pub request_id: String,
    /// The statement's text; optional, and never sent by this client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql_text: Option<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}
