//! `POST /queries/v1/query-request` and `GET /queries/{id}/result`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{chunk, stage};

/// The body of a submitted statement.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    /// The statement; a driver that asks again with the same `requestId` may leave it out.
    pub sql_text: String,
    /// Whether the server shall detach and answer at once.
    pub async_exec: bool,
    /// A counter per connection, from 1.
    pub sequence_id: Option<i64>,
    /// Milliseconds since 1970.
    pub query_submission_time: Option<i64>,
    /// Whether the driver itself issues the statement.
    pub is_internal: bool,
    /// Compile only: answer the columns, run nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub describe_only: Option<bool>,
    /// Parameters of this statement alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<BTreeMap<String, Value>>,
    /// Bind values by position (`"1"`, …) or name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bindings: Option<BTreeMap<String, Binding>>,
    /// The stage that holds the bind values instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bind_stage: Option<String>,
    /// What earlier answers asked to be sent back.
    #[serde(rename = "queryContextDTO", skip_serializing_if = "Option::is_none")]
    pub query_context: Option<Value>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("async_exec", &self.async_exec)
            .field("describe_only", &self.describe_only)
            .field("bindings", &self.bindings.as_ref().map(BTreeMap::len))
            .finish_non_exhaustive()
    }
}

/// One bind value.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Binding {
    /// The type tag, such as `FIXED` or `TEXT`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The value's text, or one text per row.
    pub value: BindingValue,
    /// `json` for semi-structured values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fmt: Option<String>,
    /// The schema of structured values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
}

impl fmt::Debug for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Binding").field("type", &self.kind).finish_non_exhaustive()
    }
}

/// The text of a bind value.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum BindingValue {
    /// NULL.
    #[default]
    Null,
    /// One value.
    Text(String),
    /// One value per row of an array bind.
    List(Vec<Option<String>>),
}

impl fmt::Debug for BindingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BindingValue::Null => f.write_str("Null"),
            BindingValue::Text(_) => f.write_str("Text(…)"),
            BindingValue::List(values) => write!(f, "List({} values)", values.len()),
        }
    }
}

/// A session parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NameValue {
    /// Its name in upper case.
    pub name: String,
    /// A string, number or boolean.
    #[serde(default)]
    pub value: Value,
}

/// The payload of a query answer: a result, a statement in progress, a failure, or a file transfer.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Response {
    /// Session parameters that changed or matter for rendering.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<NameValue>>,
    /// The columns.
    #[serde(rename = "rowtype", skip_serializing_if = "Option::is_none")]
    pub row_type: Option<Vec<RowType>>,
    /// Inline rows in the JSON format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rowset: Option<Vec<Vec<Option<String>>>>,
    /// Inline rows in the Arrow format: base64 of one IPC stream, possibly empty.
    #[serde(rename = "rowsetBase64", skip_serializing_if = "Option::is_none")]
    pub rowset_base64: Option<String>,
    /// Rows of the whole result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Rows that this answer accounts for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned: Option<i64>,
    /// The statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_id: Option<String>,
    /// The SQL state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql_state: Option<String>,
    /// Current database after the statement; null when unset.
    #[serde(with = "present", skip_serializing_if = "Option::is_none")]
    pub final_database_name: Option<Option<String>>,
    /// Current schema after the statement; null when unset.
    #[serde(with = "present", skip_serializing_if = "Option::is_none")]
    pub final_schema_name: Option<Option<String>>,
    /// Current warehouse after the statement; null when unset.
    #[serde(with = "present", skip_serializing_if = "Option::is_none")]
    pub final_warehouse_name: Option<Option<String>>,
    /// Current role after the statement; null when unset.
    #[serde(with = "present", skip_serializing_if = "Option::is_none")]
    pub final_role_name: Option<Option<String>>,
    /// Placeholders in the statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_of_binds: Option<i64>,
    /// The placeholders' types, when only described.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta_data_of_binds: Option<Vec<RowType>>,
    /// Whether the statement takes array binds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub array_bind_supported: Option<bool>,
    /// The kind of the statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement_type_id: Option<i64>,
    /// Version of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// When the answer was sent, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_result_time: Option<i64>,
    /// `arrow` or `json`; absent means `json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_result_format: Option<String>,
    /// The parts that are fetched separately.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunks: Option<Vec<chunk::Descriptor>>,
    /// Headers to send when fetching parts; they hold the key of the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunk_headers: Option<BTreeMap<String, String>>,
    /// The key of the result, where `chunkHeaders` is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qrmk: Option<String>,
    /// In progress: where to ask next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub get_result_url: Option<String>,
    /// In progress: a description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress_desc: Option<String>,
    /// In progress: seconds after which the server stops the statement if nobody asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_aborts_after_secs: Option<i64>,
    /// Several statements: their query ids, comma-separated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_ids: Option<String>,
    /// Several statements: their type ids, comma-separated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_types: Option<String>,
    /// What to send back with the next statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_context: Option<Value>,
    /// Counters of a DML statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stats: Option<Stats>,
    /// In a failure: the code once more.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "super::lenient::code")]
    pub error_code: Option<String>,
    /// In a failure: `COMPILATION` and the like.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// In a failure: the line, from 1; -1 when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
    /// In a failure: the position in the line, from 0; -1 when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pos: Option<i64>,
    /// In a failure: whether it is the service's own fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_error: Option<bool>,
    /// In a failure: informational.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<i64>,
    /// The fields of a file transfer.
    #[serde(flatten)]
    pub transfer: stage::Transfer,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("query_id", &self.query_id)
            .field("sql_state", &self.sql_state)
            .field("total", &self.total)
            .field("statement_type_id", &self.statement_type_id)
            .field("query_result_format", &self.query_result_format)
            .field("chunks", &self.chunks.as_ref().map(Vec::len))
            .finish_non_exhaustive()
    }
}

/// Counters of a DML statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Stats {
    /// Rows inserted.
    pub num_rows_inserted: Option<i64>,
    /// Rows updated.
    pub num_rows_updated: Option<i64>,
    /// Rows deleted.
    pub num_rows_deleted: Option<i64>,
    /// Rows matched more than once.
    pub num_dml_duplicates: Option<i64>,
    /// Bytes scanned, where the server says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_bytes: Option<i64>,
}

/// One column in `rowtype`. Every key is written, null where unset: drivers index them unasked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RowType {
    /// The column's name.
    pub name: String,
    /// The database of its table, or empty.
    pub database: Option<String>,
    /// The schema of its table, or empty.
    pub schema: Option<String>,
    /// Its table, or empty.
    pub table: Option<String>,
    /// Whether it can be NULL.
    pub nullable: Option<bool>,
    /// The type tag, such as `fixed`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Digits of a number.
    pub precision: Option<i64>,
    /// Digits after the point.
    pub scale: Option<i64>,
    /// Length in characters, or in bytes for BINARY.
    pub length: Option<i64>,
    /// Length in bytes.
    pub byte_length: Option<i64>,
    /// The collation.
    pub collation: Option<String>,
    /// A type name that overrides `type`.
    pub ext_type_name: Option<String>,
    /// Dimension of a VECTOR.
    pub vector_dimension: Option<i64>,
    /// Fields of structured types.
    pub fields: Option<Vec<RowType>>,
}

/// Tells a field that is null from one that is absent.
mod present {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        value: &Option<Option<String>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<String>>, D::Error> {
        Option::<String>::deserialize(deserializer).map(Some)
    }
}
