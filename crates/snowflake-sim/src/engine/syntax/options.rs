//! `KEY = value` options as stages, file formats, COPY and warehouses take them.

use std::collections::BTreeMap;

use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::SqlError;
use super::Cursor;

/// The value of an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum OptionValue {
    /// A word, number or text.
    Text(String),
    /// A list in parentheses.
    List(Vec<String>),
    /// Options in parentheses.
    Options(Options),
}

/// Options by upper-case name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Options {
    values: BTreeMap<String, OptionValue>,
}

impl Options {
    /// Reads options until something else comes.
    ///
    /// # Errors
    /// `001003` when a value is missing.
    pub(in super::super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, SqlError> {
        let mut options = Self::default();
        loop {
            cursor.token(&Token::Comma);
            let before = cursor.clone();
            let Some(Token::Word(word)) = cursor.next() else {
                *cursor = before;
                return Ok(options);
            };
            if !cursor.token(&Token::Eq) {
                *cursor = before;
                return Ok(options);
            }
            let value = value(cursor)?;
            options.values.insert(word.value.to_ascii_uppercase(), value);
        }
    }

    /// Reads arguments such as `FILE_FORMAT => 'f', FILES => ('a', 'b')` until something else comes. Without
    /// parentheses, a list goes on until the next name.
    ///
    /// # Errors
    /// `001003` when a value is missing.
    pub(in super::super) fn read_named(cursor: &mut Cursor<'_>) -> Result<Self, SqlError> {
        let mut options = Self::default();
        while let Some(name) = argument_name(cursor) {
            let mut found = value(cursor)?;
            while cursor.token(&Token::Comma) && argument_name(&mut cursor.clone()).is_none() {
                let next = single(cursor)?;
                found = match found {
                    OptionValue::Text(first) => OptionValue::List(vec![first, next]),
                    OptionValue::List(items) => OptionValue::List(items.into_iter().chain([next]).collect()),
                    OptionValue::Options(_) => return Err(cursor.unexpected()),
                };
            }
            options.values.insert(name, found);
        }
        Ok(options)
    }

    pub(in super::super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The options' names.
    pub(in super::super) fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    pub(in super::super) fn get(&self, name: &str) -> Option<&OptionValue> {
        self.values.get(name)
    }

    /// The option as text.
    pub(in super::super) fn text(&self, name: &str) -> Option<&str> {
        match self.values.get(name)? {
            OptionValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The option as a list; a single value is a list of one.
    pub(in super::super) fn list(&self, name: &str) -> Option<Vec<String>> {
        match self.values.get(name)? {
            OptionValue::Text(text) => Some(vec![text.clone()]),
            OptionValue::List(items) => Some(items.clone()),
            OptionValue::Options(_) => None,
        }
    }

    /// Whether the option is true.
    ///
    /// # Errors
    /// `001008` when it is neither true nor false.
    pub(in super::super) fn boolean(&self, name: &str) -> Result<Option<bool>, SqlError> {
        match self.text(name).map(str::to_ascii_uppercase).as_deref() {
            None => Ok(None),
            Some("TRUE" | "ON" | "YES") => Ok(Some(true)),
            Some("FALSE" | "OFF" | "NO") => Ok(Some(false)),
            Some(other) => Err(invalid(name, other)),
        }
    }

    /// The option as a whole number.
    ///
    /// # Errors
    /// `001008` when it is none.
    pub(in super::super) fn number(&self, name: &str) -> Result<Option<u64>, SqlError> {
        // The cause says no more than that the text is no number.
        self.text(name).map(|text| text.parse().map_err(|_| invalid(name, text))).transpose()
    }

    /// These options, with those of another set before them where they are missing.
    pub(in super::super) fn or(mut self, other: &Options) -> Self {
        for (name, value) in &other.values {
            self.values.entry(name.clone()).or_insert_with(|| value.clone());
        }
        self
    }
}

fn invalid(name: &str, value: &str) -> SqlError {
    SqlError::new(
        "001008",
        "22023",
        format!("SQL compilation error:\ninvalid value [{value}] for parameter '{name}'"),
    )
}

/// The name of an argument and the arrow after it.
fn argument_name(cursor: &mut Cursor<'_>) -> Option<String> {
    let mut ahead = cursor.clone();
    let Some(Token::Word(word)) = ahead.next() else { return None };
    let name = word.value.to_ascii_uppercase();
    if !ahead.token(&Token::RArrow) {
        return None;
    }
    *cursor = ahead;
    Some(name)
}

fn value(cursor: &mut Cursor<'_>) -> Result<OptionValue, SqlError> {
    if cursor.token(&Token::LParen) {
        return parenthesised(cursor);
    }
    single(cursor).map(OptionValue::Text)
}

fn single(cursor: &mut Cursor<'_>) -> Result<String, SqlError> {
    if let Some(text) = cursor.string() {
        return Ok(text);
    }
    let negative = cursor.token(&Token::Minus);
    match cursor.peek() {
        Some(Token::Word(_)) if !negative => Ok(cursor.name()?.join(".")),
        Some(Token::Number(text, _)) => {
            cursor.next();
            Ok(if negative { format!("-{text}") } else { text.clone() })
        }
        _ => Err(cursor.unexpected()),
    }
}

fn parenthesised(cursor: &mut Cursor<'_>) -> Result<OptionValue, SqlError> {
    let mut ahead = cursor.clone();
    if matches!(ahead.next(), Some(Token::Word(_))) && ahead.peek() == Some(&Token::Eq) {
        let options = Options::read(cursor)?;
        cursor.expect(&Token::RParen)?;
        return Ok(OptionValue::Options(options));
    }
    let mut items = Vec::new();
    while !cursor.token(&Token::RParen) {
        items.push(single(cursor)?);
        if !cursor.token(&Token::Comma) && cursor.peek() != Some(&Token::RParen) {
            return Err(cursor.unexpected());
        }
    }
    Ok(OptionValue::List(items))
}
