//! What two statements do not have in common, in words.

use std::fmt;

use serde_json::{Map, Value};
use snowflake_proto::sql::Token;

use super::Statement;
use super::distance::significant;

/// How many characters of a token are shown.
const SHOWN: usize = 40;

/// What differs between a statement that was wanted and one that was recorded.
///
/// `Display` writes one to three lines: the first token of the texts that differs, the first bind, and the
/// names of the context. It shows parts of both texts, but no bind value.
#[derive(Clone, PartialEq, Eq)]
pub struct Difference {
    lines: Vec<String>,
}

impl Difference {
    /// The difference between two statements whose normalized texts are these.
    pub(super) fn between(wanted: (&Statement, &str), recorded: (&Statement, &str)) -> Self {
        let ((wanted, wanted_text), (recorded, recorded_text)) = (wanted, recorded);
        let lines = [
            token(wanted_text, recorded_text),
            binds(&wanted.binds, &recorded.binds),
            circumstances(wanted, recorded),
        ];
        Self { lines: lines.into_iter().flatten().collect() }
    }

    /// Whether the statements are the same.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.lines.is_empty()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_none() {
            return f.write_str("nothing differs");
        }
        f.write_str(&self.lines.join("\n"))
    }
}

/// The lines hold parts of the texts, which only `Display` is meant to show.
impl fmt::Debug for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Difference({} lines)", self.lines.len())
    }
}

/// The first token that differs.
fn token(wanted: &str, recorded: &str) -> Option<String> {
    let same =
        significant(wanted).zip(significant(recorded)).take_while(|(left, right)| left == right).count();
    let number = same + 1;
    let next = |text| significant(text).nth(same).map(shown);
    match (next(wanted), next(recorded)) {
        (Some(wanted), Some(recorded)) => {
            Some(format!("token {number} of the text is {wanted}, recorded is {recorded}"))
        }
        (Some(wanted), None) => Some(format!("the recorded text ends before token {number}, {wanted}")),
        (None, Some(recorded)) => Some(format!("the recorded text goes on with token {number}, {recorded}")),
        (None, None) => None,
    }
}

fn shown(token: Token<'_>) -> String {
    let mut characters = token.text.chars();
    let start = characters.by_ref().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c });
    let start: String = start.collect();
    let end = if characters.next().is_some() { "…" } else { "" };
    format!("`{start}{end}`")
}

/// The first bind that differs, without its value.
fn binds(wanted: &Value, recorded: &Value) -> Option<String> {
    let none = Map::new();
    let [wanted, recorded] = [wanted, recorded].map(|binds| binds.as_object().unwrap_or(&none));
    let mut names: Vec<&String> = wanted.keys().chain(recorded.keys()).collect();
    names.sort_unstable_by_key(|name| (name.parse::<u64>().unwrap_or(u64::MAX), *name));
    let name = names.into_iter().find(|name| wanted.get(*name) != recorded.get(*name))?;
    Some(match (wanted.get(name), recorded.get(name)) {
        (Some(_), None) => format!("bind {name} was not recorded"),
        (None, _) => format!("bind {name} is recorded, but missing"),
        (Some(wanted), Some(recorded)) if kind(wanted) == kind(recorded) => {
            format!("bind {name} has another value than the recorded one")
        }
        (Some(wanted), Some(recorded)) => {
            format!("bind {name} has the type {}, recorded is {}", kind(wanted), kind(recorded))
        }
    })
}

fn kind(bind: &Value) -> &str {
    bind.get("type").and_then(Value::as_str).unwrap_or("unknown")
}

/// The names of the context that differ, and whether both were run.
fn circumstances(wanted: &Statement, recorded: &Statement) -> Option<String> {
    let names = wanted.context.names().into_iter().zip(recorded.context.names());
    let names =
        names.filter(|(wanted, recorded)| wanted != recorded).map(|((what, wanted), (_, recorded))| {
            let [wanted, recorded] = [wanted, recorded].map(|name| name.unwrap_or("unset"));
            format!("{what} is {wanted}, recorded is {recorded}")
        });
    let run = match (wanted.describe_only, recorded.describe_only) {
        (true, false) => Some("it is only described, recorded is that it was run"),
        (false, true) => Some("it is run, recorded is that it was only described"),
        _ => None,
    };
    let parts: Vec<String> = names.chain(run.map(str::to_owned)).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}
