//! Stages and file formats.

use std::sync::Arc;

use snowflake_proto::StatementType;

use super::super::answer::status;
use super::super::catalog::{FileFormat, Kind, Stage};
use super::super::copy::check_format;
use super::super::run::Run;
use super::super::stage::find;
use super::super::syntax::{Cursor, Name, OptionValue, Options, lex};
use super::super::{Outcome, SqlError};
use super::{Head, taken};

pub(super) fn create(run: &Run, cursor: &mut Cursor<'_>, head: Head) -> Result<Outcome, SqlError> {
    let name = cursor.name()?;
    let options = Options::read(cursor)?;
    cursor.end()?;
    let known = ["FILE_FORMAT", "COMMENT", "COPY_OPTIONS", "DIRECTORY", "ENCRYPTION"];
    if let Some(other) = options.names().find(|name| !known.contains(name)) {
        return Err(SqlError::not_simulated(format!("stages with {other}")));
    }
    if options.get("COPY_OPTIONS").is_some() {
        return Err(SqlError::not_simulated("COPY_OPTIONS of stages"));
    }
    let format = match options.get("FILE_FORMAT") {
        None => Options::default(),
        Some(OptionValue::Options(format)) => format.clone(),
        Some(OptionValue::Text(name)) => named_format(run, name)?,
        Some(OptionValue::List(_)) => return Err(cursor.unexpected()),
    };
    check_format(&format)?;
    let is_full = is_full(&options)?;
    let directory = match options.get("DIRECTORY") {
        Some(OptionValue::Options(directory)) => directory.boolean("ENABLE")? == Some(true),
        _ => false,
    };
    let path = run.path(&name)?;
    let exists = find(run, &path)?.is_some();
    if let Some(outcome) = taken(exists, head, &path)? {
        return Ok(outcome);
    }
    let stage = Arc::new(Stage {
        created: run.env.now,
        comment: options.text("COMMENT").unwrap_or_default().to_owned(),
        kind: head.kind,
        area: run.engine().stages().found(is_full),
        directory,
        format,
    });
    let replaced = if head.kind == Kind::Temporary {
        // A schema that is missing is an error for temporary stages too.
        run.engine().catalog().schema(&path.database, &path.schema)?;
        run.session.state().stages.insert(path.clone(), stage)
    } else {
        run.engine()
            .catalog_mut()
            .schema_mut(&path.database, &path.schema)?
            .stages
            .insert(path.name.clone(), stage)
    };
    remove_files(run, replaced);
    status(format!("Stage area {} successfully created.", path.name), StatementType::DDL)
}

/// Whether a stage is to have files that clients encrypt; none when the statement does not say.
fn is_full(options: &Options) -> Result<Option<bool>, SqlError> {
    let Some(OptionValue::Options(encryption)) = options.get("ENCRYPTION") else { return Ok(None) };
    let written = encryption.text("TYPE").unwrap_or_default();
    match written.to_ascii_uppercase().as_str() {
        "SNOWFLAKE_FULL" => Ok(Some(true)),
        "SNOWFLAKE_SSE" => Ok(Some(false)),
        _ => Err(SqlError::new(
            "001008",
            "22023",
            format!("SQL compilation error:\ninvalid value [{written}] for parameter 'TYPE'"),
        )),
    }
}

/// The files of a stage go with it.
fn remove_files(run: &Run, stage: Option<Arc<Stage>>) -> bool {
    let Some(stage) = stage else { return false };
    run.engine().stages().clear(&stage.area);
    true
}

pub(super) fn drop(run: &Run, name: &Name) -> Result<bool, SqlError> {
    let path = run.path(name)?;
    let temporary = run.session.state().stages.remove(&path);
    if temporary.is_some() {
        return Ok(remove_files(run, temporary));
    }
    let removed =
        run.engine().catalog_mut().schema_mut(&path.database, &path.schema)?.stages.remove(&path.name);
    Ok(remove_files(run, removed))
}

/// The options of a file format: by its exact name, else by its name as it is written in a statement.
pub(in super::super) fn named_format(run: &Run, name: &str) -> Result<Options, SqlError> {
    let find = |parts: &Name| {
        let path = run.path(parts)?;
        let catalog = run.engine().catalog();
        let found = catalog.schema(&path.database, &path.schema)?.formats.get(&path.name);
        Ok::<_, SqlError>(found.map(|format| format.options.clone()))
    };
    let exact: Name = name.split('.').map(str::to_owned).collect();
    if exact.len() <= 3
        && let Ok(Some(found)) = find(&exact)
    {
        return Ok(found);
    }
    let tokens = lex(name)?;
    let mut cursor = Cursor::new(&tokens);
    let written = cursor.name()?;
    cursor.end()?;
    find(&written)?.ok_or_else(|| SqlError::missing("File format", name))
}

pub(super) fn create_format(run: &Run, cursor: &mut Cursor<'_>, head: Head) -> Result<Outcome, SqlError> {
    let name = cursor.name()?;
    let options = Options::read(cursor)?;
    cursor.end()?;
    check_format(&options)?;
    let path = run.path(&name)?;
    let exists =
        run.engine().catalog().schema(&path.database, &path.schema)?.formats.contains_key(&path.name);
    if let Some(outcome) = taken(exists, head, &path)? {
        return Ok(outcome);
    }
    let format = FileFormat {
        created: run.env.now,
        comment: options.text("COMMENT").unwrap_or_default().to_owned(),
        options,
    };
    run.engine()
        .catalog_mut()
        .schema_mut(&path.database, &path.schema)?
        .formats
        .insert(path.name.clone(), Arc::new(format));
    status(format!("File format {} successfully created.", path.name), StatementType::DDL)
}

pub(super) fn drop_format(run: &Run, name: &Name) -> Result<bool, SqlError> {
    let path = run.path(name)?;
    let removed =
        run.engine().catalog_mut().schema_mut(&path.database, &path.schema)?.formats.remove(&path.name);
    Ok(removed.is_some())
}
