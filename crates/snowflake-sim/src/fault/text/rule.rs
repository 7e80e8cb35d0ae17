//! Reads one rule: its condition, a colon, and what befalls the requests.

use http::Method;

use super::super::endpoint::Endpoint;
use super::super::rule::{Place, Rule};
use super::super::verb::Verb;
use super::arguments;
use super::cursor::Cursor;
use super::error::ScheduleError;

/// The rule of a line; `None` for a line without one.
pub(in super::super) fn line(number: usize, text: &str) -> Result<Option<Rule>, ScheduleError> {
    let mut cursor = Cursor::new(number, text);
    if cursor.is_over() {
        return Ok(None);
    }
    let mut rule = condition(&mut cursor)?;
    loop {
        rule = rule.action(arguments::action(&mut cursor)?);
        if cursor.is_over() {
            return Ok(Some(rule));
        }
        if !cursor.take(',') {
            return Err(cursor.unexpected("a comma and another fault, or the end of the line"));
        }
    }
}

fn condition(cursor: &mut Cursor<'_>) -> Result<Rule, ScheduleError> {
    let mut rule = Rule::to(place(cursor)?);
    loop {
        if cursor.take(':') {
            return Ok(rule);
        }
        match cursor.word() {
            "method" => {
                let method = |word: &str| Method::from_bytes(word.as_bytes()).ok();
                rule = rule.method(cursor.read("a method such as GET", method)?);
            }
            "session" => rule = rule.session(positive(cursor, "the number of a session, from 1")?),
            "nth" => rule = rule.nth(positive(cursor, "the number of a request, from 1")?),
            "times" => rule = rule.times(cursor.number("how many requests")?),
            _ => return Err(cursor.unexpected("method, session, nth, times, or a colon and what goes wrong")),
        }
    }
}

fn place(cursor: &mut Cursor<'_>) -> Result<Place, ScheduleError> {
    if cursor.at_quote() {
        return Ok(Place::Prefix(cursor.text()?));
    }
    if cursor.peek().starts_with('/') {
        return Ok(Place::Prefix(cursor.path().to_owned()));
    }
    let word = cursor.word();
    let endpoint = Endpoint::WORDS.iter().find(|(_endpoint, name)| *name == word);
    endpoint.map(|(endpoint, _name)| Place::Endpoint(*endpoint)).ok_or_else(|| {
        let words = Endpoint::WORDS.map(|(_endpoint, name)| name).join(", ");
        cursor.unexpected(format!("the beginning of a path, or one of {words}"))
    })
}

fn positive(cursor: &mut Cursor<'_>, what: &str) -> Result<usize, ScheduleError> {
    cursor.read(what, |word| word.parse().ok().filter(|number| *number > 0))
}

/// The verb of a word.
pub(super) fn verb(cursor: &mut Cursor<'_>) -> Result<Verb, ScheduleError> {
    let word = cursor.word();
    Verb::WORDS.iter().find(|(_verb, name)| *name == word).map(|(verb, _name)| *verb).ok_or_else(|| {
        let words = Verb::WORDS.map(|(_verb, name)| name).join(", ");
        cursor.unexpected(format!("one of {words}, truncate, fin"))
    })
}
