//! `ALTER TABLE`.

use std::sync::Arc;

use snowflake_proto::StatementType;

use super::super::answer::status;
use super::super::catalog::{Kind, ObjectPath, Relation, Table, TableOptions, Version};
use super::super::run::Run;
use super::super::syntax::{Cursor, Options};
use super::super::{Outcome, SqlError};
use super::columns;
use super::table::{drop, put};

/// The table that is changed, and its name.
pub(super) struct Subject {
    pub(super) table: Arc<Table>,
    pub(super) path: ObjectPath,
}

/// Runs `ALTER TABLE [IF EXISTS] name …`, after those first two words.
///
/// # Errors
/// `002003` when the table is missing, `0A000` for changes that are not simulated, and whatever is wrong
/// with the change.
pub(super) async fn table(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    let if_exists = cursor.words(&["IF", "EXISTS"]);
    let name = cursor.name()?;
    let path = run.path(&name)?;
    let done = || status("Statement executed successfully.", StatementType::DDL);
    if if_exists && run.relation(&path)?.is_none() {
        return done();
    }
    let subject = Subject { table: run.table(&path, &name.join("."))?, path };
    if cursor.words(&["RENAME", "TO"]) {
        let to = run.path(&cursor.name()?)?;
        cursor.end()?;
        rename(run, &subject, &to)?;
    } else if cursor.words(&["SWAP", "WITH"]) {
        let with = cursor.name()?;
        cursor.end()?;
        let path = run.path(&with)?;
        let other = Subject { table: run.table(&path, &with.join("."))?, path };
        swap(run, &subject, &other)?;
    } else if cursor.word("SET") {
        set(run, &subject, cursor).await?;
    } else if cursor.words(&["CLUSTER", "BY"]) {
        let keys = cursor.parenthesised()?;
        cursor.end()?;
        let cluster_by = format!("LINEAR({})", keys.all());
        remake(run, &subject, |options| options.cluster_by = cluster_by).await?;
    } else if cursor.words(&["DROP", "CLUSTERING", "KEY"]) {
        cursor.end()?;
        remake(run, &subject, |options| options.cluster_by.clear()).await?;
    } else {
        columns::change(run, &subject, cursor).await?;
    }
    done()
}

fn rename(run: &Run, subject: &Subject, to: &ObjectPath) -> Result<(), SqlError> {
    if run.relation(to)?.is_some() {
        return Err(SqlError::exists(&to.to_string()));
    }
    let path = &subject.path;
    // The new schema has to be there before the old name goes.
    run.engine().catalog().schema(&to.database, &to.schema)?;
    drop(run, &vec![path.database.clone(), path.schema.clone(), path.name.clone()])?;
    put(run, to, subject.table.options.kind, Arc::clone(&subject.table))
}

/// Both names change their tables at once.
fn swap(run: &Run, one: &Subject, other: &Subject) -> Result<(), SqlError> {
    let kinds = [one, other].map(|each| each.table.options.kind == Kind::Temporary);
    match kinds {
        [true, true] => {
            let mut state = run.session.state();
            state.relations.insert(one.path.clone(), Relation::Table(Arc::clone(&other.table)));
            state.relations.insert(other.path.clone(), Relation::Table(Arc::clone(&one.table)));
            Ok(())
        }
        [false, false] => {
            let mut catalog = run.engine().catalog_mut();
            for (path, table) in [(&one.path, &other.table), (&other.path, &one.table)] {
                let schema = catalog.schema_mut(&path.database, &path.schema)?;
                schema.relations.insert(path.name.clone(), Relation::Table(Arc::clone(table)));
            }
            Ok(())
        }
        _ => Err(SqlError::not_simulated("SWAP WITH between a temporary table and another")),
    }
}

async fn set(run: &Run, subject: &Subject, cursor: &mut Cursor<'_>) -> Result<(), SqlError> {
    let options = Options::read(cursor)?;
    cursor.end()?;
    if options.is_empty() {
        return Err(cursor.unexpected());
    }
    let known = ["ENABLE_SCHEMA_EVOLUTION", "COMMENT", "DATA_RETENTION_TIME_IN_DAYS"];
    if let Some(other) = options.names().find(|name| !known.contains(name)) {
        return Err(SqlError::not_simulated(format!("ALTER TABLE … SET {other}")));
    }
    if let Some(evolves) = options.boolean("ENABLE_SCHEMA_EVOLUTION")? {
        subject.table.set_evolves(evolves);
    }
    if let Some(comment) = options.text("COMMENT") {
        remake(run, subject, |options| comment.clone_into(&mut options.comment)).await?;
    }
    Ok(())
}

/// Changes what is said of a table; its rows stay.
pub(super) async fn remake(
    run: &Run,
    subject: &Subject,
    change: impl FnOnce(&mut TableOptions),
) -> Result<(), SqlError> {
    let _gate = run.gate(&subject.table).await?;
    let mut options = subject.table.options.clone();
    change(&mut options);
    options.defined = run.env.now;
    let table = subject.table.remade(options);
    table.set_version(Version::new(subject.table.version().batches.clone()));
    put(run, &subject.path, table.options.kind, Arc::new(table))?;
    subject.table.retire();
    Ok(())
}
