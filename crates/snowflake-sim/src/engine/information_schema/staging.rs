//! Stages, file formats and what was loaded.

use super::super::SqlError;
use super::super::answer::{Answer, text};
use super::super::catalog::{Kind, OWNER, Relation};
use super::super::copy::properties;
use super::super::run::Run;
use super::super::value::Value;

pub(super) const STAGES: &str = "STAGE_CATALOG, STAGE_SCHEMA, STAGE_NAME, STAGE_URL, STAGE_REGION, STAGE_TYPE, STAGE_OWNER, COMMENT, \
     CREATED: timestamp, LAST_ALTERED: timestamp, ENDPOINT, DIRECTORY_ENABLED";
pub(super) const FILE_FORMATS: &str = "FILE_FORMAT_CATALOG, FILE_FORMAT_SCHEMA, FILE_FORMAT_NAME, FILE_FORMAT_OWNER, FILE_FORMAT_TYPE, \
     RECORD_DELIMITER, FIELD_DELIMITER, SKIP_HEADER: number, DATE_FORMAT, TIME_FORMAT, TIMESTAMP_FORMAT, \
     BINARY_FORMAT, ESCAPE, ESCAPE_UNENCLOSED_FIELD, TRIM_SPACE, FIELD_OPTIONALLY_ENCLOSED_BY, NULL_IF, \
     COMPRESSION, ERROR_ON_COLUMN_COUNT_MISMATCH, CREATED: timestamp, LAST_ALTERED: timestamp, COMMENT";
pub(super) const LOAD_HISTORY: &str = "SCHEMA_NAME, FILE_NAME, TABLE_NAME, LAST_LOAD_TIME: timestamp, STATUS, ROW_COUNT: number, \
     ROW_PARSED: number, FIRST_ERROR_MESSAGE, FIRST_ERROR_LINE_NUMBER: number, \
     FIRST_ERROR_CHARACTER_POSITION: number, FIRST_ERROR_COL_NAME, ERROR_COUNT: number, ERROR_LIMIT: number";

/// The stages of the database, with those of the session.
///
/// # Errors
/// `002003` when the database is missing.
pub(super) fn stages(run: &Run, database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    let catalog = run.engine().catalog();
    let state = run.session.state();
    let permanent = catalog.database(database)?.schemas.iter().flat_map(|(schema, content)| {
        content.stages.iter().map(|(name, stage)| (schema.as_str(), name.as_str(), stage))
    });
    let temporary = state.stages.iter().filter(|(path, _)| path.database == database);
    let temporary = temporary.map(|(path, stage)| (path.schema.as_str(), path.name.as_str(), stage));
    for (schema, name, stage) in permanent.chain(temporary) {
        let kind = if stage.kind == Kind::Temporary { "Internal Temporary" } else { "Internal Named" };
        answer.named(vec![
            ("STAGE_CATALOG", text(database)),
            ("STAGE_SCHEMA", text(schema)),
            ("STAGE_NAME", text(name)),
            ("STAGE_TYPE", text(kind)),
            ("STAGE_OWNER", text(OWNER)),
            ("COMMENT", text(&stage.comment)),
            ("CREATED", Value::Ltz(stage.created)),
            ("LAST_ALTERED", Value::Ltz(stage.created)),
            ("DIRECTORY_ENABLED", text(if stage.directory { "Y" } else { "N" })),
        ]);
    }
    Ok(())
}

/// The file formats of the database. An option that a format does not have is NULL.
///
/// # Errors
/// `002003` when the database is missing.
pub(super) fn file_formats(run: &Run, database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    let catalog = run.engine().catalog();
    for (schema, content) in &catalog.database(database)?.schemas {
        for (name, format) in &content.formats {
            let mut row = vec![
                ("FILE_FORMAT_CATALOG", text(database)),
                ("FILE_FORMAT_SCHEMA", text(schema)),
                ("FILE_FORMAT_NAME", text(name)),
                ("FILE_FORMAT_OWNER", text(OWNER)),
                ("CREATED", Value::Ltz(format.created)),
                ("LAST_ALTERED", Value::Ltz(format.created)),
                ("COMMENT", text(&format.comment)),
            ];
            for property in properties(&format.options) {
                match property.name {
                    "TYPE" => row.push(("FILE_FORMAT_TYPE", text(&property.value))),
                    "SKIP_HEADER" => {
                        let count = property.value.parse().map_or(Value::Null, Value::integer);
                        row.push(("SKIP_HEADER", count));
                    }
                    other => row.push((other, text(&property.value))),
                }
            }
            answer.named(row);
        }
    }
    Ok(())
}

/// What has been loaded from staged files into the tables of the database.
///
/// # Errors
/// `002003` when the database is missing.
pub(super) fn load_history(run: &Run, database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    let catalog = run.engine().catalog();
    for (schema, content) in &catalog.database(database)?.schemas {
        for (name, relation) in &content.relations {
            let Relation::Table(table) = relation else { continue };
            for load in table.loads().past() {
                let own = [text(schema), text(&load.file), text(name)];
                answer.row(own.into_iter().chain(load.facts()).collect());
            }
        }
    }
    Ok(())
}
