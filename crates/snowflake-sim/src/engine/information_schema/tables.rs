//! Tables and views.

use std::sync::Arc;

use super::super::SqlError;
use super::super::answer::{Answer, count_value, text};
use super::super::catalog::{Kind, OWNER, ObjectPath, Relation, Table, View};
use super::super::run::Run;
use super::super::value::Value;
use super::containers::yes;
use super::relations::relations;
use super::{NAME, views as system_views};

pub(super) const TABLES: &str = "TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, TABLE_OWNER, TABLE_TYPE, IS_TRANSIENT, CLUSTERING_KEY, \
     ROW_COUNT: number, BYTES: number, RETENTION_TIME: number, SELF_REFERENCING_COLUMN_NAME, \
     REFERENCE_GENERATION, USER_DEFINED_TYPE_CATALOG, USER_DEFINED_TYPE_SCHEMA, USER_DEFINED_TYPE_NAME, \
     IS_INSERTABLE_INTO, IS_TYPED, COMMIT_ACTION, CREATED: timestamp, LAST_ALTERED: timestamp, \
     LAST_DDL: timestamp, LAST_DDL_BY, AUTO_CLUSTERING_ON, COMMENT, IS_TEMPORARY, IS_ICEBERG, IS_DYNAMIC, \
     IS_IMMUTABLE, IS_HYBRID";
pub(super) const VIEWS: &str = "TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, TABLE_OWNER, VIEW_DEFINITION, CHECK_OPTION, IS_UPDATABLE, \
     INSERTABLE_INTO, IS_SECURE, CREATED: timestamp, LAST_ALTERED: timestamp, LAST_DDL: timestamp, LAST_DDL_BY, \
     COMMENT";
pub(super) const TABLE_STORAGE_METRICS: &str = "TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, ID: number, CLONE_GROUP_ID: number, IS_TRANSIENT, \
     ACTIVE_BYTES: number, TIME_TRAVEL_BYTES: number, FAILSAFE_BYTES: number, RETAINED_FOR_CLONE_BYTES: number, \
     TABLE_CREATED: timestamp, TABLE_DROPPED: timestamp, TABLE_ENTERED_FAILSAFE: timestamp, \
     CATALOG_CREATED: timestamp, CATALOG_DROPPED: timestamp, SCHEMA_CREATED: timestamp, \
     SCHEMA_DROPPED: timestamp, COMMENT";

/// All tables and views, the system's own among them.
///
/// # Errors
/// `002003` when the database is missing.
pub(super) fn tables(run: &Run, database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    for (path, relation) in relations(run, database)? {
        match relation {
            Relation::Table(table) => answer.named(table_row(run, &path, &table)?),
            Relation::View(view) => answer.named(view_row(&path, &view)),
        }
    }
    let created = run.engine().catalog().database(database)?.created;
    for name in system_views() {
        answer.named(vec![
            ("TABLE_CATALOG", text(database)),
            ("TABLE_SCHEMA", text(NAME)),
            ("TABLE_NAME", text(name)),
            ("TABLE_TYPE", text("VIEW")),
            ("CREATED", Value::Ltz(created)),
            ("LAST_ALTERED", Value::Ltz(created)),
        ]);
    }
    Ok(())
}

type Row = Vec<(&'static str, Value<'static>)>;

