//! Fingerprints that must never change, and what they depend on.

use std::path::PathBuf;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use snowflake_proto::sql::Literals;

use super::{Fingerprint, Statement, StatementContext, nearest};

#[derive(Serialize, Deserialize)]
struct Golden {
    statement: Statement,
    keep: Fingerprint,
    mask: Fingerprint,
}

fn golden_file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/golden/fingerprints.json"))
}

fn statement(sql: &str) -> Statement {
    Statement {
        sql: sql.to_owned(),
        binds: Value::Null,
        context: StatementContext::default(),
        describe_only: false,
    }
}

fn bound(sql: &str, binds: Value) -> Statement {
    Statement { binds, ..statement(sql) }
}

fn full_context() -> StatementContext {
    let name = |name: &str| Some(name.to_owned());
    StatementContext { role: name("R"), warehouse: name("W"), database: name("D"), schema: name("S") }
}

/// The statement with one thing changed at a time, everything of which must count.
fn variants(of: &Statement) -> Vec<Statement> {
    let change = |change: &dyn Fn(&mut Statement)| {
        let mut changed = of.clone();
        change(&mut changed);
        changed
    };
    vec![
        change(&|it| it.context.role = Some("other".to_owned())),
        change(&|it| it.context.warehouse = Some("other".to_owned())),
        change(&|it| it.context.database = Some("other".to_owned())),
        change(&|it| it.context.schema = Some("other".to_owned())),
        change(&|it| it.context.role = None),
        change(&|it| it.context.warehouse = None),
        change(&|it| it.context.database = None),
        change(&|it| it.context.schema = None),
        change(&|it| it.describe_only = !it.describe_only),
        change(&|it| it.binds = json!({"1": {"type": "TEXT", "value": "other"}})),
        change(&|it| it.sql.push_str(" 'other'")),
    ]
}

#[test]
fn fingerprints_are_those_of_earlier_versions() {
    let file = golden_file();
    let mut table: Vec<Golden> = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert!(table.len() >= 20, "the table holds the cases that matter");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        for case in &mut table {
            case.keep = case.statement.fingerprint(Literals::Keep);
            case.mask = case.statement.fingerprint(Literals::Mask);
        }
        std::fs::write(&file, serde_json::to_string_pretty(&table).unwrap() + "\n").unwrap();
    }
    for Golden { statement, keep, mask } in table {
        assert_eq!(statement.fingerprint(Literals::Keep), keep, "{}", statement.sql);
        assert_eq!(statement.fingerprint(Literals::Mask), mask, "{}", statement.sql);
    }
}

#[test]
fn the_order_of_keys_in_binds_does_not_matter() {
    let one: Value = serde_json::from_str(r#"{"1":{"type":"TEXT","value":"a"},"2":{"type":"ANY"}}"#).unwrap();
    let other: Value =
        serde_json::from_str(r#"{"2":{"type":"ANY"},"1":{"value":"a","type":"TEXT"}}"#).unwrap();
    let [one, other] = [one, other].map(|binds| bound("select ?, ?", binds).fingerprint(Literals::Keep));
    assert_eq!(one, other);
    let none = bound("select 1", json!({})).fingerprint(Literals::Keep);
    assert_eq!(none, statement("select 1").fingerprint(Literals::Keep));
}

#[test]
fn a_fingerprint_reads_back_and_nothing_else_does() {
    let fingerprint = statement("select 1").fingerprint(Literals::Keep);
    assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint.clone()));
    let upper = fingerprint.as_str().to_uppercase();
    let newer = fingerprint.as_str().replacen('1', "2", 1);
    for text in ["", "1-", "1-abc", &upper, &newer, &format!("{fingerprint}0"), "1-é"] {
        let refusal = text.parse::<Fingerprint>().unwrap_err().to_string();
        assert!(refusal.contains("32 hexadecimal digits"), "{refusal}");
        assert!(serde_json::from_value::<Fingerprint>(json!(text)).is_err());
    }
}

#[test]
fn no_debug_form_shows_text_or_binds() {
    let statement = bound("select 'hunter2'", json!({"1": {"type": "TEXT", "value": "hunter2"}}));
    let other = bound("select 'hunter2', 'hunter2'", Value::Null);
    let nearest = nearest(&other, [&statement]).unwrap();
    assert!(!format!("{statement:?} {nearest:?}").contains("hunter2"));
}

