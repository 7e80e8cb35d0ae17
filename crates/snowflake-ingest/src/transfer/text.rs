//! The local path in the text of a PUT or GET.

use std::ops::Range;

use snowflake_proto::Literal;
use snowflake_proto::sql::{Token, TokenKind, tokens};

use super::fault::NoLocalPathSnafu;
use crate::error::Result;

/// What a local path begins with in a statement.
const SCHEME: &str = "file://";

/// Which way files go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Put,
    Get,
}

/// A PUT or GET statement as its writer wrote it.
///
/// Its local path is read here rather than taken from the server's answer, which could name any file of this
/// machine.
#[derive(Clone)]
pub(super) struct Statement {
    pub(super) verb: Verb,
    /// The local pattern of a PUT, or the local folder of a GET.
    pub(super) path: String,
    sql: String,
    place: Range<usize>,
}

impl Statement {
    pub(super) fn read(sql: &str) -> Result<Self> {
        let (mut verb, mut offset) = (None, 0);
        for token in tokens(sql) {
            let place = offset..offset + token.text.len();
            offset = place.end;
            if verb.is_none() && !token.is_blank() {
                let is = |word: &str| token.text.eq_ignore_ascii_case(word);
                verb = Some(if is("GET") { Verb::Get } else { Verb::Put });
            } else if let (Some(verb), Some(path)) = (verb, local_path(token)) {
                return Ok(Self { verb, path, sql: sql.to_owned(), place });
            }
        }
        Ok(NoLocalPathSnafu.fail()?)
    }

    /// The same statement for one file of this name, in a folder that tells nothing.
    pub(super) fn for_file(&self, name: &str) -> String {
        let (before, after) = (self.sql.get(..self.place.start), self.sql.get(self.place.end..));
        let file = Literal::text(format!("{SCHEME}/tmp/placeholder/{name}"));
        format!("{}{file}{}", before.unwrap_or_default(), after.unwrap_or_default())
    }
}

/// The path of `file://…`, quoted or not.
fn local_path(token: Token<'_>) -> Option<String> {
    let text = match token.kind {
        TokenKind::Url => token.text.to_owned(),
        TokenKind::Text => unquoted(token.text)?,
        _ => return None,
    };
    let scheme = text.get(..SCHEME.len()).filter(|scheme| scheme.eq_ignore_ascii_case(SCHEME));
    scheme.and(text.get(SCHEME.len()..)).map(str::to_owned)
}

/// The text of `'…'` or `$$…$$`.
fn unquoted(quoted: &str) -> Option<String> {
    if let Some(inner) = quoted.strip_prefix("$$") {
        return inner.strip_suffix("$$").map(str::to_owned);
    }
    let mut inner = quoted.strip_prefix('\'')?.strip_suffix('\'')?.chars();
    let mut text = String::with_capacity(quoted.len());
    while let Some(character) = inner.next() {
        match character {
            '\'' | '\\' => text.push(inner.next()?),
            other => text.push(other),
        }
    }
    Some(text)
}

impl std::fmt::Debug for Statement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Statement").field("verb", &self.verb).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f11_the_local_path_is_read_as_it_was_meant() {
        for (sql, verb, path) in [
            ("PUT file:///a/b*.csv @s", Verb::Put, "/a/b*.csv"),
            ("put 'file:///a/it''s [1].csv' @s", Verb::Put, "/a/it's [1].csv"),
            (r"put 'file://C:\\data\\a b.csv' @s", Verb::Put, r"C:\data\a b.csv"),
            ("put $$file:///a/'b'$$ @s", Verb::Put, "/a/'b'"),
            ("-- comment\n/* put 'file:///no' */ PUT'file:///a.'@s", Verb::Put, "/a."),
            ("PUT file://1'@s/x' overwrite=true", Verb::Put, "1"),
            ("PUT FILE://~/a ?", Verb::Put, "~/a"),
            ("get @s/x file:///out/ pattern='file://x'", Verb::Get, "/out/"),
            ("GET '@s/it''s' 'file:///out dir/'", Verb::Get, "/out dir/"),
            ("PUT 'file:///ä/文.csv' @s;", Verb::Put, "/ä/文.csv"),
        ] {
            let statement = Statement::read(sql).unwrap();
            assert_eq!((statement.verb, statement.path.as_str()), (verb, path), "{sql}");
        }
        for sql in ["PUT ? @s", "GET @s '/out'", "PUT", "PUT 'fil", "put \"file:///a\" @s", "PUT é @s"] {
            assert!(Statement::read(sql).is_err(), "{sql}");
        }
    }

    #[test]
    fn q02_a_statement_for_one_file_differs_in_its_path_alone() {
        let statement = Statement::read("put file:///a/*.csv ? overwrite=true -- x").unwrap();
        assert_eq!(
            statement.for_file("it's.csv"),
            "put 'file:///tmp/placeholder/it''s.csv' ? overwrite=true -- x"
        );
    }
}
