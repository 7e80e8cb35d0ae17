//! Which statements can be explained, which cost no compute, and which do neither.

use std::hash::{DefaultHasher, Hash, Hasher};

use snowflake_proto::sql::{Literals, Token, TokenKind, normalize, tokens};

/// Of longer statements only the beginning is compared: so much of their text is read from the history.
pub(super) const COMPARED_CHARS: usize = 16_384;

/// What can be said of a statement's cost from its first words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Explainable {
    /// The service tells what it will read.
    Yes,
    /// It needs no warehouse, or none to speak of.
    Free,
    /// Nobody can tell, for this reason.
    No(&'static str),
}

impl Explainable {
    pub(super) fn of(sql: &str) -> Self {
        if is_several(sql) {
            return Self::No("it is several statements; estimate each of them by itself");
        }
        let words: Vec<String> = words(sql).take(12).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [] => Self::No("it is empty"),
            ["SELECT" | "WITH" | "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "VALUES", ..] => Self::Yes,
            ["CREATE", rest @ ..] => created(rest, sql),
            ["BEGIN"] | ["BEGIN", "TRANSACTION" | "WORK" | "NAME", ..] => Self::Free,
            [
                "SHOW" | "DESC" | "DESCRIBE" | "EXPLAIN" | "USE" | "LIST" | "LS" | "PUT" | "GET" | "REMOVE"
                | "RM" | "START" | "COMMIT" | "ROLLBACK" | "GRANT" | "REVOKE" | "DROP" | "UNDROP" | "COMMENT"
                | "TRUNCATE" | "ALTER" | "UNSET",
                ..,
            ] => Self::Free,
            ["COPY", ..] => Self::No("the service explains no COPY: what it costs follows from the files"),
            ["CALL" | "EXECUTE" | "BEGIN" | "DECLARE", ..] => {
                Self::No("it runs other statements, which are known only when it runs")
            }
            _ => {
                Self::No("the service explains queries, INSERT, UPDATE, DELETE, MERGE and CREATE TABLE … AS")
            }
        }
    }
}

/// `CREATE TABLE … AS` reads what it is made of; other objects are made of nothing.
fn created(words: &[&str], sql: &str) -> Explainable {
    let modifier = |word: &&&str| {
        matches!(
            **word,
            "OR" | "REPLACE" | "TEMP" | "TEMPORARY" | "VOLATILE" | "TRANSIENT" | "LOCAL" | "GLOBAL"
        )
    };
    match words.iter().find(|word| !modifier(word)).copied() {
        Some("TABLE") if has_query(sql) => Explainable::Yes,
        Some("DYNAMIC" | "MATERIALIZED" | "TASK" | "ALERT" | "SEARCH") => {
            Explainable::No("what it makes costs whenever it is refreshed or runs")
        }
        _ => Explainable::Free,
    }
}

/// Whether a query stands somewhere behind the first words.
fn has_query(sql: &str) -> bool {
    meaningful(sql).any(|token| token.kind == TokenKind::Word && token.text.eq_ignore_ascii_case("SELECT"))
}

/// Whether anything stands behind a semicolon, or takes the rows of what stands before it (`SHOW … ->> SELECT …`).
fn is_several(sql: &str) -> bool {
    let mut tokens = meaningful(sql).skip_while(|token| token.kind != TokenKind::Semicolon);
    tokens.any(|token| token.kind != TokenKind::Semicolon) || is_piped(sql)
}

fn is_piped(sql: &str) -> bool {
    let mut signs = String::new();
    tokens(sql).any(|token| {
        match token.kind {
            TokenKind::Symbol => signs.push_str(token.text),
            _ => signs.clear(),
        }
        signs.ends_with("->>")
    })
}

fn words(sql: &str) -> impl Iterator<Item = String> {
    let bare = meaningful(sql).filter(|token| token.text != "(");
    let words = bare.take_while(|token| !matches!(token.kind, TokenKind::Symbol | TokenKind::Semicolon));
    words.map(|token| token.text.to_ascii_uppercase())
}

fn meaningful(sql: &str) -> impl Iterator<Item = Token<'_>> {
    tokens(sql).filter(|token| !token.is_blank())
}

/// Which statement it is, whatever its literals, white space and comments.
pub(super) fn fingerprint(sql: &str) -> u64 {
    let end = sql.char_indices().nth(COMPARED_CHARS).map_or(sql.len(), |(end, _)| end);
    let mut hasher = DefaultHasher::new();
    normalize(sql.get(..end).unwrap_or(sql), Literals::Mask).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Explainable, fingerprint};

    #[test]
    fn the_first_words_tell_whether_a_statement_can_be_explained() {
        for sql in [
            "select 1",
            "  /* report */ WITH x AS (SELECT 1) SELECT * FROM x;",
            "(select 1) union (select 2)",
            "insert into t select * from s",
            "merge into t using s on t.a = s.a when matched then delete",
            "create or replace temporary table t as select * from s",
            "create table t (a int) as (select 1)",
            "select ';', 'a ->> b'",
        ] {
            assert_eq!(Explainable::of(sql), Explainable::Yes, "{sql}");
        }
        for sql in [
            "show tables",
            "PUT file:///tmp/x @s",
            "create table t (a int)",
            "create view v as select * from t",
            "create warehouse w",
            "begin",
            "commit",
            "alter session set x = 1",
            "drop table t",
        ] {
            assert_eq!(Explainable::of(sql), Explainable::Free, "{sql}");
        }
        for sql in [
            "",
            "-- nothing",
            "select 1; select 2",
            "show tables ->> select * from $1",
            "copy into t from @s",
            "call p()",
            "begin select 1; end",
            "begin let x := 1; return x; end;",
            "execute immediate 'select 1'",
            "create dynamic table t target_lag = '1 minute' warehouse = w as select 1",
            "set x = (select 1)",
            "\"select\"",
        ] {
            assert!(matches!(Explainable::of(sql), Explainable::No(_)), "{sql}");
        }
    }

    #[test]
    fn a_statement_is_itself_whatever_its_literals() {
        let one = fingerprint("select * from t where a = 1 and b in ('x', 'y')");
        assert_eq!(one, fingerprint("SELECT *\n FROM t -- why\nWHERE a=42 AND b IN ('z')"));
        assert_ne!(one, fingerprint("select * from t where a = 1"));
        let long = "x".repeat(40_000);
        assert_eq!(fingerprint(&format!("select {long}, 1")), fingerprint(&format!("select {long}, b")));
    }
}
