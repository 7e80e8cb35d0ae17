//! SHOW.

mod filter;
mod keys;
mod objects;
mod settings;
mod tables;
mod warehouses;

use snowflake_proto::StatementType;

use super::run::Run;
use super::syntax::{Cursor, Tokens};
use super::{Outcome, SqlError};
use filter::Filter;
pub(super) use warehouses::describe as describe_warehouse;

/// What SHOW TERSE keeps.
const TERSE: [&str; 5] = ["created_on", "name", "kind", "database_name", "schema_name"];

/// Runs SHOW.
///
/// # Errors
/// `002003` for a scope that is missing, `0A000` for kinds that are not simulated.
pub(super) fn execute(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    cursor.expect_word("SHOW")?;
    let terse = cursor.word("TERSE");
    let mut kind = cursor.identifier()?;
    if ["PRIMARY", "UNIQUE", "IMPORTED", "EXPORTED"].contains(&kind.as_str()) {
        cursor.expect_word("KEYS")?;
    } else if kind == "FILE" {
        cursor.expect_word("FORMATS")?;
    } else if matches!(kind.as_str(), "USER" | "EXTERNAL" | "DYNAMIC" | "MATERIALIZED") {
        kind = format!("{kind} {}", cursor.identifier()?);
    }
    cursor.word("HISTORY");
    let filter = Filter::read(&mut cursor)?;
    cursor.end()?;
    let answer = match kind.as_str() {
        "DATABASES" => objects::databases(run, &filter),
        "SCHEMAS" => objects::schemas(run, &filter),
        "WAREHOUSES" => warehouses::warehouses(run, &filter),
        "ROLES" => objects::roles(run, &filter),
        "STAGES" => objects::stages(run, &filter),
        "FILE" => objects::file_formats(run, &filter),
        "TABLES" => tables::tables(run, &filter),
        "VIEWS" => tables::views(run, &filter),
        "OBJECTS" => tables::objects(run, &filter),
        "COLUMNS" => tables::columns(run, &filter),
        "PRIMARY" => keys::primary(run, &filter),
        "UNIQUE" => keys::unique(run, &filter),
        "IMPORTED" | "EXPORTED" => Ok(keys::imported()),
        "PARAMETERS" => settings::parameters(run, &filter),
        "VARIABLES" => settings::variables(run, &filter),
        other => Err(SqlError::not_simulated(format!("SHOW {other}"))),
    }?;
    let answer = if terse { answer.terse(&TERSE, kind.trim_end_matches('S')) } else { answer };
    answer.finish(StatementType::SHOW)
}
