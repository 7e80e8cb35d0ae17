//! Session parameters: their values' types, and which of them answers carry.

use serde_json::Value;
use snowflake_proto::wire::query::NameValue;
use snowflake_proto::{Parameter, ParameterKind};

/// The parameters that drivers read. Their values are those of the session, and at first of the catalogue.
const READ_BY_DRIVERS: [&str; 27] = [
    "AUTOCOMMIT",
    "CLIENT_SESSION_KEEP_ALIVE",
    "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY",
    "CLIENT_PREFETCH_THREADS",
    "CLIENT_MEMORY_LIMIT",
    "CLIENT_RESULT_CHUNK_SIZE",
    "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD",
    "CLIENT_TELEMETRY_ENABLED",
    "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED",
    "CLIENT_DISABLE_INCIDENTS",
    "TIMEZONE",
    "TIMESTAMP_OUTPUT_FORMAT",
    "TIMESTAMP_NTZ_OUTPUT_FORMAT",
    "TIMESTAMP_LTZ_OUTPUT_FORMAT",
    "TIMESTAMP_TZ_OUTPUT_FORMAT",
    "DATE_OUTPUT_FORMAT",
    "TIME_OUTPUT_FORMAT",
    "BINARY_OUTPUT_FORMAT",
    "TIMESTAMP_TYPE_MAPPING",
    "QUERY_CONTEXT_CACHE_SIZE",
    "SERVICE_NAME",
    "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT",
    "GO_QUERY_RESULT_FORMAT",
    "JS_TREAT_INTEGER_AS_BIGINT",
    "ENABLE_STAGE_S3_PRIVATELINK_FOR_US_EAST_1",
    "CLIENT_RESULT_PREFETCH_SLOTS",
    "CLIENT_RESULT_PREFETCH_THREADS",
];

/// The parameters that an answer carries. `value` tells a parameter's value in the session.
pub(crate) fn answered(mut value: impl FnMut(&str) -> Option<Value>) -> Vec<NameValue> {
    let known = READ_BY_DRIVERS.into_iter().filter_map(|name| Some((name, value(name)?)));
    known.map(|(name, value)| NameValue { name: name.to_owned(), value }).collect()
}

/// A parameter's value in the parameter's own type.
pub(crate) fn typed(parameter: &Parameter, value: &Value) -> Value {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match parameter.kind() {
        ParameterKind::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" | "on" | "1" => Value::Bool(true),
            "false" | "off" | "0" => Value::Bool(false),
            _ => value.clone(),
        },
        ParameterKind::Integer => text.parse::<i64>().map_or_else(|_| value.clone(), Value::from),
        _ => Value::String(text),
    }
}
