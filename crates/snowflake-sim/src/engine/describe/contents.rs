//! Databases and schemas: what they hold.

use snowflake_proto::StatementType;

use super::super::answer::{Answer, instant_value, text};
use super::super::catalog::Relation;
use super::super::information_schema;
use super::super::run::Run;
use super::super::syntax::Cursor;
use super::super::time::Stamp;
use super::super::{Outcome, SqlError};

const CONTENTS: &str = "created_on: time, name, kind";

/// Lists the schemas of a database.
///
/// # Errors
/// `002003` when it is missing.
pub(super) fn database(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    let name = cursor.identifier()?;
    cursor.end()?;
    let mut answer = Answer::listing(CONTENTS);
    let catalog = run.engine().catalog();
    let found = catalog.database(&name)?;
    let own = found.schemas.iter().map(|(name, schema)| (name.as_str(), schema.created));
    let mut all: Vec<_> = own.chain([(information_schema::NAME, found.created)]).collect();
    all.sort_by_key(|(name, _)| *name);
    for (name, created) in all {
        add(&mut answer, created, name, "SCHEMA");
    }
    answer.finish(StatementType::DESCRIBE)
}

/// Lists the tables and views of a schema.
///
/// # Errors
/// `002003` when it is missing.
pub(super) fn schema(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    let name = cursor.name()?;
    cursor.end()?;
    let (database, schema) = run.schema_path(&name)?;
    let mut answer = Answer::listing(CONTENTS);
    let catalog = run.engine().catalog();
    for (name, relation) in &catalog.schema(&database, &schema)?.relations {
        match relation {
            Relation::Table(table) => add(&mut answer, table.options.created, name, "TABLE"),
            Relation::View(view) => add(&mut answer, view.created, name, "VIEW"),
        }
    }
    answer.finish(StatementType::DESCRIBE)
}

fn add(answer: &mut Answer, created: Stamp, name: &str, kind: &str) {
    answer.row(vec![instant_value(created), text(name), text(kind)]);
}
