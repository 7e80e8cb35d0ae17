//! Known injections and harmless statements, one by one; texts that cannot be taken for something else.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use snowflake_proto::sql::{TokenKind, tokens};
use snowflake_proto::{Identifier, Literal, ObjectName};
use snowflake_query::{Query, QueryBuilder};

use super::{Confidence, Sign, SqlText, suspicions};

/// The signs of a text that say something.
fn likely(sql: &str) -> Vec<Sign> {
    let found = suspicions(sql).into_iter().filter(|it| it.confidence == Confidence::Likely);
    let mut signs: Vec<Sign> = found.map(|it| it.sign).collect();
    signs.dedup();
    signs
}

#[test]
fn i01_known_injections_have_their_signs() {
    use Sign::{CutOff, Stacked, Tautology, Unclosed, UnionAfterLiteral};
    let table: [(&str, &[Sign]); 34] = [
        ("SELECT * FROM u WHERE name = '' OR '1'='1'", &[Tautology]),
        ("SELECT * FROM u WHERE name = '' or 1=1 --' AND pw = 'x'", &[Tautology, CutOff]),
        ("SELECT * FROM u WHERE name = 'x' OR 'a' = 'a' AND pw = ''", &[Tautology]),
        ("SELECT * FROM u WHERE id = 1 OR TRUE", &[Tautology]),
        ("SELECT * FROM u WHERE id = 1 OR 1", &[Tautology]),
        ("SELECT * FROM u WHERE id = 1 OR NOT FALSE", &[Tautology]),
        ("SELECT * FROM u WHERE id = 1 OR 2 > 1", &[Tautology]),
        ("SELECT * FROM u WHERE id = 1 OR -1 = -1", &[Tautology]),
        ("SELECT * FROM u WHERE id = 1 OR id = id", &[Tautology]),
        ("SELECT * FROM u WHERE id = 1 OR u.Id = U.id LIMIT 1", &[Tautology]),
        ("SELECT * FROM u WHERE (id = 1 OR (1=1))", &[Tautology]),
        ("SELECT * FROM u WHERE id = 1 OR/**/1=1", &[Tautology]),
        ("SELECT * FROM u WHERE id = 1 OR 1 IN (3, 2, 1)", &[Tautology]),
        ("SELECT * FROM u WHERE id = 1 OR 2 BETWEEN 1 AND 3", &[Tautology]),
        ("SELECT * FROM u WHERE id = 1 OR 'x' LIKE '%'", &[Tautology]),
        ("SELECT * FROM u WHERE id = 1 OR '1' = 1", &[Tautology]),
        ("SELECT * FROM u WHERE id = 1 OR NULL IS NULL", &[Tautology]),
        ("SELECT * FROM u WHERE id = 1 OR 1 IS NOT NULL", &[Tautology]),
        ("DELETE FROM u WHERE name = 'a' OR 1=1; --'", &[Tautology, CutOff]),
        ("SELECT * FROM u WHERE name = 'admin'--' AND pw = 'x'", &[CutOff]),
        ("SELECT * FROM u WHERE name = 'admin' -- -'\n AND pw = 'x'", &[CutOff]),
        ("SELECT * FROM u WHERE name = 'admin'//' AND pw = 'x'", &[CutOff]),
        ("SELECT * FROM u WHERE id = 1 -- AND tenant = 5", &[CutOff]),
        ("SELECT * FROM u WHERE (id = 1 OR 1=1) --) AND u.tenant = 5", &[Tautology, CutOff]),
        ("SELECT * FROM u WHERE id IN (1) AND (a = 1 --)", &[CutOff]),
        ("SELECT * FROM u WHERE name = ''; DROP TABLE u; --'", &[Stacked, CutOff]),
        ("SELECT * FROM u WHERE id = 1; DELETE FROM u", &[Stacked]),
        ("SELECT * FROM u WHERE id = 1; SELECT 1; GRANT ROLE r TO USER x", &[Stacked]),
        ("SELECT * FROM u WHERE name = 'O'Brien'", &[Unclosed]),
        ("SELECT * FROM u WHERE name = 'x\\'", &[Unclosed]),
        ("SELECT * FROM u WHERE id = 1 /* AND tenant = 5", &[Unclosed]),
        ("SELECT a, b FROM u WHERE n = '' UNION SELECT NULL, 'x' FROM v", &[UnionAfterLiteral]),
        (
            "SELECT a FROM u WHERE n='' UNION ALL SELECT table_name FROM information_schema.tables",
            &[UnionAfterLiteral],
        ),
        ("SELECT a FROM u WHERE n = 1 UNION/**/SELECT NULL, NULL, NULL --", &[UnionAfterLiteral]),
    ];
    for (sql, signs) in table {
        assert_eq!(likely(sql), signs, "{sql}");
    }
}

