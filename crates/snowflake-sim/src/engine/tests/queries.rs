//! SELECT: columns, types and rows.

use super::harness::Db;
use crate::engine::Statement;

/// Checks statements against `columns` and `rows`.
async fn check(cases: &[(&str, &str, &str)]) {
    let db = Db::new().await;
    let mut wrong = Vec::new();
    for (sql, header, body) in cases {
        let found = match db.try_run(sql).await {
            Ok(table) => format!("{} / {}", table.header(), table.body()),
            Err(error) => format!("{} {}", error.code, error.message),
        };
        let wanted = format!("{header} / {body}");
        if found != wanted {
            wrong.push(format!("{sql}\n  answers {found}\n  not     {wanted}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn literals_have_the_type_they_are_written_with() {
    check(&[
        ("SELECT 1", "1 NUMBER(1,0)", "1"),
        ("select -1, 12", "-1 NUMBER(1,0), 12 NUMBER(2,0)", "-1|12"),
        ("SELECT 1.50", "1.50 NUMBER(3,2)", "1.50"),
        ("SELECT 0.05 x", "X NUMBER(2,2)", "0.05"),
        ("SELECT 'x'", "'X' VARCHAR(1)", "x"),
        ("SELECT 'it''s' AS \"Quoted\"", "Quoted VARCHAR(4)", "it's"),
        ("SELECT true, FALSE", "TRUE BOOLEAN, FALSE BOOLEAN", "true|false"),
        ("SELECT NULL", "NULL VARCHAR(16777216)", "NULL"),
        ("SELECT 1e2", "1E2 FLOAT", "100"),
        ("SELECT $$a'b$$", "$$A'B$$ VARCHAR(3)", "a'b"),
        (
            "SELECT 12345678901234567890123456789012345678",
            "12345678901234567890123456789012345678 NUMBER(38,0)",
            "12345678901234567890123456789012345678",
        ),
        ("SELECT DATE '2024-02-29' d", "D DATE", "2024-02-29"),
    ])
    .await;
}

#[tokio::test]
async fn arithmetic_follows_the_scale_rules() {
    check(&[
        ("SELECT 1+1", "1+1 NUMBER(2,0)", "2"),
        ("SELECT 10/4", "10/4 NUMBER(8,6)", "2.500000"),
        ("SELECT 1/3 AS x", "X NUMBER(7,6)", "0.333333"),
        ("SELECT 2/3 AS x", "X NUMBER(7,6)", "0.666667"),
        ("SELECT 1.5 * 2.25 x", "X NUMBER(5,3)", "3.375"),
        ("SELECT 1.5 + 2.25 x", "X NUMBER(4,2)", "3.75"),
        ("SELECT 7 % 3 x, mod(-7, 3) y", "X NUMBER(1,0), Y NUMBER(1,0)", "1|-1"),
        ("SELECT 1 - 0.001 x", "X NUMBER(5,3)", "0.999"),
        ("SELECT 1::float / 4 x", "X FLOAT", "0.25"),
        ("SELECT '5' + 1 x", "X NUMBER(19,5)", "6.00000"),
        ("SELECT div0(1, 0) x", "X NUMBER(7,6)", "0.000000"),
        ("SELECT 1 < 2 AND 2.0 = 2 x", "X BOOLEAN", "true"),
        (
            "SELECT '10' = 10 x, 1 BETWEEN 0 AND 2 y, 3 IN (1, 2) z",
            "X BOOLEAN, Y BOOLEAN, Z BOOLEAN",
            "true|true|false",
        ),
    ])
    .await;
}

#[tokio::test]
async fn columns_are_named_by_their_text() {
    check(&[
        ("SELECT count(*) FROM (SELECT 1 a)", "COUNT(*) NUMBER(18,0)", "1"),
        ("SELECT a+1, a, A FROM (SELECT 1 a)", "A+1 NUMBER(2,0), A NUMBER(1,0), A NUMBER(1,0)", "2|1|1"),
        ("SELECT 1, 1", "1 NUMBER(1,0), 1 NUMBER(1,0)", "1|1"),
        ("SELECT *, 1 FROM (SELECT 2 x)", "X NUMBER(1,0), 1 NUMBER(1,0)", "2|1"),
        (
            "SELECT t.a, u.a FROM (SELECT 1 a) t JOIN (SELECT 1 a) u ON t.a = u.a",
            "A NUMBER(1,0), A NUMBER(1,0)",
            "1|1",
        ),
        ("SELECT \"a b\" FROM (SELECT 1 \"a b\")", "a b NUMBER(1,0)", "1"),
        ("WITH c AS (SELECT 1 AS n) SELECT n * 2 FROM c", "N * 2 NUMBER(2,0)", "2"),
        ("SELECT 1 a UNION ALL SELECT 2 ORDER BY a", "A NUMBER(1,0)", "1; 2"),
    ])
    .await;
}

#[tokio::test]
async fn aggregates_have_snowflakes_types() {
    let data = "(SELECT column1 g, column2 v FROM VALUES ('a', 1), ('a', 2), ('b', 4))";
    check(&[
        (&format!("SELECT sum(v), avg(v), min(v), max(v) FROM {data}"), "SUM(V) NUMBER(38,0), AVG(V) NUMBER(38,6), MIN(V) NUMBER(1,0), MAX(V) NUMBER(1,0)", "7|2.333333|1|4"),
        (&format!("SELECT g, count(distinct v) n FROM {data} GROUP BY g HAVING n > 1"), "G VARCHAR(16777216), N NUMBER(18,0)", "a|2"),
        (&format!("SELECT g, SUM(CASE WHEN v > 1 THEN 1 ELSE 0 END) AS s FROM {data} GROUP BY 1 ORDER BY 1"), "G VARCHAR(16777216), S NUMBER(38,0)", "a|1; b|1"),
        (&format!("SELECT listagg(v, ',') WITHIN GROUP (ORDER BY v DESC) l, count_if(v > 1) c FROM {data}"), "L VARCHAR(16777216), C NUMBER(18,0)", "4,2,1|2"),
        (&format!("SELECT array_agg(v) a FROM {data}"), "A ARRAY", "[1,2,4]"),
        (&format!("SELECT g, v, row_number() OVER (PARTITION BY g ORDER BY v DESC) rn FROM {data} QUALIFY rn = 1 ORDER BY g"), "G VARCHAR(16777216), V NUMBER(1,0), RN NUMBER(18,0)", "a|2|1; b|4|1"),
        (&format!("SELECT v + 1 AS w, w * 2 AS x FROM {data} WHERE w > 4"), "W NUMBER(2,0), X NUMBER(3,0)", "5|10"),
    ])
    .await;
}

#[tokio::test]
async fn functions_of_the_examples_work() {
    check(&[
        ("SELECT CURRENT_DATE() d, CURRENT_TIMESTAMP() t", "D DATE, T TIMESTAMP_LTZ(9)", "2024-03-15|2024-03-15 12:30:45.123456789 +00:00"),
        ("SELECT DATEADD('day', -30, CURRENT_DATE()) d", "D DATE", "2024-02-14"),
        ("SELECT DATEADD(month, 1, '2024-01-31'::date) d, dateadd(hour, 1, '2024-01-31'::date) t", "D DATE, T TIMESTAMP_NTZ(9)", "2024-02-29|2024-01-31 01:00:00.000000000"),
        ("SELECT DATEDIFF('day', '2024-01-01'::timestamp, '2024-03-01'::timestamp) n", "N NUMBER(9,0)", "60"),
        ("SELECT TRY_TO_NUMBER('12'), TRY_TO_NUMBER('x'), TRY_TO_NUMBER('1.5', 10, 2) x", "TRY_TO_NUMBER('12') NUMBER(38,0), TRY_TO_NUMBER('X') NUMBER(38,0), X NUMBER(10,2)", "12|NULL|1.50"),
        ("SELECT TRY_TO_TIMESTAMP('2024-01-02 03:04:05.6') a, TRY_TO_TIMESTAMP('nope') b", "A TIMESTAMP_NTZ(9), B TIMESTAMP_NTZ(9)", "2024-01-02 03:04:05.600000000|NULL"),
        ("SELECT TRIM('  x ') || '!' t", "T VARCHAR(16777216)", "x!"),
        ("SELECT iff(1 = 0, 1/0, 5) a, nvl(null, 'z') b, coalesce(null, 2) c, decode(1, 1, 'one', 'other') d", "A NUMBER(7,6), B VARCHAR(16777216), C NUMBER(1,0), D VARCHAR(16777216)", "5.000000|z|2|one"),
        ("SELECT date_trunc('month', '2024-03-15 10:00:00'::timestamp_ntz) a, extract(year from '2024-03-15'::date) b, year('2024-03-15'::date) c", "A TIMESTAMP_NTZ(9), B NUMBER(9,0), C NUMBER(9,0)", "2024-03-01 00:00:00.000000000|2024|2024"),
        ("SELECT upper('a') a, substr('hello', 2, 3) b, split_part('a,b', ',', 2) c, length('abc') d, replace('aa','a','b') e", "A VARCHAR(16777216), B VARCHAR(16777216), C VARCHAR(16777216), D NUMBER(18,0), E VARCHAR(16777216)", "A|ell|b|3|bb"),
        ("SELECT round(2.345, 2) a, floor(-1.5) b, ceil(1.2) c, abs(-3) d, round(2.5) e", "A NUMBER(4,2), B NUMBER(2,0), C NUMBER(2,0), D NUMBER(1,0), E NUMBER(2,0)", "2.35|-2|2|3|3"),
        ("SELECT '2024-01-01'::date + 1 a, '2024-01-03'::date - '2024-01-01'::date b", "A DATE, B NUMBER(9,0)", "2024-01-02|2"),
        ("SELECT current_date + interval '1 day, 2 hours' a", "A TIMESTAMP_NTZ(9)", "2024-03-16 02:00:00.000000000"),
        ("SELECT to_char('2024-03-05'::date, 'DD/MM/YYYY') a, to_date('05/03/2024', 'DD/MM/YYYY') b", "A VARCHAR(16777216), B DATE", "05/03/2024|2024-03-05"),
        ("SELECT md5('a') m, sha1('a') s", "M VARCHAR(32), S VARCHAR(16777216)", "0cc175b9c0f1b6a831c399e269772661|86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
    ])
    .await;
}

#[tokio::test]
async fn casts_read_and_write_every_type() {
    check(&[
        ("SELECT '1.255'::number(10,2) a, 1.5::int b, true::int c, '0x'::varchar d", "A NUMBER(10,2), B NUMBER(38,0), C NUMBER(38,0), D VARCHAR(16777216)", "1.26|2|1|0x"),
        ("SELECT 'abc'::varchar(10) a, 12::varchar b, true::varchar c, 1.50::text d", "A VARCHAR(10), B VARCHAR(16777216), C VARCHAR(16777216), D VARCHAR(16777216)", "abc|12|true|1.50"),
        ("SELECT '13:14:15.5'::time a, '2024-01-02T03:04:05Z'::timestamp_ltz b", "A TIME(9), B TIMESTAMP_LTZ(9)", "13:14:15.500000000|2024-01-02 03:04:05.000000000 +00:00"),
        ("SELECT '2024-01-02 03:04:05 +0200'::timestamp_tz a", "A TIMESTAMP_TZ(9)", "2024-01-02 03:04:05.000000000 +02:00"),
        ("SELECT '2024-01-02 03:04:05'::timestamp_ntz(3)::varchar a", "A VARCHAR(16777216)", "2024-01-02 03:04:05.000"),
        ("SELECT to_binary('DEad', 'HEX') a, 'ff'::binary b", "A BINARY(8388608), B BINARY(8388608)", "DEAD|FF"),
        ("SELECT 'yes'::boolean a, try_cast('x' as int) b, cast(2.5 as float) c", "A BOOLEAN, B NUMBER(38,0), C FLOAT", "true|NULL|2.5"),
        ("SELECT parse_json('{\"b\": [1, 2.5], \"a\": null}') j", "J VARIANT", "{\"a\":null,\"b\":[1,2.5]}"),
        ("SELECT parse_json('{\"Ab\": {\"c\": \"x\"}}'):Ab.c::string s, parse_json('[1,2]')[1] e", "S VARCHAR(16777216), E VARIANT", "x|2"),
        ("SELECT object_construct('k', 1, 'n', null) o, array_construct(1, 'x') a, typeof(parse_json('1.5')) t", "O OBJECT, A ARRAY, T VARCHAR(16777216)", "{\"k\":1}|[1,\"x\"]|DECIMAL"),
        ("SELECT '1704067200000'::date a, '1704070923000004000'::timestamp_ntz b", "A DATE, B TIMESTAMP_NTZ(9)", "2024-01-01|2024-01-01 01:02:03.000004000"),
    ])
    .await;
}

#[tokio::test]
async fn values_and_mixed_comparisons_work() {
    check(&[
        ("VALUES (1, 'a'), (2, 'b')", "COLUMN1 NUMBER(1,0), COLUMN2 VARCHAR(16777216)", "1|a; 2|b"),
        ("SELECT $1, v.column2 FROM VALUES (1, 'a') v", "$1 NUMBER(1,0), COLUMN2 VARCHAR(16777216)", "1|a"),
        ("SELECT x FROM VALUES (1), (3) AS t(x) ORDER BY x DESC", "X NUMBER(1,0)", "3; 1"),
        (
            "SELECT 5 IN ('5', '6') a, '2024-01-01'::date IN ('2024-01-01') b",
            "A BOOLEAN, B BOOLEAN",
            "true|true",
        ),
        (
            "SELECT '2024-01-01'::date = '2024-01-01 00:00:00'::timestamp a, true = 'true' b",
            "A BOOLEAN, B BOOLEAN",
            "true|true",
        ),
        (
            "SELECT 'Abc' LIKE 'a%' a, 'Abc' ILIKE 'a%' b, 'abc' LIKE ANY ('x', 'a%') c, 'abc' RLIKE 'a.c' d",
            "A BOOLEAN, B BOOLEAN, C BOOLEAN, D BOOLEAN",
            "false|true|true|true",
        ),
        ("SELECT parse_json('{\"value\": 7}'):value > 5 a", "A BOOLEAN", "true"),
        (
            "SELECT a FROM (SELECT 2 a UNION SELECT 1.5 UNION SELECT NULL) ORDER BY a DESC",
            "A NUMBER(2,1)",
            "NULL; 2.0; 1.5",
        ),
        ("SELECT 'a_c' LIKE 'a^_c' ESCAPE '^' a, 'abc' LIKE 'a^_c' ESCAPE '^' b, 12 LIKE '1%' c, 'aXbX' LIKE '%X' d, 'x' LIKE ALL ('x', '%y') e", "A BOOLEAN, B BOOLEAN, C BOOLEAN, D BOOLEAN, E BOOLEAN", "true|false|true|true|false"),
        ("SELECT length('\\u0392\\n\\x41''\\\\') n", "N NUMBER(18,0)", "5"),
        ("WITH r AS (SELECT 1 AS n UNION ALL SELECT n * 10 FROM r WHERE n < 1000) SELECT max(n) m FROM r", "M NUMBER(38,0)", "1000"),
        ("SELECT * FROM VALUES (1::float, 'a'::varchar(3)), (NULL, 'b')", "COLUMN1 FLOAT, COLUMN2 VARCHAR(16777216)", "1|a; NULL|b"),
        ("SELECT 1 MINUS SELECT 2", "1 NUMBER(1,0)", "1"),
        ("SELECT case when 1=1 then 1 else 'x' end c", "C VARCHAR(16777216)", "1"),
        (
            "SELECT count(*) FROM (SELECT 1 WHERE EXISTS (SELECT 1)) LIMIT 1 OFFSET 0",
            "COUNT(*) NUMBER(18,0)",
            "1",
        ),
    ])
    .await;
}

#[tokio::test]
async fn generator_makes_rows() {
    let db = Db::new().await;
    let table = db.run("SELECT count(*) n, max(seq4()) m, min(uniform(1, 6, random())) >= 1 u FROM TABLE(GENERATOR(ROWCOUNT => 20000))").await;
    assert_eq!(table.body(), "20000|19999|true");
    let table = db
        .run("SELECT seq8() AS id, id % 3 AS k FROM TABLE(GENERATOR(ROWCOUNT => 4)) ORDER BY id DESC LIMIT 2")
        .await;
    assert_eq!(table.header(), "ID NUMBER(19,0), K NUMBER(19,0)");
    let endless = db.run("SELECT seq8() FROM TABLE(GENERATOR(ROWCOUNT => 1000000000000)) LIMIT 1").await;
    assert_eq!(endless.body(), "0");
    assert_eq!(table.body(), "3|0; 2|2");
}

#[tokio::test]
async fn long_chains_do_not_exhaust_the_stack() {
    let db = Db::new().await;
    let chain = |part: &str, joint: &str, count: usize| vec![part; count].join(joint);
    let table = db
        .run(&format!("SELECT x FROM (SELECT 1 x) WHERE {}", chain("x = 2", " OR ", 5000) + " OR x = 1"))
        .await;
    assert_eq!(table.body(), "1");
    assert_eq!(db.run(&format!("SELECT length({}) n", chain("'ab'", " || ", 2000))).await.body(), "4000");
    assert_eq!(db.run(&format!("SELECT {} n", chain("1", " + ", 60))).await.body(), "60");
    assert_eq!(
        db.run(&format!("SELECT count(*) FROM ({})", chain("SELECT 1 a", " UNION ALL ", 80))).await.body(),
        "80"
    );
    let error = db.fail(&format!("SELECT {}", chain("1", " + ", 2000))).await;
    assert_eq!(error.message, "not simulated: chains of more than 500 operators");
    let error = db.fail(&format!("SELECT {}1{}", "(".repeat(500), ")".repeat(500))).await;
    assert_eq!(error.code, "001003");
}

#[tokio::test]
async fn tables_can_be_named_in_full() {
    let db = Db::new().await;
    db.run("create table t (a int, b int)").await;
    db.run("insert into t values (1, 2), (3, 4)").await;
    assert_eq!(db.run("SELECT t.*, db.public.t.a FROM t WHERE public.t.b = 2").await.body(), "1|2|1");
    assert_eq!(
        db.run("SELECT x.*, t.b FROM t x JOIN db.public.t ON x.a = t.a ORDER BY 1").await.body(),
        "1|2|2; 3|4|4"
    );
    assert_eq!(db.run("SELECT TOP 1 a FROM t ORDER BY a DESC").await.body(), "3");
    assert_eq!(db.run("SELECT * EXCLUDE (a) FROM t ORDER BY b").await.body(), "2; 4");
}

#[tokio::test]
async fn binds_become_values_of_their_type() {
    let db = Db::new().await;
    let table = db
        .with_binds(
            "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?",
            &[
                ("1", "FIXED", Some("12.50")),
                ("2", "REAL", Some("nan")),
                ("3", "TEXT", Some("it's")),
                ("4", "BOOLEAN", Some("true")),
                ("5", "DATE", Some("1709164800000")),
                ("6", "TIMESTAMP_NTZ", Some("-0500000000")),
                ("7", "TIMESTAMP_TZ", Some("1709238896789123000 0960")),
                ("8", "BINARY", Some("beef")),
                ("9", "ANY", None),
            ],
        )
        .await
        .unwrap();
    assert_eq!(
        table.body(),
        "12.50|NaN|it's|true|2024-02-29|1969-12-31 23:59:59.500000000|2024-02-29 12:34:56.789123000 -08:00|BEEF|NULL"
    );
    let described =
        Statement { sql: "SELECT ? a, 1 b".to_owned(), describe_only: true, ..Statement::default() };
    let described = db.execute(described).await.unwrap();
    assert_eq!(described.header(), "A VARCHAR(16777216), B NUMBER(1,0)");
    assert!(described.rows.is_empty());
    let named =
        db.with_binds("SELECT :name || :2 x", &[("name", "TEXT", Some("a")), ("2", "TEXT", Some("b"))]).await;
    assert_eq!(named.unwrap().body(), "ab");
    let missing = db.with_binds("SELECT ?", &[]).await.unwrap_err();
    assert_eq!(missing.code, "002049");
    let identifier = db
        .with_binds(
            "SELECT count(*) FROM IDENTIFIER(?)",
            &[("1", "TEXT", Some("db.information_schema.sequences"))],
        )
        .await;
    assert_eq!(identifier.unwrap().body(), "0");
}

#[tokio::test]
async fn a_column_of_several_usings_is_one_column() {
    let db = Db::new().await;
    db.run("create table a (k int, x int)").await;
    db.run("create table b (k int, y int)").await;
    db.run("create table c (k int, z int)").await;
    db.run("insert into a values (1, 10), (2, 20)").await;
    db.run("insert into b values (1, 100), (3, 300)").await;
    db.run("insert into c values (2, 2000), (3, 3000)").await;
    let joined =
        "select k, x, y, z from a left join b using (k) left join c using (k) where k > 0 order by 1";
    assert_eq!(db.run(joined).await.body(), "1|10|100|NULL; 2|20|NULL|2000");
    let texts = "with d as (select k::varchar k, upper(x) w from a), f as (select k::varchar k from b),
                 e as (select k, coalesce(w, '-') w from f left join d using (k) where k ilike '%')
                 select w, k from e order by k";
    assert_eq!(db.run(texts).await.body(), "10|1; -|3");
    let right =
        "select k, count(*) from a left join b using (k) right join c as d using (k) group by k order by 1";
    assert_eq!(db.run(right).await.body(), "2|1; 3|1");
}
