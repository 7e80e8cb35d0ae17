//! `QUERY_TYPE`: the kind of a statement, in Snowflake's words.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::syntax::{Cursor, Tokens};

/// A statement that is none.
pub(in super::super) const UNKNOWN: &str = "UNKNOWN";

/// Words between CREATE and the kind of object.
const ADJECTIVES: [&str; 12] = [
    "OR",
    "REPLACE",
    "ALTER",
    "TEMP",
    "TEMPORARY",
    "TRANSIENT",
    "LOCAL",
    "GLOBAL",
    "VOLATILE",
    "SECURE",
    "RECURSIVE",
    "MATERIALIZED",
];

/// The kind of a statement.
pub(in super::super) fn kind_of(tokens: &Tokens) -> &'static str {
    let mut cursor = Cursor::new(tokens);
    let first = match cursor.next() {
        Some(Token::Word(word)) if word.quote_style.is_none() => word.value.as_str(),
        Some(Token::LParen) => "SELECT",
        _ => return UNKNOWN,
    };
    match first {
        "SELECT" | "WITH" | "VALUES" => "SELECT",
        "INSERT" if cursor.sees("ALL") || cursor.sees("FIRST") => "MULTI_TABLE_INSERT",
        "INSERT" => "INSERT",
        "UPDATE" => "UPDATE",
        "DELETE" => "DELETE",
        "MERGE" => "MERGE",
        "TRUNCATE" => "TRUNCATE_TABLE",
        "COPY" => copy(cursor),
        "CREATE" => create(cursor),
        "ALTER" => alter(cursor),
        "DROP" => drop(cursor),
        "UNDROP" => "RESTORE",
        "SHOW" => "SHOW",
        "DESC" | "DESCRIBE" => "DESCRIBE",
        "EXPLAIN" => "EXPLAIN",
        "USE" => "USE",
        "SET" => "SET",
        "UNSET" => "UNSET",
        "BEGIN" | "START" => "BEGIN_TRANSACTION",
        "COMMIT" => "COMMIT",
        "ROLLBACK" => "ROLLBACK",
        "PUT" => "PUT_FILES",
        "GET" => "GET_FILES",
        "LIST" | "LS" => "LIST_FILES",
        "REMOVE" | "RM" => "REMOVE_FILES",
        "GRANT" => "GRANT",
        "REVOKE" => "REVOKE",
        "CALL" => "CALL",
        "EXECUTE" if cursor.sees("TASK") => "EXECUTE_TASK",
        "COMMENT" => "COMMENT",
        _ => UNKNOWN,
    }
}

/// Into a table, or out of one.
fn copy(mut cursor: Cursor<'_>) -> &'static str {
    cursor.word("INTO");
    let unloads = matches!(cursor.peek(), Some(Token::AtSign | Token::SingleQuotedString(_)));
    if unloads { "UNLOAD" } else { "COPY" }
}

fn create(mut cursor: Cursor<'_>) -> &'static str {
    while ADJECTIVES.iter().any(|word| cursor.word(word)) {}
    if cursor.word("TABLE") {
        return if selects(cursor) { "CREATE_TABLE_AS_SELECT" } else { "CREATE_TABLE" };
    }
    let known = [
        ("VIEW", "CREATE_VIEW"),
        ("ROLE", "CREATE_ROLE"),
        ("USER", "CREATE_USER"),
        ("TASK", "CREATE_TASK"),
        ("STREAM", "CREATE_STREAM"),
        ("SEQUENCE", "CREATE_SEQUENCE"),
    ];
    known.into_iter().find(|(word, _)| cursor.sees(word)).map_or("CREATE", |(_, kind)| kind)
}

/// Whether CREATE TABLE is filled by a query: `AS` outside parentheses.
fn selects(mut cursor: Cursor<'_>) -> bool {
    let mut depth = 0_usize;
    while !cursor.is_done() {
        if depth == 0 && cursor.sees("AS") {
            return true;
        }
        match cursor.next() {
            Some(Token::LParen) => depth += 1,
            Some(Token::RParen) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

fn alter(mut cursor: Cursor<'_>) -> &'static str {
    if cursor.word("SESSION") {
        return if cursor.sees("UNSET") { "UNSET" } else { "ALTER_SESSION" };
    }
    if cursor.word("TABLE") {
        let after = rest(cursor);
        let said = |words: &[&str]| after.windows(words.len()).any(|window| window == words);
        return match () {
            () if said(&["RENAME", "TO"]) => "RENAME_TABLE",
            () if said(&["DROP", "COLUMN"]) => "ALTER_TABLE_DROP_COLUMN",
            () if said(&["ADD", "COLUMN"]) => "ALTER_TABLE_ADD_COLUMN",
            () if said(&["ALTER", "COLUMN"]) || said(&["MODIFY", "COLUMN"]) => "ALTER_TABLE_MODIFY_COLUMN",
            () => "ALTER_TABLE",
        };
    }
    if cursor.word("WAREHOUSE") {
        let after = rest(cursor);
        return match () {
            () if after.contains(&"SUSPEND") => "ALTER_WAREHOUSE_SUSPEND",
            () if after.contains(&"RESUME") => "ALTER_WAREHOUSE_RESUME",
            () => "ALTER",
        };
    }
    match () {
        () if cursor.sees("USER") => "ALTER_USER",
        () if cursor.sees("VIEW") => "ALTER_VIEW",
        () => "ALTER",
    }
}

/// The unquoted words that are left.
fn rest(mut cursor: Cursor<'_>) -> Vec<&str> {
    let mut words = Vec::new();
    while let Some(token) = cursor.next() {
        if let Token::Word(word) = token
            && word.quote_style.is_none()
        {
            words.push(word.value.as_str());
        }
    }
    words
}

fn drop(cursor: Cursor<'_>) -> &'static str {
    let known =
        [("ROLE", "DROP_ROLE"), ("USER", "DROP_USER"), ("TASK", "DROP_TASK"), ("STREAM", "DROP_STREAM")];
    known.into_iter().find(|(word, _)| cursor.sees(word)).map_or("DROP", |(_, kind)| kind)
}
