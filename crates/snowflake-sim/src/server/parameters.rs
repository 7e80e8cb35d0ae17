//! The session parameters that answers carry: those that drivers read.

use serde_json::{Value, json};
use snowflake_proto::wire::query::NameValue;

use crate::engine::EngineSession;

/// The parameters that drivers read, with what a session has unless it says otherwise.
fn defaults() -> [(&'static str, Value); 27] {
    [
        ("AUTOCOMMIT", json!(true)),
        ("CLIENT_SESSION_KEEP_ALIVE", json!(false)),
        ("CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY", json!(3_600)),
        ("CLIENT_PREFETCH_THREADS", json!(4)),
        ("CLIENT_MEMORY_LIMIT", json!(1_536)),
        ("CLIENT_RESULT_CHUNK_SIZE", json!(160)),
        ("CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", json!(65_280)),
        ("CLIENT_TELEMETRY_ENABLED", json!(false)),
        ("CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED", json!(false)),
        ("CLIENT_DISABLE_INCIDENTS", json!(true)),
        ("TIMEZONE", json!("UTC")),
        ("TIMESTAMP_OUTPUT_FORMAT", json!("YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM")),
        ("TIMESTAMP_NTZ_OUTPUT_FORMAT", json!("YYYY-MM-DD HH24:MI:SS.FF3")),
        ("TIMESTAMP_LTZ_OUTPUT_FORMAT", json!("")),
        ("TIMESTAMP_TZ_OUTPUT_FORMAT", json!("")),
        ("DATE_OUTPUT_FORMAT", json!("YYYY-MM-DD")),
        ("TIME_OUTPUT_FORMAT", json!("HH24:MI:SS")),
        ("BINARY_OUTPUT_FORMAT", json!("HEX")),
        ("TIMESTAMP_TYPE_MAPPING", json!("TIMESTAMP_NTZ")),
        ("QUERY_CONTEXT_CACHE_SIZE", json!(5)),
        ("SERVICE_NAME", json!("")),
        ("PYTHON_CONNECTOR_QUERY_RESULT_FORMAT", json!("ARROW")),
        ("GO_QUERY_RESULT_FORMAT", json!("ARROW")),
        ("JS_TREAT_INTEGER_AS_BIGINT", json!(false)),
        ("ENABLE_STAGE_S3_PRIVATELINK_FOR_US_EAST_1", json!(false)),
        ("CLIENT_RESULT_PREFETCH_SLOTS", json!(2)),
        ("CLIENT_RESULT_PREFETCH_THREADS", json!(1)),
    ]
}

/// What the answers of a session carry.
pub(super) fn of(session: &EngineSession) -> Vec<NameValue> {
    let mut set = session.parameters();
    let pairs = defaults().into_iter().map(|(name, default)| (name, set.remove(name).unwrap_or(default)));
    pairs.map(|(name, value)| NameValue { name: name.to_owned(), value }).collect()
}