fn table_row(run: &Run, path: &ObjectPath, table: &Arc<Table>) -> Result<Row, SqlError> {
    let (options, version) = (&table.options, run.version(table)?);
    let is_temporary = options.kind == Kind::Temporary;
    let cluster_by = &options.cluster_by;
    Ok(vec![
        ("TABLE_CATALOG", text(&path.database)),
        ("TABLE_SCHEMA", text(&path.schema)),
        ("TABLE_NAME", text(&path.name)),
        ("TABLE_OWNER", text(OWNER)),
        ("TABLE_TYPE", text(if is_temporary { "TEMPORARY TABLE" } else { "BASE TABLE" })),
        ("IS_TRANSIENT", yes(options.kind == Kind::Transient)),
        ("CLUSTERING_KEY", if cluster_by.is_empty() { Value::Null } else { text(cluster_by) }),
        ("ROW_COUNT", count_value(version.rows)),
        ("BYTES", count_value(version.bytes())),
        ("RETENTION_TIME", Value::integer(if is_temporary { 0 } else { 1 })),
        ("IS_INSERTABLE_INTO", yes(true)),
        ("IS_TYPED", yes(true)),
        ("CREATED", Value::Ltz(options.created)),
        ("LAST_ALTERED", Value::Ltz(table.altered())),
        ("LAST_DDL", Value::Ltz(options.defined)),
        ("AUTO_CLUSTERING_ON", yes(false)),
        ("COMMENT", text(&options.comment)),
        ("IS_TEMPORARY", yes(is_temporary)),
        ("IS_ICEBERG", yes(false)),
        ("IS_DYNAMIC", yes(false)),
        ("IS_IMMUTABLE", yes(false)),
        ("IS_HYBRID", yes(false)),
    ])
}

fn view_row(path: &ObjectPath, view: &View) -> Row {
    vec![
        ("TABLE_CATALOG", text(&path.database)),
        ("TABLE_SCHEMA", text(&path.schema)),
        ("TABLE_NAME", text(&path.name)),
        ("TABLE_OWNER", text(OWNER)),
        ("TABLE_TYPE", text("VIEW")),
        ("CREATED", Value::Ltz(view.created)),
        ("LAST_ALTERED", Value::Ltz(view.created)),
        ("LAST_DDL", Value::Ltz(view.created)),
        ("COMMENT", text(&view.comment)),
    ]
}

/// Views alone, with their definitions.
///
/// # Errors
/// `002003` when the database is missing.
pub(super) fn views(run: &Run, database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    for (path, relation) in relations(run, database)? {
        let Relation::View(view) = relation else { continue };
        answer.named(vec![
            ("TABLE_CATALOG", text(&path.database)),
            ("TABLE_SCHEMA", text(&path.schema)),
            ("TABLE_NAME", text(&path.name)),
            ("TABLE_OWNER", text(OWNER)),
            ("VIEW_DEFINITION", text(&view.text)),
            ("CHECK_OPTION", text("NONE")),
            ("IS_UPDATABLE", yes(false)),
            ("INSERTABLE_INTO", yes(false)),
            ("IS_SECURE", yes(view.secure)),
            ("CREATED", Value::Ltz(view.created)),
            ("LAST_ALTERED", Value::Ltz(view.created)),
            ("LAST_DDL", Value::Ltz(view.created)),
            ("COMMENT", text(&view.comment)),
        ]);
    }
    Ok(())
}

/// What tables take. Nothing is kept of rows that were changed, so all bytes are active ones.
///
/// # Errors
/// `002003` when the database is missing.
pub(super) fn storage(run: &Run, database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    for (path, relation) in relations(run, database)? {
        let Relation::Table(table) = relation else { continue };
        let (database_created, schema_created) = {
            let catalog = run.engine().catalog();
            (catalog.database(database)?.created, catalog.schema(database, &path.schema)?.created)
        };
        answer.named(vec![
            ("TABLE_CATALOG", text(&path.database)),
            ("TABLE_SCHEMA", text(&path.schema)),
            ("TABLE_NAME", text(&path.name)),
            ("IS_TRANSIENT", yes(table.options.kind == Kind::Transient)),
            ("ACTIVE_BYTES", count_value(table.version().bytes())),
            ("TIME_TRAVEL_BYTES", Value::integer(0)),
            ("FAILSAFE_BYTES", Value::integer(0)),
            ("RETAINED_FOR_CLONE_BYTES", Value::integer(0)),
            ("TABLE_CREATED", Value::Ltz(table.options.created)),
            ("CATALOG_CREATED", Value::Ltz(database_created)),
            ("SCHEMA_CREATED", Value::Ltz(schema_created)),
            ("COMMENT", text(&table.options.comment)),
        ]);
    }
    Ok(())
}
