//! Session parameters: the table `PARAMETERS` and its reference page.

use std::fmt::Write as _;

use serde::Deserialize;

use super::{Generated, cell, distinct, rust};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalogue {
    parameter: Vec<Parameter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameter {
    name: String,
    default: Default,
    doc: String,
    #[serde(default)]
    client: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Default {
    Boolean(bool),
    Integer(i64),
    Text(String),
}

impl Default {
    fn expression(&self) -> String {
        match self {
            Self::Boolean(value) => format!("ParameterValue::Boolean({value})"),
            Self::Integer(value) => format!("ParameterValue::Integer({value})"),
            Self::Text(value) => format!("ParameterValue::Text(Cow::Borrowed({}))", rust::literal(value)),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "boolean",
            Self::Integer(_) => "integer",
            Self::Text(_) => "text",
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Boolean(value) => format!("`{value}`"),
            Self::Integer(value) => format!("`{value}`"),
            Self::Text(value) if value.is_empty() => "empty".to_owned(),
            Self::Text(value) => format!("`{value}`"),
        }
    }
}

pub(super) fn generate(catalogue: &Catalogue) -> Result<Vec<Generated>, String> {
    let mut parameters: Vec<&Parameter> = catalogue.parameter.iter().collect();
    parameters.sort_by(|left, right| left.name.cmp(&right.name));
    distinct("session parameter", parameters.iter().map(|parameter| parameter.name.as_str()))?;
    Ok(vec![
        Generated {
            path: "crates/snowflake-proto/src/generated/session_parameters.rs",
            text: source(&parameters),
        },
        Generated { path: "docs/reference/session-parameters.md", text: page(&parameters) },
    ])
}

fn source(parameters: &[&Parameter]) -> String {
    let mut text = rust::header("Session parameters", "session_parameters");
    text.push_str(
        "use std::borrow::Cow;\n\nuse crate::parameter::{Parameter, ParameterValue};\n\n\
         /// Every session parameter that a login answer carries and that clients look at, in the order of the names.\n\
         pub static PARAMETERS: &[Parameter] = &[\n",
    );
    for parameter in parameters {
        let _ = writeln!(
            text,
            "Parameter {{ name: {}, default: {}, client: {}, doc: {} }},",
            rust::literal(&parameter.name),
            parameter.default.expression(),
            parameter.client,
            rust::literal(&parameter.doc),
        );
    }
    text.push_str("];\n");
    text
}

fn page(parameters: &[&Parameter]) -> String {
    let mut text = String::from(
        "# Session parameters\n\n\
         Written by `cargo xtask codegen` from `fixtures/catalog/session_parameters.toml`.\n\n\
         Parameters of a session that a client looks at or that change what a result looks like.\n\
         The simulator starts every session with these defaults.\n\n\
         | Name | Type | Default | What it does | For |\n|---|---|---|---|---|\n",
    );
    for parameter in parameters {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} |",
            parameter.name,
            parameter.default.kind(),
            cell(&parameter.default.words()),
            cell(&parameter.doc),
            if parameter.client { "clients" } else { "the engine" },
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_keep_their_types() {
        let entries = "[[parameter]]\nname = \"B\"\ndefault = true\ndoc = \"b\"\nclient = true\n\
                       [[parameter]]\nname = \"A\"\ndefault = \"x\"\ndoc = \"a\"\n";
        let files = generate(&toml::from_str(entries).unwrap()).unwrap();
        assert!(files[0].text.contains("ParameterValue::Boolean(true), client: true"));
        assert!(files[0].text.contains("ParameterValue::Text(Cow::Borrowed(\"x\"))"));
        let [a, b] = ["| `A` | text", "| `B` | boolean"].map(|line| files[1].text.find(line).unwrap());
        assert!(a < b);
    }
}
