//! Text written into SQL where a bind value cannot stand: options of commands, `SHOW ... LIKE`, `PUT` and
//! `COMMENT`.

use std::fmt;

/// A string constant of SQL.
///
/// Inside `'...'` the service reads `''` as a quote and a backslash as the start of an escape, so both
/// are doubled.
///
/// ```
/// use snowflake_proto::Literal;
///
/// assert_eq!(Literal::text("it's a \\").to_string(), r"'it''s a \\'");
/// assert_eq!(Literal::like_exactly("100%_").to_string(), r"'100\\%\\_'");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Literal(String);

impl Literal {
    /// A constant of exactly this text.
    pub fn text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A pattern for `LIKE` that matches this text and nothing else: `%`, `_` and `\` lose their meaning by a
    /// backslash.
    ///
    /// `SHOW ... LIKE` understands that as it is; the operator of an expression only with `ESCAPE '\\'`
    /// behind it.
    #[must_use]
    pub fn like_exactly(text: &str) -> Self {
        let mut pattern = String::with_capacity(text.len());
        for character in text.chars() {
            if matches!(character, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(character);
        }
        Self(pattern)
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("'")?;
        let mut rest = self.0.as_str();
        while let Some(at) = rest.find(['\'', '\\']) {
            let (before, from) = rest.split_at(at);
            let (special, after) = from.split_at(1);
            write!(f, "{before}{special}{special}")?;
            rest = after;
        }
        write!(f, "{rest}'")
    }
}

/// A literal may hold a user's data, which no log should show.
impl fmt::Debug for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Literal(***)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Literal;

    /// What the service makes of a quoted text: `''` is a quote, a backslash takes the next character as
    /// it is.
    fn read_back(quoted: &str) -> Option<String> {
        let mut inner = quoted.strip_prefix('\'')?.strip_suffix('\'')?.chars();
        let mut text = String::new();
        while let Some(character) = inner.next() {
            match character {
                '\'' if inner.next()? == '\'' => text.push('\''),
                '\'' => return None,
                '\\' => text.push(inner.next()?),
                other => text.push(other),
            }
        }
        Some(text)
    }

    /// Whether the text matches the pattern of a `LIKE ... ESCAPE '\\'`.
    fn like(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            (['\\', wanted, pattern @ ..], [first, text @ ..]) if wanted == first => like(pattern, text),
            (['%', rest @ ..], _) => like(rest, text) || (!text.is_empty() && like(pattern, &text[1..])),
            (['_', pattern @ ..], [_, text @ ..]) => like(pattern, text),
            ([wanted, pattern @ ..], [first, text @ ..]) if *wanted != '\\' && wanted == first => {
                like(pattern, text)
            }
            _ => false,
        }
    }

    #[test]
    fn q02_quotes_and_backslashes_are_doubled() {
        let table = [
            ("", "''"),
            ("a", "'a'"),
            ("'", "''''"),
            ("\\'", r"'\\'''"),
            ("'; drop table canary; --", "'''; drop table canary; --'"),
            ("\\", r"'\\'"),
            ("\u{1f600}\n%_", "'\u{1f600}\n%_'"),
        ];
        for (text, quoted) in table {
            assert_eq!(Literal::text(text).to_string(), quoted);
        }
        assert_eq!(format!("{:?}", Literal::text("hunter2")), "Literal(***)");
    }

    proptest! {
        #[test]
        fn q02_every_text_reads_back(text in "\\PC{0,60}|['\\\\%_a\n\0]{0,60}") {
            prop_assert_eq!(read_back(&Literal::text(text.clone()).to_string()), Some(text));
        }

        #[test]
        fn q02_an_exact_pattern_matches_its_text_alone(
            text in "['\\\\%_ab]{0,8}",
            other in "['\\\\%_ab]{0,8}",
        ) {
            let quoted = Literal::like_exactly(&text).to_string();
            let pattern: Vec<char> = read_back(&quoted).unwrap().chars().collect();
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert!(like(&pattern, &chars(&text)));
            prop_assert_eq!(like(&pattern, &chars(&other)), text == other);
        }
    }
}
