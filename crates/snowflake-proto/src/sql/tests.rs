//! Every token, every spelling, and hostile texts.

use proptest::prelude::*;

use super::{Literals, TokenKind, normalize, tokens};

/// Texts of the signs that mean something, in any order.
const SIGNS: &str = r#"[-'"$@:/.*\\<>ns?;,()\[\]{} a1e5\n%=|!~+Éß]{0,40}"#;

/// Pieces that are easy to take for something else.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "'",
        "''",
        "\\'",
        "\"",
        "\"\"",
        "$$",
        "$",
        "--",
        "//",
        "/*",
        "*/",
        "\n",
        "\r\n",
        " ",
        ";",
        "@",
        "@s/a//b",
        "s3://x//y",
        "file:///",
        ":",
        "::",
        ":a",
        ":1",
        "?",
        ".",
        "..",
        "5",
        ".5",
        "1.",
        "1e5",
        "E",
        "in",
        "(",
        ")",
        "[",
        "]",
        ",",
        "-",
        "+",
        "=",
        "->>",
        "<n>",
        "<s>",
        "<",
        ">",
        "n",
        "select",
        "v:a.B",
        "/",
        "*",
        "{",
        "}",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn kinds(sql: &str) -> Vec<(TokenKind, &str)> {
    tokens(sql).filter(|token| !token.is_blank()).map(|token| (token.kind, token.text)).collect()
}

#[test]
fn q03_what_looks_like_a_comment_inside_something_is_none() {
    use TokenKind::{Path, Placeholder, QuotedName, Stage, Symbol, Text, Url, Word};
    let table: [(&str, &[(TokenKind, &str)]); 18] = [
        ("'a--b' \"c//d\"", &[(Text, "'a--b'"), (QuotedName, "\"c//d\"")]),
        ("$$ a'; /* b */ $$ x", &[(Text, "$$ a'; /* b */ $$"), (Word, "x")]),
        ("as$$ a $$", &[(Word, "as"), (Text, "$$ a $$")]),
        (r"'a\' -- b' c", &[(Text, r"'a\' -- b'"), (Word, "c")]),
        ("'a'';b' c", &[(Text, "'a'';b'"), (Word, "c")]),
        ("a /* /* b */ c */", &[(Word, "a"), (Word, "c"), (Symbol, "*"), (Symbol, "/")]),
        ("get @s/a//b file:///tmp//x//", &[(Word, "get"), (Stage, "@s/a//b"), (Url, "file:///tmp//x//")]),
        (
            "list @\"a b\".%\"t--\"/x/*.gz;",
            &[(Word, "list"), (Stage, "@\"a b\".%\"t--\"/x/*.gz"), (TokenKind::Semicolon, ";")],
        ),
        ("s3://x//y", &[(Url, "s3://x//y")]),
        ("PUT file://1'@SYSTEM$BIND/u'", &[(Word, "PUT"), (Url, "file://1"), (Text, "'@SYSTEM$BIND/u'")]),
        (r"file://C:\tmp\*.csv @~", &[(Url, r"file://C:\tmp\*.csv"), (Stage, "@~")]),
        ("a//b\r\n--c\nd", &[(Word, "a"), (Word, "d")]),
        ("(@s/a)", &[(Symbol, "("), (Stage, "@s/a"), (Symbol, ")")]),
        (
            "$1:A.\"b c\"[0].D::int",
            &[
                (Word, "$1"),
                (Path, ":A.\"b c\""),
                (Symbol, "["),
                (TokenKind::Number, "0"),
                (Symbol, "]"),
                (Path, ".D"),
                (Symbol, "::"),
                (Word, "int"),
            ],
        ),
        (
            "(:1, :n, ?)",
            &[
                (Symbol, "("),
                (Placeholder, ":1"),
                (Symbol, ","),
                (Placeholder, ":n"),
                (Symbol, ","),
                (Placeholder, "?"),
                (Symbol, ")"),
            ],
        ),
        ("'k':b", &[(Text, "'k'"), (Symbol, ":"), (Word, "b")]),
        ("'never closed; --", &[(Text, "'never closed; --")]),
        ("x := @", &[(Word, "x"), (Symbol, ":="), (Symbol, "@")]),
    ];
    for (sql, wanted) in table {
        assert_eq!(kinds(sql), wanted, "{sql}");
    }
}

#[test]
fn numbers_end_where_something_else_begins() {
    use TokenKind::{Number, Symbol, Word};
    let table: [(&str, &[(TokenKind, &str)]); 8] = [
        ("1 2.5 .5 6.", &[(Number, "1"), (Number, "2.5"), (Number, ".5"), (Number, "6.")]),
        ("1e5 1E-5 .5e+7", &[(Number, "1e5"), (Number, "1E-5"), (Number, ".5e+7")]),
        ("1e", &[(Number, "1"), (Word, "e")]),
        ("1e+", &[(Number, "1"), (Word, "e"), (Symbol, "+")]),
        ("a.5", &[(Word, "a"), (Symbol, "."), (Number, "5")]),
        ("t1.c", &[(Word, "t1"), (Symbol, "."), (Word, "c")]),
        ("-1", &[(Symbol, "-"), (Number, "1")]),
        (".", &[(Symbol, ".")]),
    ];
    for (sql, wanted) in table {
        assert_eq!(kinds(sql), wanted, "{sql}");
    }
}

