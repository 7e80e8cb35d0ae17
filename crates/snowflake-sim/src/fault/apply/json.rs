//! Changes to JSON bodies, by pointer (RFC 6901).

use bytes::Bytes;
use serde_json::Value;

/// The body after a change; a body that is not JSON stays as it is.
pub(super) fn edit(body: Bytes, change: impl FnOnce(&mut Value)) -> Bytes {
    match serde_json::from_slice::<Value>(&body) {
        Ok(mut json) => {
            change(&mut json);
            json.to_string().into()
        }
        Err(_not_json) => body,
    }
}

/// Puts a value where the pointer points: a member that is there or new, an element that is there, or
/// with `-` a new last element.
pub(super) fn set(json: &mut Value, pointer: &str, value: Value) {
    let Some((parent, name)) = parent(json, pointer) else {
        if pointer.is_empty() {
            *json = value;
        }
        return;
    };
    match parent {
        Value::Object(members) => drop(members.insert(name, value)),
        Value::Array(elements) if name == "-" => elements.push(value),
        Value::Array(elements) => {
            if let Some(element) = name.parse::<usize>().ok().and_then(|index| elements.get_mut(index)) {
                *element = value;
            }
        }
        _ => {}
    }
}

/// Removes what the pointer points at, if it is there.
pub(super) fn remove(json: &mut Value, pointer: &str) {
    match parent(json, pointer) {
        Some((Value::Object(members), name)) => drop(members.remove(&name)),
        Some((Value::Array(elements), name)) => {
            if let Some(index) = name.parse().ok().filter(|index| *index < elements.len()) {
                elements.remove(index);
            }
        }
        _ => {}
    }
}

/// What holds the thing that the pointer points at, and its name in there.
fn parent<'a>(json: &'a mut Value, pointer: &str) -> Option<(&'a mut Value, String)> {
    let (parent, name) = pointer.rsplit_once('/')?;
    Some((json.pointer_mut(parent)?, name.replace("~1", "/").replace("~0", "~")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{edit, remove, set};

    #[test]
    fn values_are_set_and_removed_where_the_pointer_points() {
        let mut json = json!({"data": {"total": 3, "a/b": 1, "chunks": [1, 2]}});
        set(&mut json, "/data/total", json!(4));
        set(&mut json, "/data/a~1b", json!(null));
        set(&mut json, "/data/new", json!([]));
        set(&mut json, "/data/chunks/1", json!("x"));
        set(&mut json, "/data/chunks/-", json!("y"));
        set(&mut json, "/data/chunks/9", json!("beyond"));
        set(&mut json, "/absent/total", json!("nowhere"));
        assert_eq!(json, json!({"data": {"total": 4, "a/b": null, "new": [], "chunks": [1, "x", "y"]}}));
        for pointer in ["/data/a~1b", "/data/chunks/0", "/data/chunks/7", "/data/none", "/none/x", ""] {
            remove(&mut json, pointer);
        }
        assert_eq!(json, json!({"data": {"total": 4, "new": [], "chunks": ["x", "y"]}}));
        set(&mut json, "", json!(7));
        assert_eq!(json, json!(7));
    }

    #[test]
    fn what_is_not_json_stays_as_it_is() {
        assert_eq!(edit("<html>".into(), |json| set(json, "/a", json!(1))), "<html>");
    }
}
