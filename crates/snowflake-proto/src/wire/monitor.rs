//! `GET /monitoring/queries/{id}`: the state of one statement.

use serde::{Deserialize, Serialize};

/// The payload; `queries` is empty while the service does not know the id yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Response {
    /// At most one entry for one id.
    pub queries: Vec<Entry>,
}

/// The state of one statement.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Entry {
    /// The query id.
    pub id: String,
    /// Such as `RUNNING`, `SUCCESS`, `FAILED_WITH_ERROR`.
    pub status: String,
    /// A longer form of `status`.
    pub state: Option<String>,
    /// The code of a failure; empty or null on success.
    #[serde(deserialize_with = "super::lenient::code")]
    pub error_code: Option<String>,
    /// The server's words about a failure.
    pub error_message: Option<String>,
    /// Start, in milliseconds since 1970.
    pub start_time: Option<i64>,
    /// End, in milliseconds since 1970.
    pub end_time: Option<i64>,
    /// Duration in milliseconds.
    pub total_duration: Option<i64>,
    /// The session that submitted it.
    #[serde(deserialize_with = "super::lenient::integer")]
    pub session_id: Option<i64>,
    /// The text of the statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql_text: Option<String>,
    /// The id of the warehouse that runs it.
    #[serde(deserialize_with = "super::lenient::integer", skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// The warehouse that runs it.
    pub warehouse_name: Option<String>,
    /// The size of the warehouse, such as `X-Small`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warehouse_external_size: Option<String>,
    /// The kind of the warehouse, such as `STANDARD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warehouse_server_type: Option<String>,
    /// Work done so far.
    pub stats: Option<Stats>,
}

/// Work done by a statement.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Stats {
    /// Bytes scanned.
    pub scan_bytes: Option<i64>,
    /// Rows produced.
    pub produced_rows: Option<i64>,
}
