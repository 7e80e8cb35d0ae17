//! `NAME = value`, as the options of COPY are written.

use std::fmt;

use snowflake_proto::Literal;

/// The value of an option.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    /// A keyword such as `CASE_SENSITIVE`, written as it is. Letters, digits and `_` alone.
    Word(String),
    /// A text, written as a literal.
    Text(String),
    /// A whole number.
    Number(u64),
    /// `TRUE` or `FALSE`.
    Flag(bool),
    /// A list of texts, written as literals in parentheses.
    Texts(Vec<String>),
}

/// The options of one statement, in the order in which they were given.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings(Vec<(String, OptionValue)>);

impl Settings {
    /// Adds an option if it is asked for.
    pub(super) fn add<V: Into<OptionValue>>(&mut self, name: &str, value: Option<V>) {
        if let Some(value) = value {
            self.0.push((name.to_owned(), value.into()));
        }
    }

    /// Adds an option that only matters when it is on.
    pub(super) fn flag(&mut self, name: &str, on: bool) {
        self.add(name, on.then_some(true));
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first option whose name or keyword could be read as something else than one.
    pub(super) fn malformed(&self) -> Option<&str> {
        let is_word =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let wrong = |(name, value): &&(String, OptionValue)| {
            !is_word(name) || matches!(value, OptionValue::Word(word) if !is_word(word))
        };
        self.0.iter().find(wrong).map(|(name, _)| name.as_str())
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.0.iter().enumerate() {
            let blank = if index == 0 { "" } else { " " };
            write!(f, "{blank}{name} = {value}")?;
        }
        Ok(())
    }
}

impl fmt::Display for OptionValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Text(text) => Literal::text(text).fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Flag(on) => f.write_str(if *on { "TRUE" } else { "FALSE" }),
            Self::Texts(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| Literal::text(text).to_string()).collect();
                write!(f, "({})", texts.join(", "))
            }
        }
    }
}

impl From<bool> for OptionValue {
    fn from(on: bool) -> Self {
        Self::Flag(on)
    }
}

impl From<u64> for OptionValue {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for OptionValue {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<char> for OptionValue {
    fn from(character: char) -> Self {
        Self::Text(character.into())
    }
}

impl From<&str> for OptionValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Vec<String>> for OptionValue {
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_by_type() {
        let mut settings = Settings::default();
        settings.add("A", Some("it's"));
        settings.add("B", Some(7_u64));
        settings.flag("C", true);
        settings.flag("D", false);
        settings.add("E", Some(vec!["x".to_owned(), "'".to_owned()]));
        settings.add("F", Some(OptionValue::Word("CASE_SENSITIVE".to_owned())));
        settings.add::<u64>("G", None);
        assert_eq!(settings.to_string(), "A = 'it''s' B = 7 C = TRUE E = ('x', '''') F = CASE_SENSITIVE");
        assert_eq!(settings.malformed(), None);
    }

    #[test]
    fn q01_a_word_is_one_word() {
        for word in ["", "TRUE; DROP TABLE t", "a-b", "a b", "é"] {
            let mut settings = Settings::default();
            settings.add("X", Some(OptionValue::Word(word.to_owned())));
            assert_eq!(settings.malformed(), Some("X"), "{word:?}");
            let mut settings = Settings::default();
            settings.add(word, Some(true));
            assert_eq!(settings.malformed(), Some(word), "{word:?}");
        }
    }
}
