//! What a statement does to which objects, in a few words that hold no value of it.

use snowflake_proto::sql::{Token, TokenKind, tokens};

/// No summary is longer.
const LONGEST: usize = 255;
/// No summary names more objects.
const MOST_NAMES: usize = 8;

/// Words that a statement can begin with. Anything else may be a value that was taken for a statement.
const OPERATIONS: &[&str] = &[
    "ALTER", "BEGIN", "CALL", "COMMENT", "COMMIT", "COPY", "CREATE", "DECLARE", "DELETE", "DESC", "DESCRIBE",
    "DROP", "EXECUTE", "EXPLAIN", "GET", "GRANT", "INSERT", "LIST", "LS", "MERGE", "PUT", "REMOVE", "REVOKE",
    "RM", "ROLLBACK", "SELECT", "SET", "SHOW", "START", "TABLE", "TRUNCATE", "UNDROP", "UNSET", "UPDATE",
    "USE", "VALUES", "WITH",
];

/// Kinds of objects that follow CREATE, DROP and the like.
const OBJECTS: &[&str] = &[
    "ALERT",
    "COLUMN",
    "COLUMNS",
    "DATABASE",
    "DATABASES",
    "FORMAT",
    "FUNCTION",
    "FUNCTIONS",
    "GRANTS",
    "INTEGRATION",
    "MASKING",
    "NETWORK",
    "PARAMETERS",
    "PIPE",
    "PIPES",
    "POLICY",
    "PROCEDURE",
    "PROCEDURES",
    "ROLE",
    "ROLES",
    "ROW",
    "SCHEMA",
    "SCHEMAS",
    "SEQUENCE",
    "SEQUENCES",
    "SESSION",
    "STAGE",
    "STAGES",
    "STREAM",
    "STREAMS",
    "TABLE",
    "TABLES",
    "TAG",
    "TASK",
    "TASKS",
    "TRANSACTION",
    "USER",
    "USERS",
    "VIEW",
    "VIEWS",
    "WAREHOUSE",
    "WAREHOUSES",
];

/// Words between CREATE and the kind of the object.
const QUALIFIERS: &[&str] = &[
    "ALTER",
    "DYNAMIC",
    "EXTERNAL",
    "FILE",
    "GLOBAL",
    "HYBRID",
    "ICEBERG",
    "LOCAL",
    "MATERIALIZED",
    "OR",
    "PRIMARY",
    "RECURSIVE",
    "REPLACE",
    "SECURE",
    "TEMP",
    "TEMPORARY",
    "TERSE",
    "TRANSIENT",
    "VOLATILE",
];

/// The operation, and a summary of up to 255 bytes: `SELECT ORDERS CUSTOMERS`, `CREATE TABLE T`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) operation: String,
    pub(super) text: String,
}

impl Summary {
    pub(super) fn of(sql: &str) -> Self {
        let significant = tokens(sql).filter(|token| !token.is_blank() && token.text != "(");
        let mut words = significant.peekable();
        let first = words.next().map(|token| token.text.to_ascii_uppercase()).unwrap_or_default();
        if !OPERATIONS.contains(&first.as_str()) {
            return Self { operation: "OTHER".to_owned(), text: "OTHER".to_owned() };
        }
        // What WITH prepares is read by a SELECT.
        let mut operation = if first == "WITH" { "SELECT".to_owned() } else { first };
        while let Some(word) = words.next_if(|token| is_one_of(token, QUALIFIERS)) {
            let is_kind = word.text.eq_ignore_ascii_case("FILE");
            if is_kind {
                operation.push_str(" FILE");
            }
        }
        let object = words.next_if(|token| is_one_of(token, OBJECTS));
        let names_follow = object.is_some() && operation != "SHOW";
        if let Some(object) = object {
            operation.push(' ');
            operation.push_str(&object.text.to_ascii_uppercase());
        }
        let mut text = operation.clone();
        for name in names(sql, names_follow).into_iter().take(MOST_NAMES) {
            if text.len() + 1 + name.len() > LONGEST {
                break;
            }
            text.push(' ');
            text.push_str(&name);
        }
        Self { operation, text }
    }
}

