//! Tables, views and columns.

use std::collections::BTreeMap;

use serde_json::json;

use super::super::SqlError;
use super::super::answer::{Answer, COUNT, INSTANT, count_value, instant_value, letter};
use super::super::catalog::{Kind, ObjectPath, Relation, TableColumn};
use super::super::run::Run;
use super::super::types::SqlType;
use super::super::value::Value;
use super::filter::{Filter, Scope};

const OWNER: &str = "ACCOUNTADMIN";

fn text(value: &str) -> Value<'static> {
    Value::text(value.to_owned())
}

/// The tables and views in scope, by name; temporary ones hide others.
pub(super) fn relations(run: &Run, filter: &Filter) -> Result<BTreeMap<ObjectPath, Relation>, SqlError> {
    let mut found = BTreeMap::new();
    for (database, schema) in filter.schemas(run)? {
        let catalog = run.engine().catalog();
        for (name, relation) in &catalog.schema(&database, &schema)?.relations {
            let path = ObjectPath { database: database.clone(), schema: schema.clone(), name: name.clone() };
            found.insert(path, relation.clone());
        }
        for (path, relation) in &run.session.state().relations {
            if path.database == database && path.schema == schema {
                found.insert(path.clone(), relation.clone());
            }
        }
    }
    Ok(found)
}

pub(super) fn tables(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::of_text(&[
        "created_on",
        "name",
        "database_name",
        "schema_name",
        "kind",
        "comment",
        "cluster_by",
        "rows",
        "bytes",
        "owner",
        "retention_time",
        "automatic_clustering",
        "change_tracking",
        "search_optimization",
        "search_optimization_progress",
        "search_optimization_bytes",
        "is_external",
        "enable_schema_evolution",
        "owner_role_type",
        "is_event",
        "budget",
        "is_hybrid",
        "is_iceberg",
        "is_dynamic",
        "is_immutable",
    ])
    .with(&["created_on"], &INSTANT)
    .with(&["rows", "bytes"], &COUNT);
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
            ("owner", text(OWNER)),
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
    let mut answer = Answer::of_text(&[
        "created_on",
        "name",
        "reserved",
        "database_name",
        "schema_name",
        "owner",
        "comment",
        "text",
        "is_secure",
        "is_materialized",
        "owner_role_type",
        "change_tracking",
    ])
    .with(&["created_on"], &INSTANT);
    let mut left = filter.limit();
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
            ("owner", text(OWNER)),
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

pub(super) fn objects(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::of_text(&[
        "created_on",
        "name",
        "database_name",
        "schema_name",
        "kind",
        "comment",
        "cluster_by",
        "rows",
        "bytes",
        "owner",
        "retention_time",
        "owner_role_type",
        "is_hybrid",
        "is_dynamic",
        "is_iceberg",
    ])
    .with(&["created_on"], &INSTANT)
    .with(&["rows", "bytes"], &COUNT);
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
            ("owner", text(OWNER)),
            ("retention_time", text("1")),
            ("owner_role_type", text("ROLE")),
            ("is_hybrid", text("N")),
            ("is_dynamic", text("N")),
            ("is_iceberg", text("N")),
        ]);
    }
    Ok(answer)
}

pub(super) fn columns(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::of_text(&[
        "table_name",
        "schema_name",
        "column_name",
        "data_type",
        "null?",
        "default",
        "kind",
        "expression",
        "comment",
        "database_name",
        "autoincrement",
        "schema_evolution_record",
    ]);
    let only = match (&filter.scope, filter.table(run)?) {
        (_, Some(path)) => Some(path),
        // `SHOW COLUMNS IN x` names a table.
        (Scope::Unstated(name), None) => {
            run.path(name).ok().filter(|path| matches!(run.relation(path), Ok(Some(_))))
        }
        _ => None,
    };
    let found = match &only {
        Some(path) => run.relation(path)?.map(|relation| (path.clone(), relation)).into_iter().collect(),
        None => relations(run, filter)?,
    };
    let mut left = filter.limit();
    for (path, relation) in found {
        let columns: &[TableColumn] = match &relation {
            Relation::Table(table) => table.columns(),
            Relation::View(view) => &view.columns,
        };
        for column in columns.iter().filter(|column| filter.takes(&column.name)) {
            if left == 0 {
                return Ok(answer);
            }
            left -= 1;
            let identity = column
                .identity
                .map(|(start, step)| format!("IDENTITY START {start} INCREMENT {step} NOORDER"));
            answer.named(vec![
                ("table_name", text(&path.name)),
                ("schema_name", text(&path.schema)),
                ("column_name", text(&column.name)),
                ("data_type", Value::text(data_type(column))),
                ("null?", text(if column.nullable { "true" } else { "NOT_NULL" })),
                ("default", text(column.default.as_deref().unwrap_or(""))),
                ("kind", text("COLUMN")),
                ("expression", text("")),
                ("comment", text(column.comment.as_deref().unwrap_or(""))),
                ("database_name", text(&path.database)),
                ("autoincrement", Value::text(identity.unwrap_or_default())),
            ]);
        }
    }
    Ok(answer)
}

/// The JSON text that `SHOW COLUMNS` writes for a type.
fn data_type(column: &TableColumn) -> String {
    let nullable = column.nullable;
    let described = match &column.data_type {
        SqlType::Number { precision, scale } => {
            json!({"type": "FIXED", "precision": precision, "scale": scale, "nullable": nullable})
        }
        SqlType::Text { length } => {
            json!({"type": "TEXT", "length": length, "byteLength": length.saturating_mul(4).min(16_777_216), "nullable": nullable, "fixed": false})
        }
        SqlType::Binary { length } => {
            json!({"type": "BINARY", "length": length, "byteLength": length, "nullable": nullable, "fixed": true})
        }
        SqlType::Time { scale }
        | SqlType::TimestampNtz { scale }
        | SqlType::TimestampLtz { scale }
        | SqlType::TimestampTz { scale } => {
            json!({"type": column.data_type.wire_name().to_uppercase(), "precision": 0, "scale": scale, "nullable": nullable})
        }
        other => json!({"type": other.wire_name().to_uppercase(), "nullable": nullable}),
    };
    described.to_string()
}
