//! Tables and views.

use std::collections::BTreeMap;

use super::super::SqlError;
use super::super::access::{Object, ObjectKind, kind_of};
use super::super::answer::{Answer, count_value, instant_value, letter, text};
use super::super::catalog::{Kind, ObjectPath, Relation};
use super::super::information_schema;
use super::super::run::Run;
use super::super::value::Value;
use super::filter::Filter;

const TABLES: &str = "created_on: time, name, database_name, schema_name, kind, comment, cluster_by, rows: count, bytes: count, \
     owner, retention_time, automatic_clustering, change_tracking, search_optimization, \
     search_optimization_progress, search_optimization_bytes, is_external, enable_schema_evolution, \
     owner_role_type, is_event, budget, is_hybrid, is_iceberg, is_dynamic, is_immutable";
const VIEWS: &str = "created_on: time, name, reserved, database_name, schema_name, owner, comment, text, \
                     is_secure, is_materialized, owner_role_type, change_tracking";
const OBJECTS: &str = "created_on: time, name, database_name, schema_name, kind, comment, cluster_by, \
                       rows: count, bytes: count, owner, retention_time, owner_role_type, is_hybrid, \
                       is_dynamic, is_iceberg";

/// The tables and views in scope, by name; temporary ones hide others.
pub(super) fn relations(run: &Run, filter: &Filter) -> Result<BTreeMap<ObjectPath, Relation>, SqlError> {
    let mut found = BTreeMap::new();
    for (database, schema) in filter.schemas(run)? {
        let catalog = run.engine().catalog();
        if let Ok(content) = catalog.schema(&database, &schema) {
            for (name, relation) in &content.relations {
                let (database, schema, name) = (database.clone(), schema.clone(), name.clone());
                found.insert(ObjectPath { database, schema, name }, relation.clone());
            }
        }
        for (path, relation) in &run.session.state().relations {
            if path.database == database && path.schema == schema {
                found.insert(path.clone(), relation.clone());
            }
        }
    }
    found.retain(|path, relation| run.finds(path, relation));
    Ok(found)
}

pub(super) fn tables(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = filter.listing(TABLES);
    let mut left = filter.limit();
    for (path, relation) in relations(run, filter)? {
        let Relation::Table(table) = relation else { continue };
        if !filter.takes(&path.name) || left == 0 {
            continue;
        }
        left -= 1;
        let version = run.version(&table)?;
        answer.named(vec![
            ("created_on", instant_value(table.options.created)),
            ("name", text(&path.name)),
            ("database_name", text(&path.database)),
            ("schema_name", text(&path.schema)),
            ("kind", text(table.options.kind.word())),
            ("comment", text(&table.options.comment)),
            ("cluster_by", text(&table.options.cluster_by)),
            ("rows", count_value(version.rows)),
            ("bytes", count_value(version.bytes())),
            ("owner", run.owner(&Object::at(ObjectKind::Table, &path))),
            ("retention_time", text(if table.options.kind == Kind::Temporary { "0" } else { "1" })),
            ("automatic_clustering", text("OFF")),
            ("change_tracking", text("OFF")),
            ("is_external", text("N")),
            ("enable_schema_evolution", letter(table.evolves())),
            ("owner_role_type", text("ROLE")),
            ("is_event", text("N")),
            ("is_hybrid", text("N")),
            ("is_iceberg", text("N")),
            ("is_dynamic", text("N")),
            ("is_immutable", text("N")),
        ]);
    }
    Ok(answer)
}

pub(super) fn views(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = filter.listing(VIEWS);
    let mut left = filter.limit();
    system_views(run, filter, &mut answer)?;
    for (path, relation) in relations(run, filter)? {
        let Relation::View(view) = relation else { continue };
        if !filter.takes(&path.name) || left == 0 {
            continue;
        }
        left -= 1;
        answer.named(vec![
            ("created_on", instant_value(view.created)),
            ("name", text(&path.name)),
            ("reserved", text("")),
            ("database_name", text(&path.database)),
            ("schema_name", text(&path.schema)),
            ("owner", run.owner(&Object::at(ObjectKind::View, &path))),
            ("comment", text(&view.comment)),
            ("text", text(&view.text)),
            ("is_secure", text(if view.secure { "true" } else { "false" })),
            ("is_materialized", text("false")),
            ("owner_role_type", text("ROLE")),
            ("change_tracking", text("OFF")),
        ]);
    }
    Ok(answer)
}

/// The views of an information schema, when it is what SHOW looks into.
fn system_views(run: &Run, filter: &Filter, answer: &mut Answer) -> Result<(), SqlError> {
    for (database, schema) in filter.schemas(run)? {
        if schema != information_schema::NAME {
            continue;
        }
        let created = run.engine().catalog().database(&database)?.created;
        for name in information_schema::views().filter(|name| filter.takes(name)).take(filter.limit()) {
            answer.named(vec![
                ("created_on", instant_value(created)),
                ("name", text(name)),
                ("reserved", text("")),
                ("database_name", text(&database)),
                ("schema_name", text(&schema)),
                ("owner", text("")),
                ("comment", text("")),
                ("text", text("")),
                ("is_secure", text("false")),
                ("is_materialized", text("false")),
                ("owner_role_type", text("")),
                ("change_tracking", text("OFF")),
            ]);
        }
    }
    Ok(())
}

pub(super) fn objects(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = filter.listing(OBJECTS);
    let found = relations(run, filter)?.into_iter().filter(|(path, _)| filter.takes(&path.name));
    for (path, relation) in found.take(filter.limit()) {
        let (created, kind, comment, cluster_by, rows, bytes) = match &relation {
            Relation::Table(table) => {
                let (options, version) = (&table.options, run.version(table)?);
                let (rows, bytes) = (count_value(version.rows), count_value(version.bytes()));
                (
                    options.created,
                    options.kind.word(),
                    options.comment.clone(),
                    options.cluster_by.clone(),
                    rows,
                    bytes,
                )
            }
            Relation::View(view) => {
                (view.created, "VIEW", view.comment.clone(), String::new(), Value::Null, Value::Null)
            }
        };
        answer.named(vec![
            ("created_on", instant_value(created)),
            ("name", text(&path.name)),
            ("database_name", text(&path.database)),
            ("schema_name", text(&path.schema)),
            ("kind", text(kind)),
            ("comment", Value::text(comment)),
            ("cluster_by", Value::text(cluster_by)),
            ("rows", rows),
            ("bytes", bytes),
            ("owner", run.owner(&Object::at(kind_of(&relation), &path))),
            ("retention_time", text("1")),
            ("owner_role_type", text("ROLE")),
            ("is_hybrid", text("N")),
            ("is_dynamic", text("N")),
            ("is_iceberg", text("N")),
        ]);
    }
    Ok(answer)
}
