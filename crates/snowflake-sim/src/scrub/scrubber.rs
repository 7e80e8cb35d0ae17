//! Taking secrets out of what is recorded.

use std::fmt;

use serde_json::Value;

use super::fields::Field;
use super::header::Header;
use super::learned::Learned;
use super::looks::marks;
use super::{address, placeholder};

/// Nothing shorter is learned or looks like a secret, in bytes.
const SHORTEST: usize = 6;

/// Takes secrets out of requests and answers, and remembers them to find them again.
///
/// A secret is known by the field or header that holds it, by its look, or because it was seen before: each
/// one that was taken out of a field is from then on replaced wherever it occurs, also URL-encoded, in
/// base64 or escaped for JSON. What stands in its place is the same for all of its kind and has a shape that
/// a client can read. Scrubbing what was scrubbed changes nothing.
///
/// The texts of statements are scrubbed too (`PASSWORD = '…'`), so a statement has to be scrubbed before its
/// fingerprint is taken, when it is recorded as well as when it is looked for.
///
/// ```
/// use snowflake_sim::{Scrub, find_secrets};
/// use serde_json::json;
///
/// let mut scrub = Scrub::default();
/// let mut login = json!({"data": {"token": "ver:1-hint:7-abcdef", "sessionId": 42}, "success": true});
/// scrub.answer_json(&mut login);
/// assert_eq!(login["data"]["token"], "scrubbed-token");
/// assert_eq!(scrub.text("got ver:1-hint:7-abcdef"), "got scrubbed-token");
/// assert!(find_secrets(&login).is_empty());
/// ```
#[derive(Default)]
pub struct Scrub {
    learned: Learned,
}

impl Scrub {
    /// A scrub that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Remembers a secret.
    ///
    /// What could occur by chance is not remembered: fewer than six bytes, and fewer than sixteen if they
    /// are letters or digits alone.
    pub fn learn(&mut self, secret: &str) {
        self.learn_as(secret, placeholder::TEXT);
    }

    /// Takes the secrets out of the JSON body of a request.
    pub fn request_json(&mut self, body: &mut Value) {
        self.json(body);
    }

    /// Takes the secrets out of the JSON body of an answer.
    pub fn answer_json(&mut self, body: &mut Value) {
        self.json(body);
    }

    /// The form-encoded body of a request, with only those of its fields that are known to be harmless.
    #[must_use]
    pub fn form(&self, body: &str) -> String {
        const HARMLESS: [&str; 6] =
            ["grant_type", "scope", "redirect_uri", "token_type", "client_assertion_type", "audience"];
        let pairs = body.split('&').map(|pair| match pair.split_once('=') {
            Some((name, _)) if !HARMLESS.contains(&name) => format!("{name}={}", placeholder::TEXT),
            _ => self.text(pair),
        });
        pairs.collect::<Vec<_>>().join("&")
    }

    /// An address without user, password and fragment, and with only those query parameters that are known
    /// to be harmless.
    #[must_use]
    pub fn url(&self, url: &str) -> String {
        self.text(&address::harmless(url))
    }

    /// The value of a header as it may be kept, or nothing if it is a secret.
    #[must_use]
    pub fn header(&self, name: &str, value: &str) -> Option<String> {
        match Header::named(name) {
            Header::Secret => None,
            Header::Key => Some(Field::Key.placeholder(value).to_owned()),
            Header::Address => Some(self.url(value)),
            Header::Plain => Some(self.text(value)),
        }
    }

    /// The text without secrets that were learned and without what looks like one.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        // Most cells of a result are shorter than anything that is looked for.
        if text.len() < SHORTEST {
            return text.to_owned();
        }
        let clean = self.learned.replaced(text);
        let clean = clean.as_deref().unwrap_or(text);
        let mut kept = 0;
        let mut harmless = String::new();
        for mark in marks(clean) {
            harmless.push_str(clean.get(kept..mark.range.start).unwrap_or_default());
            harmless.push_str(placeholder::TEXT);
            kept = mark.range.end;
        }
        harmless.push_str(clean.get(kept..).unwrap_or_default());
        harmless
    }

    fn learn_as(&mut self, secret: &str, placeholder: &'static str) {
        if !placeholder::is_placeholder(secret) {
            self.learned.add(secret, placeholder);
        }
    }

    /// Learns all secrets of a body before any of it is cleaned: a field may repeat what a later one tells.
    fn json(&mut self, body: &mut Value) {
        self.learn_from(body);
        self.clean(body);
    }

    fn learn_from(&mut self, value: &Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    self.learn_field(Field::named(name), value);
                }
                if let (Some(field), Some(value)) = (Field::of_parameter(fields), fields.get("value")) {
                    self.learn_field(Some(field), value);
                }
            }
            Value::Array(values) => values.iter().for_each(|value| self.learn_from(value)),
            _ => {}
        }
    }

    fn learn_field(&mut self, field: Option<Field>, value: &Value) {
        match (field, value) {
            (Some(Field::Address | Field::Passcode), _) => {}
            (Some(Field::Credentials), Value::Object(fields)) => {
                for (name, value) in fields {
                    self.learn_field(Some(Field::named(name).unwrap_or(Field::Secret)), value);
                }
            }
            (Some(field), Value::String(text)) => self.learn_as(text, field.placeholder(text)),
            (Some(field), Value::Array(values)) => {
                values.iter().for_each(|value| self.learn_field(Some(field), value));
            }
            (_, value) => self.learn_from(value),
        }
    }

    fn clean(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                if let (Some(field), Some(value)) = (Field::of_parameter(fields), fields.get_mut("value")) {
                    self.clean_field(field, value);
                }
                for (name, value) in fields {
                    match Field::named(name) {
                        Some(field) => self.clean_field(field, value),
                        None => self.clean(value),
                    }
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.clean(value)),
            Value::String(text) => *text = self.text(text),
            _ => {}
        }
    }

    fn clean_header(&self, name: &str, value: &mut Value) {
        match (Field::named(name), value) {
            (Some(field), value) => self.clean_field(field, value),
            (None, Value::String(text)) => {
                *text = self.header(name, text).unwrap_or_else(|| placeholder::TEXT.to_owned());
            }
            (None, value) => self.clean(value),
        }
    }

    fn clean_field(&self, field: Field, value: &mut Value) {
        match (field, value) {
            (Field::Address, Value::String(text)) => *text = self.url(text),
            (Field::Credentials, Value::Object(fields)) => {
                for (name, value) in fields {
                    self.clean_field(Field::named(name).unwrap_or(Field::Secret), value);
                }
            }
            (Field::Headers, Value::Object(headers)) => {
                for (name, value) in headers {
                    self.clean_header(name, value);
                }
            }
            (_, Value::Array(values)) => values.iter_mut().for_each(|value| self.clean_field(field, value)),
            (_, Value::String(text)) if !text.is_empty() => {
                let placeholder = field.placeholder(text);
                placeholder.clone_into(text);
            }
            (Field::Passcode | Field::Secret, number @ Value::Number(_)) => {
                *number = Value::from(placeholder::TEXT);
            }
            (_, value) => self.clean(value),
        }
    }
}

/// Nothing of what was learned is shown.
impl fmt::Debug for Scrub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scrub").field("learned", &self.learned.len()).finish()
    }
}
