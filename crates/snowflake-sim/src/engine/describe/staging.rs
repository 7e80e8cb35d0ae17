//! Stages and file formats.

use snowflake_proto::StatementType;

use super::super::answer::{Answer, text};
use super::super::copy::properties;
use super::super::run::Run;
use super::super::stage::find;
use super::super::syntax::{Cursor, Options};
use super::super::{Outcome, SqlError};

const STAGE: &str = "parent_property, property, property_type, property_value, property_default";
const FILE_FORMAT: &str = "property, property_type, property_value, property_default";
/// What a stage says of COPY: nothing, so that all have their defaults.
const COPY_OPTIONS: [(&str, &str, &str); 7] = [
    ("ON_ERROR", "String", "ABORT_STATEMENT"),
    ("SIZE_LIMIT", "Long", ""),
    ("PURGE", "Boolean", "false"),
    ("RETURN_FAILED_ONLY", "Boolean", "false"),
    ("ENFORCE_LENGTH", "Boolean", "true"),
    ("TRUNCATECOLUMNS", "Boolean", "false"),
    ("FORCE", "Boolean", "false"),
];

/// Describes a named stage.
///
/// # Errors
/// `002003` when it is missing.
pub(super) fn stage(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    let name = cursor.name()?;
    cursor.end()?;
    let stage = find(run, &run.path(&name)?)?;
    let stage = stage.ok_or_else(|| SqlError::missing("Stage", &name.join(".")))?;
    properties_of(&stage.format, stage.directory)
}

/// Describes a stage by its format.
pub(super) fn properties_of(format: &Options, directory: bool) -> Result<Outcome, SqlError> {
    let mut answer = Answer::listing(STAGE);
    let mut add = |parent: &str, name: &str, kind: &str, value: &str, default: &str| {
        answer.row([parent, name, kind, value, default].into_iter().map(text).collect());
    };
    for property in properties(format) {
        add("STAGE_FILE_FORMAT", property.name, property.kind, &property.value, property.default);
    }
    for (name, kind, default) in COPY_OPTIONS {
        add("STAGE_COPY_OPTIONS", name, kind, default, default);
    }
    add("STAGE_LOCATION", "URL", "String", "", "");
    add("STAGE_INTEGRATION", "STORAGE_INTEGRATION", "String", "", "");
    add("DIRECTORY", "ENABLE", "Boolean", if directory { "true" } else { "false" }, "false");
    answer.finish(StatementType::DESCRIBE)
}

/// Describes a named file format, after the word FILE.
///
/// # Errors
/// `002003` when it is missing.
pub(super) fn file_format(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    cursor.expect_word("FORMAT")?;
    let name = cursor.name()?;
    cursor.end()?;
    let path = run.path(&name)?;
    let found = run.engine().catalog().schema(&path.database, &path.schema)?.formats.get(&path.name).cloned();
    let found = found.ok_or_else(|| SqlError::missing("File format", &name.join(".")))?;
    let mut answer = Answer::listing(FILE_FORMAT);
    for property in properties(&found.options) {
        let cells = [property.name, property.kind, &property.value, property.default];
        answer.row(cells.into_iter().map(text).collect());
    }
    answer.finish(StatementType::DESCRIBE)
}
