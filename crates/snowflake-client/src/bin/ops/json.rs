//! Writing JSON: objects with texts, numbers and what else the commands print.

use std::fmt::Write as _;

/// An object that grows.
#[derive(Debug, Default)]
pub(super) struct Object(String);

impl Object {
    pub(super) fn text(self, name: &str, value: &str) -> Self {
        let mut quoted = String::with_capacity(value.len() + 2);
        quote(&mut quoted, value);
        self.raw(name, &quoted)
    }

    /// A text, or null.
    pub(super) fn optional(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self.raw(name, "null"),
        }
    }

    /// What is JSON already.
    pub(super) fn raw(mut self, name: &str, value: &str) -> Self {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        quote(&mut self.0, name);
        self.0.push(':');
        self.0.push_str(value);
        self
    }

    pub(super) fn end(self) -> String {
        if self.0.is_empty() { "{}".to_owned() } else { self.0 + "}" }
    }
}

/// A list of what is JSON already.
pub(super) fn list(items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<String> = items.into_iter().collect();
    format!("[{}]", items.join(","))
}

fn quote(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            control if control.is_control() => {
                let mut units = [0; 2];
                for unit in control.encode_utf16(&mut units) {
                    // Writing to a text does not fail.
                    let _ = write!(json, "\\u{unit:04x}");
                }
            }
            character => json.push(character),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn objects_and_lists_are_json() {
        let object =
            Object::default().text("a", "x\ty").optional("b", None).raw("c", &list(["1".to_owned()]));
        let value: serde_json::Value = serde_json::from_str(&object.end()).unwrap();
        assert_eq!(value, serde_json::json!({ "a": "x\ty", "b": null, "c": [1] }));
        assert_eq!(Object::default().end(), "{}");
    }

    proptest! {
        #[test]
        fn every_text_is_read_back(text in "(\\PC|[\u{0}-\u{1f}\"\\\\\u{7f}-\u{9f}]){0,20}") {
            let json = Object::default().text("t", &text).end();
            let value: serde_json::Value = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(value["t"].as_str(), Some(text.as_str()));
        }
    }
}
