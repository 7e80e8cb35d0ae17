//! Which statements need a warehouse.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::syntax::{Tokens, lex};

/// Functions in whose parentheses FROM names no table.
const WITH_FROM: [&str; 5] = ["EXTRACT", "TRIM", "SUBSTRING", "POSITION", "OVERLAY"];

/// Whether the service runs a statement on a warehouse: one that changes rows or reads them from anywhere.
/// Metadata, DDL and expressions alone need none.
pub(crate) fn needs_compute(sql: &str) -> bool {
    let Ok(tokens) = lex(sql) else { return false };
    match first_word(&tokens) {
        Some("INSERT" | "UPDATE" | "DELETE" | "MERGE" | "COPY" | "CALL") => true,
        Some("SELECT" | "WITH" | "VALUES" | "CREATE" | "SET") => reads(&tokens),
        Some(_) => false,
        None => tokens.tokens.first().is_some_and(|first| first.token == Token::LParen) && reads(&tokens),
    }
}

fn word(token: &Token) -> Option<&str> {
    match token {
        Token::Word(word) if word.quote_style.is_none() => Some(&word.value),
        _ => None,
    }
}

fn first_word(tokens: &Tokens) -> Option<&str> {
    tokens.tokens.first().and_then(|first| word(&first.token))
}

/// Whether a query reads from anything, or waits.
fn reads(tokens: &Tokens) -> bool {
    // A view is only remembered.
    if first_word(tokens) == Some("CREATE") && !is_table_from_query(tokens) {
        return false;
    }
    let mut before: Option<&Token> = None;
    // For each open parenthesis, whether FROM means something else in it.
    let mut parentheses = Vec::new();
    for each in &tokens.tokens {
        let previous = before.and_then(word);
        match &each.token {
            Token::LParen => parentheses.push(previous.is_some_and(|name| WITH_FROM.contains(&name))),
            Token::RParen => {
                parentheses.pop();
            }
            token => match word(token) {
                Some("FROM") if previous != Some("DISTINCT") && parentheses.last() != Some(&true) => {
                    return true;
                }
                Some("SYSTEM$WAIT") => return true,
                _ => {}
            },
        }
        before = Some(&each.token);
    }
    false
}

/// Whether CREATE makes a table, and SELECT or WITH says of what.
fn is_table_from_query(tokens: &Tokens) -> bool {
    let words: Vec<&str> = tokens.tokens.iter().filter_map(|each| word(&each.token)).collect();
    let head = words.iter().take(6).take_while(|word| **word != "AS");
    head.clone().any(|word| *word == "TABLE") && !head.clone().any(|word| *word == "VIEW")
}

#[cfg(test)]
mod tests {
    use super::needs_compute;

    #[test]
    fn statements_that_touch_rows_need_a_warehouse() {
        for sql in [
            "select * from t",
            "(select a from t) union (select 1)",
            "with x as (select 1 a) select a from x",
            "-- note\nselect count(*) from (values (1))",
            "insert into t values (1)",
            "copy into t from @s",
            "create table u as select * from t",
            "create or replace transient table u as select trim(a) from t",
            "set n = (select max(a) from t)",
            "select extract(year from d) from t",
            "select system$wait(1)",
            "select * from table(result_scan('q'))",
        ] {
            assert!(needs_compute(sql), "{sql}");
        }
    }

    #[test]
    fn metadata_ddl_and_expressions_need_none() {
        for sql in [
            "select 1",
            "select current_version(), trim(both 'x' from 'xax'), extract(year from current_date)",
            "select 1 is distinct from 2",
            "select \"FROM\" from_",
            "show warehouses",
            "describe table t",
            "explain select * from t",
            "use warehouse wh",
            "alter warehouse wh suspend",
            "create view v as select * from t",
            "create table t (a int default 1)",
            "truncate table t",
            "list @s",
            "put file:///x @s",
            "set n = 1",
            "begin",
            "",
            "'open",
        ] {
            assert!(!needs_compute(sql), "{sql}");
        }
    }
}