#[test]
fn the_nearest_statement_comes_with_what_differs() {
    let orders =
        Statement { context: full_context(), ..statement("select id, total from orders where day = ?") };
    let orders = Statement { binds: json!({"1": {"type": "DATE", "value": "0"}}), ..orders };
    let recorded = [statement("use warehouse w"), orders.clone(), statement("select id from customers")];
    let check = |wanted: Statement, lines: &[&str]| {
        let found = nearest(&wanted, &recorded).unwrap();
        assert_eq!(found.statement, &orders);
        assert_eq!(found.difference.to_string().lines().collect::<Vec<_>>(), lines);
    };
    let changed = |change: &dyn Fn(&mut Statement)| {
        let mut wanted = orders.clone();
        change(&mut wanted);
        wanted
    };
    check(
        changed(&|it| it.sql = "SELECT id, total -- all\nFROM orders WHERE day = ?;".to_owned()),
        &["nothing differs"],
    );
    check(
        changed(&|it| it.sql = it.sql.replace("total", "\"total\"")),
        &["token 4 of the text is `\"total\"`, recorded is `TOTAL`"],
    );
    check(changed(&|it| it.sql.push_str(" limit 1")), &["the recorded text ends before token 11, `LIMIT`"]);
    check(
        changed(&|it| it.sql.truncate(it.sql.len() - 14)),
        &["the recorded text goes on with token 7, `WHERE`"],
    );
    check(
        changed(&|it| it.binds["1"]["value"] = json!("1")),
        &["bind 1 has another value than the recorded one"],
    );
    check(
        changed(&|it| it.binds["1"]["type"] = json!("TEXT")),
        &["bind 1 has the type TEXT, recorded is DATE"],
    );
    check(changed(&|it| it.binds["2"] = json!({})), &["bind 2 was not recorded"]);
    check(changed(&|it| it.binds = Value::Null), &["bind 1 is recorded, but missing"]);
    check(
        changed(&|it| {
            it.sql = format!("select '{}\n' from orders where day = ?", "x".repeat(60));
            it.binds["1"]["value"] = Value::Null;
            it.context.warehouse = Some("BIG".to_owned());
            it.context.schema = None;
            it.describe_only = true;
        }),
        &[
            "token 2 of the text is `'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`, recorded is `ID`",
            "bind 1 has another value than the recorded one",
            "warehouse is BIG, recorded is W; schema is unset, recorded is S; it is only described, recorded is that it was run",
        ],
    );
    assert!(nearest(&orders, []).is_none());
}

#[test]
fn q04_the_nearest_of_many_long_statements_is_found_in_bounded_work() {
    let long = |letter: &str| statement(&format!("select 1{}", format!(", {letter} + f(x)").repeat(5_000)));
    let recorded: Vec<Statement> = ["a", "b", "c"].map(long).into_iter().cycle().take(60).collect();
    let found = nearest(&long("b"), &recorded).unwrap();
    assert!(found.difference.is_none());
}

proptest! {
    #[test]
    fn m06_white_space_comments_and_case_do_not_matter(
        blanks in prop::collection::vec(r"[ \t\r\n]{1,3}|/\* [^*]{0,5} \*/|--[a-z' ;]{0,5}\n", 8),
        is_upper in any::<bool>(),
    ) {
        let words = ["select", "a.b", ",", "'It''s'", "from", "\"T\"", "where x in (1, -2)", ";"];
        let word = |word: &str| {
            let quoted = word.starts_with(['\'', '"']);
            if is_upper && !quoted { word.to_uppercase() } else { word.to_owned() }
        };
        let sql: String = words.iter().zip(&blanks).flat_map(|(each, blank)| [word(each), blank.clone()]).collect();
        let plain = statement("select a.b, 'It''s' from \"T\" where x in (1, -2)");
        for literals in [Literals::Keep, Literals::Mask] {
            prop_assert_eq!(statement(&sql).fingerprint(literals), plain.fingerprint(literals));
        }
        prop_assert!(nearest(&plain, [&statement(&sql)]).unwrap().difference.is_none());
    }

    #[test]
    fn m06_names_strings_binds_and_context_matter(name in "[a-zA-Z ]{1,8}", other in "[a-zA-Z ]{1,8}") {
        prop_assume!(name != other);
        let all = |text: &str| [
            statement(&format!("select \"{text}\"")),
            statement(&format!("select '{text}'")),
            bound("select ?", json!({"1": {"type": "TEXT", "value": text}})),
        ];
        for (one, two) in all(&name).into_iter().zip(all(&other)) {
            prop_assert_ne!(one.fingerprint(Literals::Keep), two.fingerprint(Literals::Keep));
            prop_assert!(!nearest(&one, [&two]).unwrap().difference.is_none());
        }
        let base = Statement { context: full_context(), ..bound("select 1", json!({"1": {"value": name}})) };
        let mut seen: Vec<_> = variants(&base).iter().map(|each| each.fingerprint(Literals::Keep)).collect();
        seen.push(base.fingerprint(Literals::Keep));
        let count = seen.len();
        seen.sort();
        seen.dedup();
        prop_assert_eq!(seen.len(), count);
    }

    #[test]
    fn a_difference_is_said_exactly_when_fingerprints_differ(one in "[a-c':. ;1]{0,8}", two in "[a-c':. ;1]{0,8}") {
        let [one, two] = [one, two].map(|sql| statement(&sql));
        let same = one.fingerprint(Literals::Keep) == two.fingerprint(Literals::Keep);
        prop_assert_eq!(nearest(&one, [&two]).unwrap().difference.is_none(), same);
    }
}
