//! Reads the commands that the parser does not know, token by token.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::SqlError;
use super::Tokens;

/// A name of one to three parts, as folded. `db..t` means the schema PUBLIC.
pub(in super::super) type Name = Vec<String>;

/// A place in a statement.
#[derive(Clone, Debug)]
pub(in super::super) struct Cursor<'a> {
    source: &'a Tokens,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(in super::super) fn new(source: &'a Tokens) -> Self {
        Self { source, at: 0 }
    }

    /// The same from a later token on.
    pub(in super::super) fn at(source: &'a Tokens, at: usize) -> Self {
        Self { source, at }
    }

    /// How many tokens have been read.
    pub(in super::super) fn position(&self) -> usize {
        self.at
    }

    pub(in super::super) fn peek(&self) -> Option<&'a Token> {
        self.source.tokens.get(self.at).map(|each| &each.token)
    }

    pub(in super::super) fn is_done(&self) -> bool {
        self.at >= self.source.tokens.len()
    }

    pub(in super::super) fn next(&mut self) -> Option<&'a Token> {
        let token = self.peek();
        self.at += usize::from(token.is_some());
        token
    }

    /// Whether the next word is this one; does not read it.
    pub(in super::super) fn sees(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(found)) if found.quote_style.is_none() && found.value == word)
    }

    /// Reads a word if it is the next.
    pub(in super::super) fn word(&mut self, word: &str) -> bool {
        let found = self.sees(word);
        self.at += usize::from(found);
        found
    }

    /// Reads several words if they are the next.
    pub(in super::super) fn words(&mut self, words: &[&str]) -> bool {
        let start = self.at;
        if words.iter().all(|word| self.word(word)) {
            return true;
        }
        self.at = start;
        false
    }

    /// Reads a token if it is the next.
    pub(in super::super) fn token(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    /// # Errors
    /// `001003` when something else is next.
    pub(in super::super) fn expect(&mut self, token: &Token) -> Result<(), SqlError> {
        if self.token(token) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// # Errors
    /// `001003` when something else is next.
    pub(in super::super) fn expect_word(&mut self, word: &str) -> Result<(), SqlError> {
        if self.word(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// # Errors
    /// `001003` when anything is left.
    pub(in super::super) fn end(&self) -> Result<(), SqlError> {
        if self.is_done() { Ok(()) } else { Err(self.unexpected()) }
    }

    /// The next token does not belong here.
    pub(in super::super) fn unexpected(&self) -> SqlError {
        match self.source.tokens.get(self.at) {
            Some(found) => {
                let line = i64::try_from(found.span.start.line).unwrap_or(1);
                let pos = i64::try_from(found.span.start.column).unwrap_or(1) - 1;
                SqlError::syntax(line, pos, self.source.source(self.at, self.at))
            }
            None => {
                let place = self.source.tokens.last().map_or((1, 0), |last| {
                    let column = i64::try_from(last.span.end.column).unwrap_or(1) - 1;
                    (i64::try_from(last.span.end.line).unwrap_or(1), column)
                });
                SqlError::syntax(place.0, place.1, "<EOF>")
            }
        }
    }

    /// A single name.
    ///
    /// # Errors
    /// `001003` when none is next.
    pub(in super::super) fn identifier(&mut self) -> Result<String, SqlError> {
        match self.peek() {
            Some(Token::Word(word)) => {
                self.at += 1;
                Ok(word.value.clone())
            }
            _ => Err(self.unexpected()),
        }
    }

    /// A name of one to three parts.
    ///
    /// # Errors
    /// `001003` when none is next.
    pub(in super::super) fn name(&mut self) -> Result<Name, SqlError> {
        let mut parts = vec![self.identifier()?];
        while self.token(&Token::Period) {
            if self.peek() == Some(&Token::Period) {
                parts.push("PUBLIC".to_owned());
            } else {
                parts.push(self.identifier()?);
            }
        }
        if parts.len() > 3 {
            return Err(self.unexpected());
        }
        Ok(parts)
    }

    /// A text literal if one is next.
    pub(in super::super) fn string(&mut self) -> Option<String> {
        let text = match self.peek()? {
            Token::SingleQuotedString(text) => text.clone(),
            Token::DollarQuotedString(text) => text.value.clone(),
            _ => return None,
        };
        self.at += 1;
        Some(text)
    }

    /// # Errors
    /// `001003` when no text literal is next.
    pub(in super::super) fn expect_string(&mut self) -> Result<String, SqlError> {
        self.string().ok_or_else(|| self.unexpected())
    }

    /// A whole number if one is next.
    pub(in super::super) fn number(&mut self) -> Option<i64> {
        let Token::Number(text, _) = self.peek()? else { return None };
        let number = text.parse().ok()?;
        self.at += 1;
        Some(number)
    }

    /// The address of a stage, `@name/path` or `'@name/path'`, without the `@`.
    ///
    /// # Errors
    /// `001003` when none is next.
    pub(in super::super) fn stage_address(&mut self) -> Result<String, SqlError> {
        if let Some(Token::SingleQuotedString(text)) = self.peek()
            && let Some(address) = text.strip_prefix('@')
        {
            self.at += 1;
            return Ok(address.to_owned());
        }
        if self.peek() != Some(&Token::AtSign) {
            return Err(self.unexpected());
        }
        let start = self.source.range(self.at).end;
        let rest = &self.source.text[start..];
        let mut quoted = false;
        let end = rest
            .char_indices()
            .find(|(_, each)| {
                quoted ^= *each == '"';
                !quoted && (each.is_whitespace() || matches!(each, ')' | '(' | ';' | ','))
            })
            .map_or(rest.len(), |(at, _)| at);
        while !self.is_done() && self.source.range(self.at).start < start + end {
            self.at += 1;
        }
        Ok(rest[..end].to_owned())
    }

    /// The tokens between the parenthesis that is next and its partner, as a statement of their own.
    ///
    /// # Errors
    /// `001003` when no parenthesis is next or it is never closed.
    pub(in super::super) fn parenthesised(&mut self) -> Result<Tokens, SqlError> {
        self.expect(&Token::LParen)?;
        let start = self.at;
        let mut depth = 1_usize;
        while let Some(token) = self.next() {
            match token {
                Token::LParen => depth += 1,
                Token::RParen => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let tokens = self.source.tokens[start..self.at - 1].to_vec();
                return Ok(Tokens { text: self.source.text.clone(), tokens });
            }
        }
        Err(self.unexpected())
    }

    /// Everything that is left, cut at the commas outside parentheses.
    pub(in super::super) fn list(&mut self) -> Vec<Tokens> {
        let rest = self.rest();
        let mut depth = 0_usize;
        let mut items = vec![Vec::new()];
        for each in rest.tokens {
            match each.token {
                Token::LParen => depth += 1,
                Token::RParen => depth = depth.saturating_sub(1),
                _ => {}
            }
            match items.last_mut() {
                Some(item) if depth > 0 || each.token != Token::Comma => item.push(each),
                _ => items.push(Vec::new()),
            }
        }
        items.into_iter().map(|tokens| Tokens { text: rest.text.clone(), tokens }).collect()
    }

    /// Everything that is left, as a statement of its own.
    pub(in super::super) fn rest(&mut self) -> Tokens {
        let tokens = self.source.tokens[self.at..].to_vec();
        self.at = self.source.tokens.len();
        Tokens { text: self.source.text.clone(), tokens }
    }
}