#[test]
fn i02_harmless_statements_have_no_likely_sign() {
    for sql in [
        "",
        "SELECT 1",
        "SELECT * FROM t WHERE 1 = 1 AND a = ?",
        "SELECT * FROM t WHERE a = ? OR b = ?",
        "SELECT * FROM t WHERE a = 1 OR b = 1",
        "SELECT * FROM t WHERE a = b OR b = a",
        "SELECT * FROM t WHERE a = 1 OR 1 = 2",
        "SELECT * FROM t WHERE a = 1 OR 1 = b",
        "SELECT * FROM t WHERE a = 1 OR 1 = 1 + b",
        "SELECT * FROM t WHERE a = 1 OR a IN (1, 2)",
        "SELECT * FROM t WHERE a OR NOT TRUE",
        "SELECT * FROM t WHERE a OR t.b = s.b",
        "SELECT * FROM t WHERE a LIKE '%x%' OR 'a' LIKE b",
        "CREATE OR REPLACE TABLE t (a INT)",
        "CREATE OR ALTER TABLE t (a INT)",
        "SELECT * FROM a JOIN b ON 1 = 1",
        "SELECT 'it''s', \"it's\", $$it's$$, 'it\\'s' FROM t",
        "SELECT 'a' UNION ALL SELECT 'b'",
        "SELECT a FROM t WHERE kind = 'x' UNION ALL SELECT a FROM u WHERE kind = 'y'",
        "SELECT a FROM t UNION SELECT NULL",
        "SELECT a FROM t WHERE b = 1 -- and this is why",
        "SELECT a FROM t WHERE b = 1 -- don't ask",
        "SELECT a FROM t WHERE b = 'x' -- 'x' means nothing",
        "SELECT a\n-- AND b = 1\nFROM t",
        "-- 'quoted\nSELECT 1",
        "SELECT a FROM t -- (see the guide)",
        "SELECT a /* AND b = 1 */ FROM t",
        "SELECT 1;",
        "SELECT 1;;",
        "SELECT 1; -- done",
        "SELECT 1; SELECT 2",
        "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)",
        "CREATE TABLE t (a INT); DROP TABLE s",
        "BEGIN; DELETE FROM t; COMMIT",
        "BEGIN LET x := 1; DELETE FROM t; RETURN x; END",
        "DECLARE x INT; BEGIN DELETE FROM t; END",
        "EXECUTE IMMEDIATE $$ BEGIN DELETE FROM t; DROP TABLE u; END $$",
        "CREATE PROCEDURE p() RETURNS INT LANGUAGE SQL AS BEGIN DELETE FROM t; RETURN 1; END",
        "SELECT v:a.b::string FROM t WHERE v:x = 'y'",
        "PUT file:///tmp/*.csv @s/a//b",
        "SELECT ':x', :name, ? FROM t WHERE a = :1",
        "COMMENT ON TABLE t IS 'a or 1=1 -- not'",
    ] {
        assert_eq!(likely(sql), [], "{sql}");
    }
}

#[test]
fn i02_possible_signs_are_told_as_such() {
    let possible = |sql: &str| -> Vec<Sign> { suspicions(sql).into_iter().map(|it| it.sign).collect() };
    assert_eq!(possible("SELECT * FROM t WHERE a = 'x'"), [Sign::LiteralInsteadOfBind]);
    assert_eq!(possible("SELECT * FROM t WHERE a = ? AND b LIKE 'x%'"), [Sign::LiteralInsteadOfBind]);
    assert_eq!(possible("SELECT 'x' AS a FROM t WHERE a = ?"), []);
    assert_eq!(possible("SHOW TABLES LIKE 'x'"), []);
    assert_eq!(possible("SELECT 1; SELECT 2"), [Sign::Stacked]);
    let union = "SELECT a FROM t WHERE k = 1 UNION ALL SELECT a FROM u";
    assert_eq!(possible(union), [Sign::UnionAfterLiteral]);
}

