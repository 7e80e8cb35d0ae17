//! The statements that steer a session, which are understood without being prepared.

use serde_json::Value;
use snowflake_proto::Identifier;
use snowflake_proto::sql::{Token, TokenKind};

use super::sentence::words;
use crate::context::{Context, exact};

/// A statement that steers a session.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Control {
    Begin,
    Commit,
    Rollback,
    Use(Object, Vec<String>),
    Set(Vec<(String, Value)>),
    Unset(Vec<String>),
}

/// What USE names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
    Role,
    Warehouse,
    Database,
    Schema,
    Secondary,
}

impl Control {
    /// The meaning of a statement, if it steers the session.
    pub(super) fn parse(sql: &str) -> Option<Self> {
        let words = words(sql);
        let upper: Vec<String> = words.iter().map(|token| token.text.to_ascii_uppercase()).collect();
        let upper: Vec<&str> = upper.iter().map(String::as_str).collect();
        match upper.as_slice() {
            ["BEGIN"] | ["BEGIN" | "START", "TRANSACTION" | "WORK", ..] => Some(Self::Begin),
            ["COMMIT"] | ["COMMIT", "WORK"] => Some(Self::Commit),
            ["ROLLBACK"] | ["ROLLBACK", "WORK"] => Some(Self::Rollback),
            ["USE", "SECONDARY", "ROLES", _] => Some(Self::Use(Object::Secondary, Vec::new())),
            ["USE", "ROLE", _, ..] => Some(Self::Use(Object::Role, names(words.get(2..)?)?)),
            ["USE", "WAREHOUSE", _, ..] => Some(Self::Use(Object::Warehouse, names(words.get(2..)?)?)),
            ["USE", "DATABASE", _, ..] => Some(Self::Use(Object::Database, names(words.get(2..)?)?)),
            ["USE", "SCHEMA", _, ..] => Some(Self::Use(Object::Schema, names(words.get(2..)?)?)),
            ["USE", _, ..] => Some(Self::Use(Object::Database, names(words.get(1..)?)?)),
            ["ALTER", "SESSION", "SET", ..] => settings(words.get(3..)?).map(Self::Set),
            ["ALTER", "SESSION", "UNSET", rest @ ..] => Some(Self::Unset(
                rest.iter().filter(|word| **word != ",").map(|&word| word.to_owned()).collect(),
            )),
            _ => None,
        }
    }
}

/// A name of one or two parts.
fn names(tokens: &[Token<'_>]) -> Option<Vec<String>> {
    let text: String = tokens.iter().map(|token| token.text).collect();
    if let Ok(name) = Identifier::parse(&text) {
        return Some(vec![name.name().to_owned()]);
    }
    let is_separate = |token: &Token<'_>| token.text != ".";
    let parts: Vec<String> =
        tokens.iter().filter(|token| is_separate(token)).map(|token| exact(token.text)).collect();
    (parts.len() == 2).then_some(parts)
}

/// `name = value` again and again.
fn settings(tokens: &[Token<'_>]) -> Option<Vec<(String, Value)>> {
    let meaning: Vec<&Token<'_>> = tokens.iter().filter(|token| token.text != ",").collect();
    let triples = meaning.chunks(3).map(|triple| match triple {
        [name, equals, value] if equals.text == "=" => Some((name.text.to_ascii_uppercase(), literal(value))),
        _ => None,
    });
    triples.collect()
}

fn literal(token: &Token<'_>) -> Value {
    match token.kind {
        TokenKind::Text => {
            let inner = token.text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            Value::String(inner.unwrap_or(token.text).replace("''", "'"))
        }
        _ => serde_json::from_str(&token.text.to_ascii_lowercase())
            .unwrap_or_else(|_| Value::String(token.text.to_owned())),
    }
}

/// Makes an object the current one. The stand-in keeps no list of objects: every name is there.
pub(super) fn make_current(context: &mut Context, object: Object, names: &[String]) {
    let (first, second) = (names.first().cloned(), names.get(1).cloned());
    match object {
        Object::Role => context.role = first,
        Object::Warehouse => context.warehouse = first,
        Object::Database => {
            context.database = first;
            context.schema = second.or_else(|| Some("PUBLIC".to_owned()));
        }
        Object::Schema => match second {
            None => context.schema = first,
            Some(schema) => {
                context.database = first;
                context.schema = Some(schema);
            }
        },
        Object::Secondary => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Control, Object};

    #[test]
    fn statements_that_steer_are_told_from_others() {
        let parse = Control::parse;
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(parse("begin;"), Some(Control::Begin));
        assert_eq!(parse("start transaction"), Some(Control::Begin));
        assert_eq!(parse("USE db"), Some(Control::Use(Object::Database, names(&["DB"]))));
        assert_eq!(parse("use schema \"d b\".s"), Some(Control::Use(Object::Schema, names(&["d b", "S"]))));
        let set =
            vec![("A".to_owned(), json!(true)), ("B".to_owned(), json!("x'")), ("C".to_owned(), json!(5))];
        assert_eq!(parse("ALTER SESSION SET a = TRUE, b = 'x''' c=5"), Some(Control::Set(set)));
        assert_eq!(parse("alter session unset a, b"), Some(Control::Unset(names(&["A", "B"]))));
        assert_eq!(parse("select 1"), None);
        assert_eq!(parse("alter session set a"), None);
    }
}
