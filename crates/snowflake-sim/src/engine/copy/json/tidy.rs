//! What the options of the format change in a value.

use serde_json::Value as Json;

use super::super::format::JsonFormat;

/// A value without what the format strips.
pub(super) fn tidied(value: Json, format: &JsonFormat) -> Json {
    if format.strip_null_values { stripped(value) } else { value }
}

fn stripped(value: Json) -> Json {
    match value {
        Json::Array(items) => {
            Json::Array(items.into_iter().filter(|item| !item.is_null()).map(stripped).collect())
        }
        Json::Object(members) => {
            let kept = members.into_iter().filter(|(_, member)| !member.is_null());
            Json::Object(kept.map(|(name, member)| (name, stripped(member))).collect())
        }
        other => other,
    }
}
