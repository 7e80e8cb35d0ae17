//! The names that Snowflake gives to the columns of a query: expressions are named by their own text.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::Tokens;

/// The texts of the items of the outermost select list, upper-cased; none when there is no such list.
pub(in super::super) fn select_titles(tokens: &Tokens) -> Option<Vec<String>> {
    let mut depth = 0_usize;
    let mut start = None;
    let mut titles = Vec::new();
    for (at, each) in tokens.tokens.iter().enumerate() {
        match &each.token {
            Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
            Token::RParen | Token::RBracket | Token::RBrace => depth = depth.checked_sub(1)?,
            Token::Word(word) if depth == 0 && word.quote_style.is_none() => {
                match (word.value.as_str(), start) {
                    ("SELECT", None) => start = Some(at + 1),
                    ("DISTINCT" | "ALL", Some(from)) if from == at => start = Some(at + 1),
                    (
                        "FROM" | "WHERE" | "GROUP" | "HAVING" | "QUALIFY" | "ORDER" | "LIMIT" | "UNION"
                        | "EXCEPT" | "MINUS" | "INTERSECT" | "OFFSET" | "FETCH",
                        Some(from),
                    ) if from < at => {
                        titles.push(title(tokens, from, at - 1));
                        return Some(titles);
                    }
                    _ => {}
                }
            }
            Token::Comma if depth == 0 => {
                if let Some(from) = start {
                    titles.push(title(tokens, from, at.checked_sub(1)?));
                    start = Some(at + 1);
                }
            }
            _ => {}
        }
    }
    let from = start?;
    titles.push(title(tokens, from, tokens.tokens.len().checked_sub(1)?));
    Some(titles)
}

fn title(tokens: &Tokens, from: usize, to: usize) -> String {
    tokens.source(from, to).to_uppercase()
}