/// The names of the objects that a statement speaks of, each once.
fn names(sql: &str, of_object: bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = tokens(sql).filter(|token| !token.is_blank()).peekable();
    let mut before: Option<Token<'_>> = None;
    let mut awaits_object = of_object;
    while let Some(token) = rest.next() {
        let distinct = before.as_ref().is_some_and(|word| word.text.eq_ignore_ascii_case("DISTINCT"));
        let introduces = is_one_of(&token, &["FROM", "INTO", "JOIN", "UPDATE", "USING"]) && !distinct
            || awaits_object && is_one_of(&token, OBJECTS);
        if introduces {
            awaits_object = false;
            while rest.next_if(|token| is_one_of(token, &["IF", "NOT", "EXISTS", "TABLE"])).is_some() {}
            let mut name = String::new();
            while let Some(part) = rest.next_if(|part| is_part_of_name(part, &name)) {
                name.push_str(part.text);
            }
            // Behind FROM a bracket makes it a function, behind INTO it opens a list of columns.
            let is_function = is_one_of(&token, &["FROM", "JOIN", "USING"])
                && rest.peek().is_some_and(|next| next.text == "(");
            if !name.is_empty() && !is_function && !found.contains(&name) {
                found.push(name);
            }
        }
        before = Some(token);
    }
    found
}

/// Whether a token goes on with a name such as `db."my schema".t`.
fn is_part_of_name(token: &Token<'_>, so_far: &str) -> bool {
    let after_dot = so_far.is_empty() || so_far.ends_with('.');
    match token.kind {
        TokenKind::Word => after_dot && !token.text.starts_with('$') && !is_one_of(token, OPERATIONS),
        TokenKind::QuotedName => after_dot,
        _ => token.text == "." && !so_far.is_empty(),
    }
}

fn is_one_of(token: &Token<'_>, words: &[&str]) -> bool {
    token.kind == TokenKind::Word && words.iter().any(|word| token.text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_names_the_operation_and_its_objects() {
        let table = [
            (
                "select * from orders o join db.s.\"Cust omers\" c on o.id = c.id",
                "SELECT orders db.s.\"Cust omers\"",
            ),
            ("WITH x AS (SELECT 1 FROM a) SELECT * FROM x, b", "SELECT a x"),
            ("insert into t (a, b) values (1, 'secret')", "INSERT t"),
            ("update t set a = 'secret' where b = 7", "UPDATE t"),
            ("DELETE FROM s.t WHERE x = 1", "DELETE s.t"),
            ("merge into t using u on t.id = u.id when matched then update set a = 1", "MERGE t u"),
            ("create or replace transient table if not exists t (a int)", "CREATE TABLE t"),
            ("create or replace file format f type = csv", "CREATE FILE FORMAT f"),
            ("drop view if exists v", "DROP VIEW v"),
            ("show terse tables like '%secret%' in schema s", "SHOW TABLES"),
            ("copy into t from @stage/secret/path file_format = (type = csv)", "COPY t"),
            ("copy into 's3://bucket/secret' from t credentials = (aws_secret_key = 'x')", "COPY t"),
            ("select * from table(f('secret'))", "SELECT"),
            ("select a is distinct from b from t", "SELECT t"),
            ("use warehouse w", "USE WAREHOUSE w"),
            ("alter session set query_tag = 'secret'", "ALTER SESSION"),
            ("select $1 from @s", "SELECT"),
            ("  -- from secret\n commit", "COMMIT"),
            ("hunter2", "OTHER"),
            ("select 'from secret", "SELECT"),
            ("", "OTHER"),
        ];
        for (sql, summary) in table {
            assert_eq!(Summary::of(sql).text, summary, "{sql}");
        }
    }

    #[test]
    fn a_summary_is_short() {
        let joins: String = (0..100).map(|number| format!(" JOIN table_number_{number}")).collect();
        let text = Summary::of(&format!("SELECT 1 FROM t{joins}")).text;
        assert_eq!(text.split(' ').count(), 1 + MOST_NAMES);
        let long = Summary::of(&format!("SELECT 1 FROM {}", "x".repeat(300))).text;
        assert_eq!(long, "SELECT");
    }

    proptest::proptest! {
        #[test]
        fn o12_no_literal_gets_into_a_summary(
            before in "[a-zA-Z0-9 .,()=@$\"]{0,30}",
            after in "[a-zA-Z0-9 .,()=@$\"]{0,30}",
        ) {
            // A quoted name may swallow the quote in front of the literal; names are not literals.
            proptest::prop_assume!(before.matches('"').count().is_multiple_of(2) && !before.contains("$$"));
            let sql = format!("SELECT {before} 'xyzzy' {after} FROM 'xyzzy' 4711 INTO 'xyzzy'");
            let text = Summary::of(&sql).text;
            proptest::prop_assert!(!text.contains("xyzzy") && !text.contains("4711"), "{} from {}", text, sql);
        }
    }
}
