//! A service with tables and stages that answers SHOW as documented: ordered by database, schema and name, cut by LIMIT, and
//! continued behind a name wherever that is.

use std::collections::BTreeSet;

use snowflake_proto::Identifier;
use snowflake_proto::sql::{Token, TokenKind, tokens};
use snowflake_sim::{Answer, StandIn, Table};

/// Database, schema, name, and a number that tells namesakes apart.
pub(super) type Path = (String, String, String, u8);

#[derive(Clone, Debug, Default)]
pub(super) struct Account {
    pub(super) objects: BTreeSet<Path>,
    /// Whether `FROM 'x'` begins with x itself.
    pub(super) is_inclusive: bool,
    /// Whether `FROM 'x'` is ignored.
    pub(super) is_stuck: bool,
    /// The most rows that an answer without LIMIT has; beyond that it fails.
    pub(super) most: Option<usize>,
}

impl Account {
    pub(super) fn service(self) -> StandIn {
        StandIn::new().on_any(move |asked| self.answer(asked.sql()))
    }

    fn answer(&self, sql: &str) -> Option<Answer> {
        let words: Vec<Token<'_>> = tokens(sql).filter(|token| !token.is_blank()).collect();
        let show = Show::read(&words)?;
        let level = match words.get(1)?.text {
            "DATABASES" => 1,
            "SCHEMAS" => 2,
            _ => 3,
        };
        let cut = |(database, schema, name, n): &Path| match level {
            1 => (database.clone(), String::new(), String::new(), 0),
            2 => (database.clone(), schema.clone(), String::new(), 0),
            _ => (database.clone(), schema.clone(), name.clone(), *n),
        };
        let name_of = |path: &Path| [&path.0, &path.1, &path.2][level - 1].clone();
        let after = |path: &Path| match (&show.after, self.is_inclusive) {
            (Some(_), _) if self.is_stuck => true,
            (Some(after), false) => name_of(path) > *after,
            (Some(after), true) => name_of(path) >= *after,
            (None, _) => true,
        };
        let in_scope = |path: &Path| {
            let parts = [&path.0, &path.1];
            show.scope.iter().zip(parts).all(|(wanted, part)| wanted == part)
        };
        let found: BTreeSet<Path> = self.objects.iter().filter(|path| in_scope(path)).map(cut).collect();
        let found: Vec<_> = found.into_iter().filter(after).take(show.limit.unwrap_or(usize::MAX)).collect();
        if show.limit.is_none() && self.most.is_some_and(|most| found.len() > most) {
            let message =
                "The result set size exceeded the max number of rows(10000) supported for SHOW statements.";
            return Some(Answer::error("000001", "22000", message));
        }
        let table = Table::new()
            .text("name")
            .text("database_name")
            .text("schema_name")
            .text("type")
            .number("rows", 0);
        let row =
            |path: &Path| (name_of(path), path.0.clone(), path.1.clone(), "INTERNAL", i64::from(path.3));
        Some(Answer::rows(table.rows(found.iter().map(row))))
    }
}

struct Show {
    scope: Vec<String>,
    limit: Option<usize>,
    after: Option<String>,
}

impl Show {
    fn read(words: &[Token<'_>]) -> Option<Self> {
        if words.first()?.text != "SHOW" {
            return None;
        }
        let at = |word: &str| words.iter().position(|token| token.text == word);
        let scope = at("IN").map(|at| &words[at + 2..]).unwrap_or_default();
        let is_name = |token: &&Token<'_>| token.text.starts_with('"') || token.text == ".";
        let scope = scope.iter().take_while(is_name).filter(|token| token.text != ".");
        let limit = at("LIMIT").map(|at| words[at + 1].text.parse().unwrap());
        let after = at("FROM").map(|at| {
            assert_eq!(words[at + 1].kind, TokenKind::Text);
            let text = words[at + 1].text;
            text[1..text.len() - 1].replace("''", "'").replace("\\\\", "\\")
        });
        let scope = scope.map(|name| Identifier::parse(name.text).unwrap().name().to_owned()).collect();
        Some(Self { scope, limit, after })
    }
}