#[test]
fn i03_a_suspicion_tells_its_place_and_shows_no_text() {
    let sql = "SELECT *\nFROM u\nWHERE name = 'hunter2'\n   OR 1 = 1";
    let [bind, tautology] = suspicions(sql).try_into().unwrap();
    assert_eq!((bind.line, tautology.line), (3, 4));
    assert_eq!(&sql[tautology.offset..tautology.offset + 2], "OR");
    assert!(!format!("{bind:?}{tautology:?}").contains("hunter2"));
}

fn duration(sql: &str) -> Duration {
    let start = Instant::now();
    std::hint::black_box(suspicions(std::hint::black_box(sql)));
    start.elapsed()
}

/// Whether eight times the text takes less than twenty-four times as long; a quadratic scan takes sixty-four.
///
/// A machine that does much else at once may need several attempts to show it. What takes no time to speak of is
/// measured by nothing but chance: a quadratic scan of the longer text takes seconds.
fn is_linear(piece: &str) -> bool {
    const LETTERS: usize = 10_000;
    let [short, long] = [LETTERS, 8 * LETTERS].map(|size| piece.repeat(size / piece.len()));
    (0..10).any(|_| {
        let once = (0..3).map(|_| duration(&short)).min().unwrap_or_default();
        duration(&long) < (24 * once).max(Duration::from_millis(50))
    })
}

#[test]
fn q04_hostile_texts_take_time_in_proportion_to_their_length() {
    let pieces = [
        "'",
        "\"",
        " ",
        "OR ",
        "OR 1=1 ",
        "OR (",
        "OR 1 IN (1,",
        "--'",
        "--'\n",
        "x --'\n",
        "/*",
        "UNION SELECT ",
        "a = 1 UNION SELECT NULL,",
        "$$",
        ";",
        "SELECT;",
        "CREATE BEGIN ",
        "a=a ",
        "(",
        "where a='b' ",
    ];
    for piece in pieces {
        assert!(is_linear(piece), "{piece:?}");
    }
}

#[test]
fn i04_sql_text_writes_every_part_as_what_it_is() {
    let names = [Identifier::parse("id").unwrap(), Identifier::new("a\"b").unwrap()];
    let text = SqlText::new("SELECT ")
        .identifiers(&names)
        .sql(" FROM ")
        .object(&ObjectName::parse("s.t").unwrap())
        .sql(" WHERE id IN (")
        .binds([1, 2, 3])
        .sql(") AND name IN (")
        .binds(Vec::<String>::new())
        .sql(") AND kind = ")
        .literal(&Literal::text("it's"))
        .append(SqlText::new(" AND since > ").bind("2026-01-01"))
        .sql(" LIMIT ")
        .integer(-5);
    let expected = "SELECT \"ID\", \"a\"\"b\" FROM \"S\".\"T\" WHERE id IN (?, ?, ?) AND name IN (NULL) \
                    AND kind = 'it''s' AND since > ? LIMIT -5";
    assert_eq!(text.as_str(), expected);
    assert_eq!(format!("{text:?}"), format!("SqlText {{ sql_bytes: {}, binds: 4, .. }}", expected.len()));
    let query: Query = QueryBuilder::from(text).tag("x").build();
    assert!(format!("{query:?}").contains("binds: 4"), "{query:?}");
}

proptest! {
    #[test]
    fn q01_no_value_changes_the_shape_of_sql_text(name in "\\PC{1,40}|[\"';.\\\\$/* a-z-]{1,40}", value in "\\PC{0,40}|['\\\\;/* a-z-]{0,40}") {
        prop_assume!(!name.contains('\0'));
        let shape = |name: &str, value: &str| {
            let text = SqlText::new("SELECT ").identifier(&Identifier::new(name).unwrap()).sql(" FROM t WHERE a = ")
                .literal(&Literal::text(value)).sql(" AND b = ").bind(value);
            tokens(text.as_str()).map(|token| token.kind).collect::<Vec<TokenKind>>()
        };
        prop_assert_eq!(shape(&name, &value), shape("x", "y"));
        let text = SqlText::new("SELECT ").identifier(&Identifier::new(name).unwrap()).sql(" FROM t WHERE a = ").bind(value);
        prop_assert_eq!(suspicions(text.as_str()), []);
    }

    #[test]
    fn i05_no_text_panics_and_places_are_those_of_characters(sql in "\\PC{0,60}|[\"';.\\\\$/* a-zOR=1()-]{0,80}") {
        for found in suspicions(&sql) {
            prop_assert!(sql.is_char_boundary(found.offset) && found.offset <= sql.len() && found.line >= 1);
        }
    }
}
