//! Databases, schemas, roles, stages and file formats.

use super::super::SqlError;
use super::super::answer::{Answer, COUNT, INSTANT, instant_value, letter};
use super::super::catalog::Kind;
use super::super::run::{ROLES, Run};
use super::super::value::Value;
use super::filter::{Filter, Scope};

const OWNER: &str = "ACCOUNTADMIN";

fn text(value: &str) -> Value<'static> {
    Value::text(value.to_owned())
}

pub(super) fn databases(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::of_text(&[
        "created_on",
        "name",
        "is_default",
        "is_current",
        "origin",
        "owner",
        "comment",
        "options",
        "retention_time",
        "kind",
        "budget",
        "owner_role_type",
        "object_visibility",
    ])
    .with(&["created_on"], &INSTANT);
    let catalog = run.engine().catalog();
    for (name, database) in
        catalog.databases.iter().filter(|(name, _)| filter.takes(name)).take(filter.limit())
    {
        answer.named(vec![
            ("created_on", instant_value(database.created)),
            ("name", text(name)),
            ("is_default", letter(false)),
            ("is_current", letter(run.context.database.as_ref() == Some(name))),
            ("origin", text("")),
            ("owner", text(OWNER)),
            ("comment", text(&database.comment)),
            ("options", text(if database.kind == Kind::Transient { "TRANSIENT" } else { "" })),
            ("retention_time", text("1")),
            ("kind", text("STANDARD")),
            ("owner_role_type", text("ROLE")),
        ]);
    }
    Ok(answer)
}

pub(super) fn schemas(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::of_text(&[
        "created_on",
        "name",
        "is_default",
        "is_current",
        "database_name",
        "owner",
        "comment",
        "options",
        "retention_time",
        "owner_role_type",
        "classification_profile_database",
        "classification_profile_schema",
        "classification_profile",
        "object_visibility",
    ])
    .with(&["created_on"], &INSTANT);
    let catalog = run.engine().catalog();
    let only = match &filter.scope {
        Scope::Account => None,
        Scope::Database(Some(name)) | Scope::Unstated(name) => Some(name.join(".")),
        Scope::Database(None) => Some(run.context.database.clone().ok_or_else(SqlError::no_database)?),
        _ => run.context.database.clone(),
    };
    if let Some(name) = &only {
        catalog.database(name)?;
    }
    let mut left = filter.limit();
    for (database, content) in
        catalog.databases.iter().filter(|(name, _)| only.as_ref().is_none_or(|only| only == *name))
    {
        let own = content
            .schemas
            .iter()
            .map(|(name, schema)| (name.as_str(), schema.created, schema.comment.as_str()));
        let views = (
            "INFORMATION_SCHEMA",
            content.created,
            "Views describing the contents of schemas in this database",
        );
        let mut all: Vec<_> = own.chain([views]).filter(|(name, ..)| filter.takes(name)).collect();
        all.sort_by_key(|(name, ..)| *name);
        for (name, created, comment) in all.into_iter().take(left) {
            left -= 1;
            let current = run.context.database.as_ref() == Some(database)
                && run.context.schema.as_deref() == Some(name);
            answer.named(vec![
                ("created_on", instant_value(created)),
                ("name", text(name)),
                ("is_default", letter(false)),
                ("is_current", letter(current)),
                ("database_name", text(database)),
                ("owner", text(if name == "INFORMATION_SCHEMA" { "" } else { OWNER })),
                ("comment", text(comment)),
                ("options", text("")),
                ("retention_time", text("1")),
                ("owner_role_type", text(if name == "INFORMATION_SCHEMA" { "" } else { "ROLE" })),
            ]);
        }
    }
    Ok(answer)
}

pub(super) fn roles(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let counts = ["assigned_to_users", "granted_to_roles", "granted_roles"];
    let mut answer = Answer::of_text(&[
        "created_on",
        "name",
        "is_default",
        "is_current",
        "is_inherited",
        "assigned_to_users",
        "granted_to_roles",
        "granted_roles",
        "owner",
        "comment",
    ])
    .with(&counts, &COUNT)
    .with(&["created_on"], &INSTANT);
    for name in ROLES.into_iter().filter(|name| filter.takes(name)).take(filter.limit()) {
        answer.named(vec![
            ("created_on", Value::Null),
            ("name", text(name)),
            ("is_default", letter(false)),
            ("is_current", letter(run.context.role.as_deref() == Some(name))),
            ("is_inherited", letter(false)),
            ("assigned_to_users", Value::integer(0)),
            ("granted_to_roles", Value::integer(0)),
            ("granted_roles", Value::integer(0)),
            ("owner", text("")),
            ("comment", text("")),
        ]);
    }
    Ok(answer)
}

pub(super) fn stages(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::of_text(&[
        "created_on",
        "name",
        "database_name",
        "schema_name",
        "url",
        "has_credentials",
        "has_encryption_key",
        "owner",
        "comment",
        "region",
        "type",
        "cloud",
        "notification_channel",
        "storage_integration",
        "endpoint",
        "owner_role_type",
        "directory_enabled",
    ])
    .with(&["created_on"], &INSTANT);
    let mut found = Vec::new();
    for (database, schema) in filter.schemas(run)? {
        for (name, stage) in &run.engine().catalog().schema(&database, &schema)?.stages {
            found.push((database.clone(), schema.clone(), name.clone(), std::sync::Arc::clone(stage)));
        }
        for (path, stage) in &run.session.state().stages {
            if path.database == database && path.schema == schema {
                found.push((
                    database.clone(),
                    schema.clone(),
                    path.name.clone(),
                    std::sync::Arc::clone(stage),
                ));
            }
        }
    }
    found.retain(|(_, _, name, _)| filter.takes(name));
    for (database, schema, name, stage) in found.into_iter().take(filter.limit()) {
        answer.named(vec![
            ("created_on", instant_value(stage.created)),
            ("name", text(&name)),
            ("database_name", text(&database)),
            ("schema_name", text(&schema)),
            ("url", text("")),
            ("has_credentials", letter(false)),
            ("has_encryption_key", letter(false)),
            ("owner", text(OWNER)),
            ("comment", text(&stage.comment)),
            ("type", text(if stage.kind == Kind::Temporary { "INTERNAL TEMPORARY" } else { "INTERNAL" })),
            ("owner_role_type", text("ROLE")),
            ("directory_enabled", letter(false)),
        ]);
    }
    Ok(answer)
}

pub(super) fn file_formats(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::of_text(&[
        "created_on",
        "name",
        "database_name",
        "schema_name",
        "type",
        "owner",
        "comment",
        "format_options",
        "owner_role_type",
    ])
    .with(&["created_on"], &INSTANT);
    let schemas = filter.schemas(run)?;
    let catalog = run.engine().catalog();
    for (database, schema) in schemas {
        let formats = &catalog.schema(&database, &schema)?.formats;
        for (name, format) in formats.iter().filter(|(name, _)| filter.takes(name)) {
            answer.named(vec![
                ("created_on", instant_value(format.created)),
                ("name", text(name)),
                ("database_name", text(&database)),
                ("schema_name", text(&schema)),
                ("type", text(&format.options.text("TYPE").unwrap_or("CSV").to_uppercase())),
                ("owner", text(OWNER)),
                ("comment", text(&format.comment)),
                ("format_options", text("")),
                ("owner_role_type", text("ROLE")),
            ]);
        }
    }
    Ok(answer)
}
