//! What a statement's first words tell before the server has said anything.

use snowflake_proto::sql::{TokenKind, tokens};

/// What kind of statement a text seems to be.
///
/// This decides how careful to be, never what is sent: an unknown text counts as one that changes everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextClass {
    /// SELECT, WITH, SHOW and the like: harmless to run again.
    Read,
    /// INSERT, UPDATE, CREATE TABLE and the like: changes data, but not the session.
    Write,
    /// USE ROLE, WAREHOUSE, DATABASE or SCHEMA, and CREATE or DROP of one: changes names that every answer reports.
    Use,
    /// BEGIN or START TRANSACTION.
    Begin,
    /// COMMIT or ROLLBACK.
    End,
    /// PUT or GET: a file transfer.
    Transfer,
    /// ALTER SESSION, SET, CREATE TEMPORARY, CALL, blocks: may leave traces in the session.
    Session,
    /// Anything else: may leave traces too, unless the server says that it was a query.
    Unknown,
}

impl TextClass {
    pub(crate) fn of(sql: &str) -> Self {
        let mut words = words(sql);
        let first = words.next().unwrap_or_default();
        match first.as_str() {
            "SELECT" | "WITH" | "SHOW" | "DESC" | "DESCRIBE" | "LIST" | "LS" | "EXPLAIN" | "VALUES"
            | "TABLE" | "" => Self::Read,
            "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "COPY" | "TRUNCATE" | "UNDROP" | "GRANT"
            | "REVOKE" | "COMMENT" | "REMOVE" | "RM" => Self::Write,
            "CREATE" => create(words),
            "DROP" => of_object(&words.next().unwrap_or_default()),
            "ALTER" => match words.next().unwrap_or_default().as_str() {
                "SESSION" => Self::Session,
                _ => Self::Write,
            },
            "USE" => match words.next().unwrap_or_default().as_str() {
                "SECONDARY" => Self::Session,
                _ => Self::Use,
            },
            "BEGIN" => match words.next().unwrap_or_default().as_str() {
                "" | "TRANSACTION" | "WORK" | "NAME" => Self::Begin,
                _ => Self::Session,
            },
            "START" => Self::Begin,
            "COMMIT" | "ROLLBACK" => Self::End,
            "PUT" | "GET" => Self::Transfer,
            "SET" | "UNSET" | "CALL" | "EXECUTE" | "DECLARE" => Self::Session,
            _ => Self::Unknown,
        }
    }

    /// Whether running the statement a second time would be noticed by nobody.
    pub(crate) fn is_read(self) -> bool {
        self == Self::Read
    }

    /// Whether running the statement twice in a row is the same as running it once.
    pub(crate) fn is_harmless(self) -> bool {
        matches!(self, Self::Read | Self::Use)
    }
}

fn create(words: impl Iterator<Item = String>) -> TextClass {
    // CREATE [ OR REPLACE | OR ALTER ] [ LOCAL | GLOBAL ] [ TEMP | TEMPORARY | VOLATILE | TRANSIENT ] …
    let mut temporary = false;
    for word in words {
        match word.as_str() {
            "TEMP" | "TEMPORARY" | "VOLATILE" => temporary = true,
            "OR" | "REPLACE" | "ALTER" | "LOCAL" | "GLOBAL" | "TRANSIENT" => {}
            _ if temporary => return TextClass::Session,
            object => return of_object(object),
        }
    }
    TextClass::Write
}

/// CREATE and DROP of what a session can be in make it the current one, or leave it.
fn of_object(object: &str) -> TextClass {
    match object {
        "DATABASE" | "SCHEMA" | "WAREHOUSE" => TextClass::Use,
        _ => TextClass::Write,
    }
}

/// The first words of a text in upper case, blanks and opening brackets skipped; another sign ends them.
fn words(sql: &str) -> impl Iterator<Item = String> {
    let tokens = tokens(sql).filter(|token| !token.is_blank() && token.text != "(");
    let words = tokens.take_while(|token| !matches!(token.kind, TokenKind::Symbol | TokenKind::Semicolon));
    words.map(|token| token.text.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::TextClass;

    #[test]
    fn the_first_words_tell_the_class() {
        let table = [
            ("select 1", TextClass::Read),
            ("  -- a comment\n /* more */ SELECT 1", TextClass::Read),
            ("((select 1))", TextClass::Read),
            ("with t as (select 1) select * from t", TextClass::Read),
            ("show /* tool */ tables", TextClass::Read),
            ("insert into t values (1)", TextClass::Write),
            ("create or replace table t (a int)", TextClass::Write),
            ("create or replace temporary table t (a int)", TextClass::Session),
            ("create local temp table t (a int)", TextClass::Session),
            ("create table temp (a int)", TextClass::Write),
            ("create temp stage s", TextClass::Session),
            ("create or replace transient schema s", TextClass::Use),
            ("CREATE DATABASE d", TextClass::Use),
            ("create warehouse w", TextClass::Use),
            ("create transient table t (a int)", TextClass::Write),
            ("drop schema s", TextClass::Use),
            ("drop table t", TextClass::Write),
            ("alter session set timezone = 'UTC'", TextClass::Session),
            ("alter table t add column b int", TextClass::Write),
            ("set x = 1", TextClass::Session),
            ("unset x", TextClass::Session),
            ("use warehouse w", TextClass::Use),
            ("use db.s", TextClass::Use),
            ("use secondary roles all", TextClass::Session),
            ("begin", TextClass::Begin),
            ("begin;", TextClass::Begin),
            ("begin transaction", TextClass::Begin),
            ("BEGIN let x := 1; END", TextClass::Session),
            ("commit", TextClass::End),
            ("rollback work", TextClass::End),
            ("PUT file:///a @s", TextClass::Transfer),
            ("/* x */ get @s file:///a", TextClass::Transfer),
            ("PUT'file:///a' @s", TextClass::Transfer),
            ("getdate()", TextClass::Unknown),
            ("call p()", TextClass::Session),
            ("execute immediate 'x'", TextClass::Session),
            ("declare x int; begin end", TextClass::Session),
            ("commit//done", TextClass::End),
            ("update://x", TextClass::Unknown),
            ("1", TextClass::Unknown),
            ("/* never closed", TextClass::Read),
            ("", TextClass::Read),
        ];
        for (sql, class) in table {
            assert_eq!(TextClass::of(sql), class, "{sql}");
        }
    }
}
