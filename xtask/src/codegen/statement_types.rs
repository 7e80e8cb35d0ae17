//! Statement types: the constants and facts of `StatementType`, and their reference page.

use std::fmt::Write as _;

use serde::Deserialize;

use super::{Generated, cell, distinct, rust};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalogue {
    statement: Vec<Statement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    id: u16,
    name: String,
    statement: String,
    result: Outcome,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Rows,
    Count,
    None,
    Unknown,
}

impl Outcome {
    fn variant(self) -> &'static str {
        match self {
            Self::Rows => "Rows",
            Self::Count => "Count",
            Self::None => "None",
            Self::Unknown => "Unknown",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Count => "numbers of changed rows",
            Self::None => "a status text",
            Self::Unknown => "not known",
        }
    }
}

pub(super) fn generate(catalogue: &Catalogue) -> Result<Vec<Generated>, String> {
    let mut statements: Vec<&Statement> = catalogue.statement.iter().collect();
    statements.sort_by_key(|statement| statement.id);
    let ids: Vec<String> = statements.iter().map(|statement| format!("{:#06X}", statement.id)).collect();
    distinct("statement type", ids.iter().map(String::as_str))?;
    distinct("statement type", statements.iter().map(|statement| statement.name.as_str()))?;
    Ok(vec![
        Generated {
            path: "crates/snowflake-proto/src/generated/statement_types.rs",
            text: source(&statements),
        },
        Generated { path: "docs/reference/statement-types.md", text: page(&statements) },
    ])
}

fn source(statements: &[&Statement]) -> String {
    let mut text = rust::header("Statement types", "statement_types");
    text.push_str("use crate::statement_type::{Fact, Outcome, StatementType};\n\nimpl StatementType {\n");
    for statement in statements {
        let _ = writeln!(text, "/// {:#06X}: {}.", statement.id, statement.statement);
        let _ =
            writeln!(text, "pub const {}: Self = Self::from_id({:#06X});\n", statement.name, statement.id);
    }
    text.push_str("}\n\n/// What is known of each type, in the order of the ids.\npub(crate) static FACTS: &[Fact] = &[\n");
    for statement in statements {
        let _ = writeln!(
            text,
            "Fact {{ id: {:#06X}, name: {}, outcome: Outcome::{} }},",
            statement.id,
            rust::literal(&statement.name),
            statement.result.variant(),
        );
    }
    text.push_str("];\n");
    text
}

fn page(statements: &[&Statement]) -> String {
    let mut text = String::from(
        "# Statement types\n\n\
         Written by `cargo xtask codegen` from `fixtures/catalog/statement_types.toml`.\n\n\
         The `statementTypeId` of a query answer: the highest digit is the family, the two highest are the subfamily.\n\
         An id that is not listed counts as its subfamily, else as its family.\n\n\
         | Id | Decimal | Name | Statement | Answers with |\n|---|---|---|---|---|\n",
    );
    for statement in statements {
        let _ = writeln!(
            text,
            "| `{:#06X}` | {} | `{}` | {} | {} |",
            statement.id,
            statement.id,
            statement.name,
            cell(&statement.statement),
            statement.result.words(),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_becomes_a_constant_a_fact_and_a_line() {
        let entry =
            "[[statement]]\nid = 0x3100\nname = \"INSERT\"\nstatement = \"INSERT\"\nresult = \"count\"\n";
        let files = generate(&toml::from_str(entry).unwrap()).unwrap();
        assert!(files[0].text.contains("pub const INSERT: Self = Self::from_id(0x3100);"));
        assert!(files[0].text.contains("Fact { id: 0x3100, name: \"INSERT\", outcome: Outcome::Count }"));
        assert!(files[1].text.contains("| `0x3100` | 12544 | `INSERT` |"));
        let twice = format!("{entry}{entry}");
        assert!(generate(&toml::from_str(&twice).unwrap()).is_err());
    }
}
