//! Configuration keys: the table that the client reads its environment by, and its reference page.

use std::fmt::Write as _;

use serde::Deserialize;

use super::{Generated, cell, distinct, rust};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalogue {
    variable: Vec<Variable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Variable {
    env: String,
    key: String,
    group: String,
    kind: Kind,
    #[serde(default)]
    choices: Vec<String>,
    default: Option<String>,
    #[serde(default)]
    required: bool,
    doc: String,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Text,
    Secret,
    Path,
    Integer,
    Boolean,
    Duration,
    Choice,
}

impl Kind {
    fn variant(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Secret => "Secret",
            Self::Path => "Path",
            Self::Integer => "Integer",
            Self::Boolean => "Boolean",
            Self::Duration => "Duration",
            Self::Choice => "Choice",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Secret => "secret",
            Self::Path => "path",
            Self::Integer => "integer",
            Self::Boolean => "true or false",
            Self::Duration => "duration",
            Self::Choice => "one of",
        }
    }
}

pub(super) fn generate(catalogue: &Catalogue) -> Result<Vec<Generated>, String> {
    let variables = &catalogue.variable;
    distinct("variable", variables.iter().map(|variable| variable.env.as_str()))?;
    distinct("key", variables.iter().map(|variable| variable.key.as_str()))?;
    for variable in variables {
        if (variable.kind == Kind::Choice) == variable.choices.is_empty() {
            return Err(format!("{}: choices belong to a choice, and to nothing else", variable.env));
        }
    }
    Ok(vec![
        Generated { path: "crates/snowflake-client/src/config/generated.rs", text: source(variables) },
        Generated { path: "docs/reference/configuration.md", text: page(variables) },
    ])
}

const TYPES: &str = "\
/// An environment variable that sets a key of the configuration.
#[derive(Debug)]
pub(crate) struct Variable {
    /// Name of the environment variable.
    pub(crate) env: &'static str,
    /// Name of the key.
    pub(crate) key: &'static str,
    /// How the text is read.
    pub(crate) kind: Kind,
    /// The value without the variable, written as in the environment; tests compare the code's defaults with it.
    #[cfg(test)]
    pub(crate) default: Option<&'static str>,
}

/// How the text of a variable is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As it is.
    Text,
    /// As it is, and shown to nobody.
    Secret,
    /// As the path of a file.
    Path,
    /// As a whole number without a sign.
    Integer,
    /// As true or false.
    Boolean,
    /// As a number with a unit: `500ms`, `30s`, `5m`, `2h`.
    Duration,
    /// As one of these words.
    Choice(&'static [&'static str]),
}

/// Every variable, as the reference page lists them.
pub(crate) static VARIABLES: &[Variable] = &[
";

fn source(variables: &[Variable]) -> String {
    let mut text = rust::header("Environment variables", "config");
    text.push_str(TYPES);
    for variable in variables {
        let choices: Vec<String> = variable.choices.iter().map(|choice| rust::literal(choice)).collect();
        let kind = match variable.kind {
            Kind::Choice => format!("Kind::Choice(&[{}])", choices.join(", ")),
            kind => format!("Kind::{}", kind.variant()),
        };
        let _ = writeln!(
            text,
            "Variable {{ env: {}, key: {}, kind: {kind}, #[cfg(test)] default: {} }},",
            rust::literal(&variable.env),
            rust::literal(&variable.key),
            rust::optional(variable.default.as_deref()),
        );
    }
    text.push_str("];\n");
    text
}

fn page(variables: &[Variable]) -> String {
    let mut text = String::from(
        "# Configuration\n\n\
         Written by `cargo xtask codegen` from `fixtures/catalog/config.toml`.\n\n\
         `SnowflakeClient::from_env()` reads these variables; an empty one counts as absent.\n\
         A duration is a number with a unit: `500ms`, `30s`, `5m`, `2h`.\n",
    );
    let mut group = "";
    for variable in variables {
        if variable.group != group {
            group = &variable.group;
            let _ = writeln!(
                text,
                "\n## {group}\n\n| Variable | Type | Default | What it does |\n|---|---|---|---|"
            );
        }
        let choices: Vec<String> = variable.choices.iter().map(|choice| format!("`{choice}`")).collect();
        let kind = format!("{} {}", variable.kind.words(), choices.join(", "));
        let default = match &variable.default {
            Some(default) => format!("`{default}`"),
            None if variable.required => "required".to_owned(),
            None => String::new(),
        };
        let _ = writeln!(
            text,
            "| `{}` | {} | {default} | {} |",
            variable.env,
            kind.trim_end(),
            cell(&variable.doc)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORT: &str = "[[variable]]\nenv = \"SNOWFLAKE_PORT\"\nkey = \"port\"\ngroup = \"Address\"\nkind = \"integer\"\ndoc = \"p\"\n";

    #[test]
    fn a_variable_becomes_an_entry_and_a_line() {
        let files = generate(&toml::from_str(PORT).unwrap()).unwrap();
        assert!(files[0].text.contains("key: \"port\", kind: Kind::Integer, #[cfg(test)] default: None"));
        assert!(files[1].text.contains("## Address"));
        assert!(files[1].text.contains("| `SNOWFLAKE_PORT` | integer |  | p |"));
    }

    #[test]
    fn a_choice_needs_choices() {
        let entry = PORT.replace("integer", "choice");
        assert!(generate(&toml::from_str(&entry).unwrap()).is_err());
        let entry = format!("{entry}choices = [\"a\", \"b\"]\n");
        let files = generate(&toml::from_str(&entry).unwrap()).unwrap();
        assert!(files[0].text.contains("Kind::Choice(&[\"a\", \"b\"])"));
        assert!(files[1].text.contains("one of `a`, `b`"));
    }
}