#[test]
fn spellings_of_one_statement_agree() {
    let table: [(&str, &[&str]); 8] = [
        ("SELECT F(A), B.C FROM T", &["select f( a ),b . c\r\nfrom t ;", "Select F (a) , b.c from/**/T;;"]),
        ("A = 1 AND B <> - 2", &["a=1 and b<>-2", "a = 1 --x\n and b <>  - 2"]),
        ("SELECT \"a\", 'B', $1:Key.x::INT FROM @s/P", &["select \"a\",'B',$1:Key.x :: int from @s/P"]),
        ("SELECT {'a' : 1}", &["select { 'a':1 }", "select {'a': 1}", "select {'a' :1}"]),
        ("X IN(1, 2)", &["x in (1,2)", "x in(1 , 2)"]),
        ("SELECT 1; SELECT 2", &["select 1;select 2", "select 1 ; -- one\n select 2 -- two"]),
        ("", &["", " ", ";", "-- nothing", "/* */ ;"]),
        ("INSERT INTO T VALUES(?, :1, 1E5)", &["insert into t values (?,:1,1e5)"]),
    ];
    for (wanted, spellings) in table {
        for sql in spellings {
            assert_eq!(normalize(sql, Literals::Keep), wanted, "{sql}");
        }
        assert_eq!(normalize(wanted, Literals::Keep), wanted);
    }
}

#[test]
fn different_statements_stay_different() {
    let table = [
        ("select \"a\"", "select \"A\""),
        ("select 'a'", "select 'A'"),
        ("select 'a' 'b'", "select 'a''b'"),
        ("select v:a", "select v:A"),
        ("select v[0].a", "select v[0].A"),
        ("list @s/a", "list @s/A"),
        ("put file:///a @s", "put file:///A @s"),
        ("select $$a$$", "select $$A$$"),
        ("select a - -1", "select a --1"),
        ("select ab", "select a b"),
        ("select 1;select 2", "select 1 select 2"),
    ];
    for (left, right) in table {
        assert_ne!(normalize(left, Literals::Keep), normalize(right, Literals::Keep), "{left} | {right}");
    }
}

#[test]
fn masked_statements_agree_whatever_their_literals() {
    let table: [(&str, &[&str]); 9] = [
        ("A = <n>", &["a = 1", "a=-1.5e3", "a = - - 1", "a = +.5"]),
        ("A - <n>", &["a - 1", "a -1", "a - -2"]),
        ("SELECT <n>, (<n>) - <n>", &["select -1, (2) - 3"]),
        ("X IN(<n>)", &["x in (1)", "x in (1, -2, 3)"]),
        ("X NOT IN(<s>, <n>)", &["x not in ('a', 'b', 1)"]),
        ("X IN(A + <n>, <n>)", &["x in (a + 1, 2)", "x in (a + 1, 2, 3)"]),
        ("X IN(<n>, F(<n>, <n>), <n>)", &["x in (1, 2, f(1, 2), 3, 4)"]),
        ("VALUES(<n>, <n>)", &["values (1, 2)"]),
        ("LIMIT <n> <s> <s>", &["limit 10 'a' $$b$$"]),
    ];
    for (wanted, spellings) in table {
        for sql in spellings {
            assert_eq!(normalize(sql, Literals::Mask), wanted, "{sql}");
        }
        assert_eq!(normalize(wanted, Literals::Mask), wanted);
    }
}

#[test]
fn no_debug_form_shows_the_text() {
    let shown = format!("{:?}", tokens("select 'hunter2'").collect::<Vec<_>>());
    assert!(!shown.contains("hunter2") && shown.contains("Text(9 bytes)"), "{shown}");
}

proptest! {
    #[test]
    fn tokens_joined_are_the_text(sql in prop_oneof![any::<String>(), SIGNS, pieces()]) {
        let joined: String = tokens(&sql).map(|token| token.text).collect();
        prop_assert_eq!(joined, sql.as_str());
        prop_assert!(tokens(&sql).all(|token| !token.text.is_empty()));
    }

    #[test]
    fn a_normalized_text_stays_as_it_is(sql in prop_oneof![any::<String>(), SIGNS, pieces()]) {
        for literals in [Literals::Keep, Literals::Mask] {
            let once = normalize(&sql, literals);
            prop_assert_eq!(normalize(&once, literals), once);
        }
    }
}

fn duration(sql: &str) -> std::time::Duration {
    let start = std::time::Instant::now();
    std::hint::black_box(normalize(std::hint::black_box(sql), Literals::Mask));
    start.elapsed()
}

/// Whether eight times the text takes less than twenty-four times as long; a quadratic scan takes sixty-four.
///
/// A machine that does much else at once may need several attempts to show it.
fn is_linear(piece: &str) -> bool {
    const LETTERS: usize = 10_000;
    let [short, long] = [LETTERS, 8 * LETTERS].map(|size| piece.repeat(size / piece.len()));
    // The shortest of some: on a busy machine the others waited as well.
    let least = |text: &str| (0..4).map(|_| duration(text)).min().unwrap_or_default();
    (0..10).any(|_| least(&long) < 24 * least(&short))
}

#[test]
fn q04_hostile_texts_take_time_in_proportion_to_their_length() {
    let pieces = [
        " ", "'", "\"", "$", "$$", "$a", "put ", "(", "in(", "in(1,", "-", "--\n", "/*", "*/", "/", "@",
        "@a/", "\\", "1", "1.", ".", "1e", ":", ":a", "a:", "s3://", "<n>", ";", "- 1,", "é", "a.", ".a",
        "].a",
    ];
    for piece in pieces {
        assert!(is_linear(piece), "{piece:?}");
    }
}
