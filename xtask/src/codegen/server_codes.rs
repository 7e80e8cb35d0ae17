//! Server codes: the constants and facts of `ServerCode`, and their reference page.

use std::fmt::Write as _;

use serde::Deserialize;

use super::{Generated, cell, distinct, rust};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalogue {
    code: Vec<Code>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
    name: String,
    meaning: String,
    recovery: Recovery,
    sql_state: Option<String>,
    advice: Option<String>,
    #[serde(default)]
    unverified: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Recovery {
    Never,
    Retry,
    RetryIfIdempotent,
    RenewSession,
    Reauthenticate,
}

impl Recovery {
    /// The variant of `snowflake_proto::Recovery`.
    fn variant(self) -> &'static str {
        match self {
            Self::Never => "Never",
            Self::Retry => "Retry",
            Self::RetryIfIdempotent => "RetryIfIdempotent",
            Self::RenewSession => "RenewSession",
            Self::Reauthenticate => "Reauthenticate",
        }
    }

    /// What it means for a reader of the reference page.
    fn words(self) -> &'static str {
        match self {
            Self::Never => "fails",
            Self::Retry => "tried again",
            Self::RetryIfIdempotent => "tried again if that is harmless",
            Self::RenewSession => "session renewed, then sent again",
            Self::Reauthenticate => "new login",
        }
    }
}

pub(super) fn generate(catalogue: &Catalogue) -> Result<Vec<Generated>, String> {
    let mut codes: Vec<&Code> = catalogue.code.iter().collect();
    codes.sort_by(|left, right| left.code.cmp(&right.code));
    distinct("code", codes.iter().map(|code| code.code.as_str()))?;
    distinct("code name", codes.iter().map(|code| code.name.as_str()))?;
    for code in &codes {
        if code.code.len() != 6 || !code.code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("code {} is not six digits", code.code));
        }
        if code.sql_state.as_ref().is_some_and(|state| state.len() != 5) {
            return Err(format!("the SQLSTATE of code {} is not five characters", code.code));
        }
    }
    Ok(vec![
        Generated { path: "crates/snowflake-proto/src/generated/server_codes.rs", text: source(&codes) },
        Generated { path: "docs/reference/server-codes.md", text: page(&codes) },
    ])
}

fn source(codes: &[&Code]) -> String {
    let mut text = rust::header("Server codes", "server_codes");
    text.push_str(
        "use crate::code::{Fact, ServerCode};\nuse crate::recovery::Recovery;\n\nimpl ServerCode {\n",
    );
    for code in codes {
        let _ = writeln!(text, "/// {}: {}.", code.code, code.meaning);
        let _ =
            writeln!(text, "pub const {}: Self = Self::known({});\n", code.name, rust::literal(&code.code));
    }
    text.push_str("}\n\n/// What is known of each code, in the order of the codes.\npub(crate) static FACTS: &[Fact] = &[\n");
    for code in codes {
        let _ = writeln!(
            text,
            "Fact {{ code: {}, name: {}, meaning: {}, recovery: Recovery::{}, sql_state: {}, advice: {}, verified: {} }},",
            rust::literal(&code.code),
            rust::literal(&code.name),
            rust::literal(&code.meaning),
            code.recovery.variant(),
            rust::optional(code.sql_state.as_deref()),
            rust::optional(code.advice.as_deref()),
            !code.unverified,
        );
    }
    text.push_str("];\n");
    text
}

fn page(codes: &[&Code]) -> String {
    let mut text = String::from(
        "# Server codes\n\n\
         Written by `cargo xtask codegen` from `fixtures/catalog/server_codes.toml`.\n\n\
         What the server answers with, what the client does about it by itself, and what is left to you.\n\
         A star marks codes whose exact use is hearsay.\n\n\
         | Code | Name | Meaning | SQLSTATE | Client | Advice |\n|---|---|---|---|---|---|\n",
    );
    for code in codes {
        let _ = writeln!(
            text,
            "| `{}`{} | `{}` | {} | {} | {} | {} |",
            code.code,
            if code.unverified { " *" } else { "" },
            code.name,
            cell(&code.meaning),
            code.sql_state.as_deref().unwrap_or(""),
            code.recovery.words(),
            cell(code.advice.as_deref().unwrap_or("")),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(code: &str) -> Catalogue {
        toml::from_str(&format!(
            "[[code]]\ncode = \"{code}\"\nname = \"SYNTAX_ERROR\"\nmeaning = \"a | b\"\nrecovery = \"renew_session\"\nadvice = \"read\"\n"
        ))
        .unwrap()
    }

    #[test]
    fn a_code_becomes_a_constant_a_fact_and_a_line() {
        let files = generate(&catalogue("001003")).unwrap();
        assert!(files[0].text.contains("pub const SYNTAX_ERROR: Self = Self::known(\"001003\");"));
        assert!(
            files[0]
                .text
                .contains("recovery: Recovery::RenewSession, sql_state: None, advice: Some(\"read\")")
        );
        assert!(files[1].text.contains("| `001003` | `SYNTAX_ERROR` | a \\| b |"));
    }

    #[test]
    fn a_code_without_leading_zeros_is_refused() {
        assert!(generate(&catalogue("1003")).is_err());
    }
}
