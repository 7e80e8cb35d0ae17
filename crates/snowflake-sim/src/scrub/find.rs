//! Finding secrets that are still there.

use serde_json::Value;

use super::fields::Field;
use super::looks::marks;
use super::{address, placeholder};

/// A place that holds what looks like a secret. It does not hold the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What it looks like.
    pub what: &'static str,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.pointer, self.what)
    }
}

/// All places of a document that hold what looks like a secret: tokens, keys, passwords and signatures.
///
/// A text counts by its look anywhere, and by the name of its field where that tells; the placeholders that
/// [`Scrub`](super::Scrub) leaves behind do not count.
///
/// ```
/// use snowflake_sim::find_secrets;
///
/// let found = find_secrets(&serde_json::json!({"data": {"rows": [["x"], ["ver:1-hint:2-abc"]]}}));
/// assert_eq!(found[0].to_string(), "/data/rows/1/0: a Snowflake token");
/// ```
#[must_use]
pub fn find_secrets(document: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    search(document, &mut String::new(), &mut findings);
    findings
}

fn search(value: &Value, pointer: &mut String, findings: &mut Vec<Finding>) {
    match value {
        Value::Object(fields) => {
            let of_parameter = Field::of_parameter(fields);
            for (name, value) in fields {
                let field = Field::named(name).or(of_parameter.filter(|_| name == "value"));
                below(pointer, name, |pointer| search_field(field, value, pointer, findings));
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                below(pointer, &index.to_string(), |pointer| search(value, pointer, findings));
            }
        }
        Value::String(text) => {
            let found =
                marks(text).into_iter().map(|mark| Finding { pointer: pointer.clone(), what: mark.what });
            findings.extend(found);
        }
        _ => {}
    }
}

fn search_field(field: Option<Field>, value: &Value, pointer: &mut String, findings: &mut Vec<Finding>) {
    match (field, value) {
        (Some(Field::Credentials), Value::Object(fields)) => {
            for (name, value) in fields {
                let field = Some(Field::named(name).unwrap_or(Field::Secret));
                below(pointer, name, |pointer| search_field(field, value, pointer, findings));
            }
        }
        (Some(_), Value::Array(values)) => {
            for (index, value) in values.iter().enumerate() {
                let search = |pointer: &mut String| search_field(field, value, pointer, findings);
                below(pointer, &index.to_string(), search);
            }
        }
        _ => match suspicion(field, value) {
            Some(what) => findings.push(Finding { pointer: pointer.clone(), what }),
            None => search(value, pointer, findings),
        },
    }
}

/// What is wrong with a value because of the field that it is in.
fn suspicion(field: Option<Field>, value: &Value) -> Option<&'static str> {
    const SECRET: Option<&str> = Some("the value of a field that holds secrets");
    let text = match value {
        Value::String(text) if !text.is_empty() && !placeholder::is_placeholder(text) => text,
        Value::Number(_) if matches!(field, Some(Field::Passcode | Field::Secret)) => return SECRET,
        _ => return None,
    };
    match field? {
        Field::Address => (address::harmless(text) != *text).then_some("an address with more than it needs"),
        _ => SECRET,
    }
}

/// Does something with the pointer to a child.
fn below(pointer: &mut String, name: &str, act: impl FnOnce(&mut String)) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
    act(pointer);
    pointer.truncate(length);
}
