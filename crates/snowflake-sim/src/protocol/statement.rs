//! The statement that a submission stands for, as recordings know it.

use serde_json::Value;
use snowflake_proto::sql::{Literals, TokenKind, normalize, tokens};

use crate::fingerprint::{Statement, StatementContext};
use crate::scrub::Scrub;

/// The statement of a submission's body, without secrets and, where they do not count, without literals.
pub(crate) fn statement(
    mut body: Value,
    context: StatementContext,
    literals: Literals,
    scrub: &mut Scrub,
) -> Statement {
    scrub.request_json(&mut body);
    let sql = body.get("sqlText").and_then(Value::as_str).unwrap_or_default();
    Statement {
        sql: match literals {
            Literals::Keep => sql.to_owned(),
            Literals::Mask => normalize(sql, Literals::Mask),
        },
        binds: body.get("bindings").filter(|binds| binds.is_object()).cloned().unwrap_or_default(),
        context,
        describe_only: body.get("describeOnly") == Some(&Value::Bool(true)),
    }
}

/// Whether a statement changes the session that it runs in: later ones need it.
pub(crate) fn changes_session(sql: &str) -> bool {
    let words = tokens(sql).filter(|token| token.kind == TokenKind::Word).take(4);
    let words: Vec<String> = words.map(|token| token.text.to_ascii_uppercase()).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["ALTER", "SESSION", ..] => true,
        ["CREATE", rest @ ..] => rest.iter().any(|word| matches!(*word, "TEMP" | "TEMPORARY")),
        [first, ..] => matches!(
            *first,
            "USE"
                | "SET"
                | "UNSET"
                | "BEGIN"
                | "START"
                | "COMMIT"
                | "ROLLBACK"
                | "DECLARE"
                | "EXECUTE"
                | "CALL"
        ),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::changes_session;

    #[test]
    fn what_later_statements_lean_on_changes_the_session() {
        for sql in [
            "use role r",
            "/* x */ ALTER SESSION SET a = 1",
            "begin",
            "create or replace temp table t(a int)",
        ] {
            assert!(changes_session(sql), "{sql}");
        }
        for sql in ["select 1", "alter table t add b int", "create table temp_t(a int)", "", "'use'"] {
            assert!(!changes_session(sql), "{sql}");
        }
    }
}
