//! The types of `SHOW COLUMNS`, which are JSON, spelled as `DESCRIBE` does.

use serde_json::Value;
use snowflake_proto::DataType;

/// `{"type":"FIXED","precision":38,"scale":0,"nullable":true}` as `NUMBER(38,0)`.
///
/// A type that this version does not know keeps its JSON but for `nullable`, so that a change of it shows.
pub(super) fn spelled(json: &str) -> String {
    let Ok(Value::Object(mut fields)) = serde_json::from_str::<Value>(json) else {
        return json.to_owned();
    };
    fields.remove("nullable");
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
    let number = |name: &str| fields.get(name).and_then(Value::as_u64);
    let digits = |name: &str, usual: u8| number(name).and_then(|n| u8::try_from(n).ok()).unwrap_or(usual);
    let scale = || digits("scale", 9);
    let data_type = match kind.as_str() {
        "FIXED" => DataType::Number { precision: digits("precision", 38), scale: digits("scale", 0) },
        "REAL" => DataType::Float,
        "TEXT" => DataType::Text { length: number("length").unwrap_or(16_777_216) },
        "BINARY" => DataType::Binary { length: number("length").unwrap_or(8_388_608) },
        "TIME" => DataType::Time { scale: scale() },
        "TIMESTAMP_NTZ" => DataType::TimestampNtz { scale: scale() },
        "TIMESTAMP_LTZ" => DataType::TimestampLtz { scale: scale() },
        "TIMESTAMP_TZ" => DataType::TimestampTz { scale: scale() },
        _ if fields.len() == 1 => return kind,
        _ => return Value::Object(fields).to_string(),
    };
    data_type.to_string()
}

/// Whether the JSON says that the column may hold NULL; nothing where it does not say.
pub(super) fn nullable(json: &str) -> Option<bool> {
    serde_json::from_str::<Value>(json).ok()?.get("nullable")?.as_bool()
}

#[cfg(test)]
mod tests {
    use super::{nullable, spelled};

    #[test]
    fn types_are_spelled_as_describe_does() {
        let table = [
            (r#"{"type":"FIXED","precision":38,"scale":0,"nullable":true}"#, "NUMBER(38,0)"),
            (r#"{"type":"TEXT","length":10,"byteLength":40,"nullable":false,"fixed":false}"#, "VARCHAR(10)"),
            (r#"{"type":"REAL","nullable":true}"#, "FLOAT"),
            (r#"{"type":"TIMESTAMP_LTZ","precision":0,"scale":3,"nullable":true}"#, "TIMESTAMP_LTZ(3)"),
            (r#"{"type":"BINARY","length":8,"byteLength":8,"nullable":true,"fixed":true}"#, "BINARY(8)"),
            (r#"{"type":"VARIANT","nullable":true}"#, "VARIANT"),
            (r#"{"type":"BOOLEAN","nullable":false}"#, "BOOLEAN"),
            ("DATE", "DATE"),
            ("", ""),
        ];
        for (json, sql) in table {
            assert_eq!(spelled(json), sql, "{json}");
        }
        let vector = spelled(r#"{"type":"VECTOR","nullable":true,"dimension":3}"#);
        assert_eq!(vector, r#"{"dimension":3,"type":"VECTOR"}"#);
        assert_eq!(nullable(r#"{"nullable":false}"#), Some(false));
        assert_eq!(nullable("{}"), None);
    }
}
