//! What kind of statement a text is, by its words.

use snowflake_proto::StatementType;
use snowflake_proto::sql::{Token, TokenKind, tokens};

/// The tokens that mean something.
pub(super) fn words(sql: &str) -> Vec<Token<'_>> {
    tokens(sql).filter(|token| !token.is_blank() && token.kind != TokenKind::Semicolon).collect()
}

/// The statements of a text, without those that say nothing.
pub(super) fn split(sql: &str) -> Vec<String> {
    let mut statements = vec![String::new()];
    for token in tokens(sql) {
        match statements.last_mut() {
            Some(last) if token.kind != TokenKind::Semicolon => last.push_str(token.text),
            _ => statements.push(String::new()),
        }
    }
    statements.retain(|statement| !words(statement).is_empty());
    statements.iter().map(|statement| statement.trim().to_owned()).collect()
}

/// The kind of a statement.
pub(super) fn statement_type(sql: &str) -> StatementType {
    let words = words(sql);
    let word = |n: usize| words.get(n).map(|token| token.text.to_ascii_uppercase()).unwrap_or_default();
    match word(0).as_str() {
        "SELECT" | "WITH" | "VALUES" | "(" => StatementType::SELECT,
        "EXPLAIN" => StatementType::EXPLAIN,
        "INSERT" => StatementType::INSERT,
        "UPDATE" => StatementType::UPDATE,
        "DELETE" => StatementType::DELETE,
        "MERGE" => StatementType::MERGE,
        "COPY" => StatementType::COPY,
        "SHOW" => StatementType::SHOW,
        "DESC" | "DESCRIBE" => StatementType::DESCRIBE,
        "LIST" | "LS" => StatementType::LIST,
        "CALL" => StatementType::CALL,
        "COMMIT" => StatementType::COMMIT,
        "BEGIN" | "START" | "ROLLBACK" => StatementType::TRANSACTION,
        "SET" | "UNSET" => StatementType::ALTER_SESSION,
        "ALTER" if word(1) == "SESSION" => StatementType::ALTER_SESSION,
        "USE" => match word(1).as_str() {
            "DATABASE" => StatementType::USE_DATABASE,
            "SCHEMA" => StatementType::USE_SCHEMA,
            "WAREHOUSE" => StatementType::USE_WAREHOUSE,
            _ => StatementType::USE,
        },
        "CREATE" | "ALTER" | "DROP" | "UNDROP" | "TRUNCATE" | "COMMENT" | "GRANT" | "REVOKE" => {
            StatementType::DDL
        }
        _ => StatementType::UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use snowflake_proto::StatementType;

    use super::{split, statement_type};

    #[test]
    fn a_text_is_split_where_a_semicolon_ends_a_statement() {
        assert_eq!(
            split("select ';' ; /* ; */ ; insert into t values ($$;$$);"),
            ["select ';'", "insert into t values ($$;$$)",]
        );
    }

    #[test]
    fn the_first_words_tell_the_kind() {
        for (sql, kind) in [
            ("-- why\n select 1", StatementType::SELECT),
            ("alter session set x = 1", StatementType::ALTER_SESSION),
            ("alter table t add c int", StatementType::DDL),
            ("use schema s", StatementType::USE_SCHEMA),
            ("Use d", StatementType::USE),
            ("xyz", StatementType::UNKNOWN),
            ("", StatementType::UNKNOWN),
        ] {
            assert_eq!(statement_type(sql), kind, "{sql}");
        }
    }
}
