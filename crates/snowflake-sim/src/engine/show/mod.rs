//! SHOW.

mod absent;
mod activity;
mod columns;
mod containers;
mod filter;
mod grants;
mod keys;
mod roles;
mod settings;
mod staging;
mod tables;
mod warehouses;

use snowflake_proto::StatementType;

use super::run::Run;
use super::syntax::{Cursor, Tokens};
use super::{Outcome, SqlError, task};
use filter::Filter;
pub(super) use warehouses::describe as describe_warehouse;

/// What SHOW TERSE keeps.
const TERSE: [&str; 5] = ["created_on", "name", "kind", "database_name", "schema_name"];
/// The words that begin the name of a kind of two words.
const OPENERS: [&str; 14] = [
    "PRIMARY",
    "UNIQUE",
    "IMPORTED",
    "EXPORTED",
    "FILE",
    "USER",
    "BUILTIN",
    "EXTERNAL",
    "DYNAMIC",
    "MATERIALIZED",
    "RESOURCE",
    "EVENT",
    "ICEBERG",
    "HYBRID",
];

/// Runs SHOW.
///
/// # Errors
/// `002003` for a scope that is missing, `0A000` for kinds that are not simulated.
pub(super) fn execute(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    cursor.expect_word("SHOW")?;
    let terse = cursor.word("TERSE");
    if cursor.word("GRANTS") {
        return grants::grants(run, &mut cursor)?.finish(StatementType::SHOW);
    }
    if cursor.words(&["FUTURE", "GRANTS"]) {
        return grants::future(run, &mut cursor)?.finish(StatementType::SHOW);
    }
    let mut kind = cursor.identifier()?;
    if OPENERS.contains(&kind.as_str()) {
        kind = format!("{kind} {}", cursor.identifier()?);
    }
    let filter = Filter::read(&mut cursor)?;
    cursor.end()?;
    let answer = match kind.as_str() {
        "DATABASES" => containers::databases(run, &filter),
        "SCHEMAS" => containers::schemas(run, &filter),
        "WAREHOUSES" => warehouses::warehouses(run, &filter),
        "ROLES" => roles::roles(run, &filter),
        "USERS" => roles::users(run, &filter),
        "STAGES" => staging::stages(run, &filter),
        "FILE FORMATS" => staging::file_formats(run, &filter),
        "TABLES" => tables::tables(run, &filter),
        "VIEWS" => tables::views(run, &filter),
        "OBJECTS" => tables::objects(run, &filter),
        "COLUMNS" => columns::columns(run, &filter),
        "PRIMARY KEYS" => keys::primary(run, &filter),
        "UNIQUE KEYS" => keys::unique(run, &filter),
        "IMPORTED KEYS" => keys::imported(run, &filter),
        "EXPORTED KEYS" => keys::exported(run, &filter),
        "PARAMETERS" => settings::parameters(run, &filter),
        "VARIABLES" => settings::variables(run, &filter),
        "TASKS" => filter.schemas(run).map(|schemas| {
            task::show(run, &schemas, filter.limit(), |name| filter.takes(name), filter.root_only)
        }),
        "TRANSACTIONS" => Ok(activity::transactions(run)),
        other => absent::listing(run, other, &filter),
    }?;
    // A view is nothing but a view; other kinds that say nothing have nothing to say.
    let absent = (kind == "VIEWS").then_some("VIEW");
    let answer = match terse {
        true if kind == "TASKS" => task::terse(answer),
        true => answer.terse(&TERSE, absent),
        false => answer,
    };
    answer.finish(StatementType::SHOW)
}
