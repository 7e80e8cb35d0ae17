//! Databases and schemas.

use super::super::SqlError;
use super::super::access::Object;
use super::super::answer::{Answer, instant_value, letter, text};
use super::super::catalog::Kind;
use super::super::information_schema;
use super::super::run::Run;
use super::filter::{Filter, Scope};

const DATABASES: &str = "created_on: time, name, is_default, is_current, origin, owner, comment, options, \
                         retention_time, kind, budget, owner_role_type, object_visibility";
const SCHEMAS: &str = "created_on: time, name, is_default, is_current, database_name, owner, comment, options, \
                       retention_time, owner_role_type, classification_profile_database, \
                       classification_profile_schema, classification_profile, object_visibility";

pub(super) fn databases(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = filter.listing(DATABASES);
    let catalog = run.engine().catalog();
    let shown = |name: &str| filter.takes(name) && run.sees(&Object::database(name));
    for (name, database) in catalog.databases.iter().filter(|(name, _)| shown(name)).take(filter.limit()) {
        answer.named(vec![
            ("created_on", instant_value(database.created)),
            ("name", text(name)),
            ("is_default", letter(false)),
            ("is_current", letter(run.context.database.as_ref() == Some(name))),
            ("origin", text("")),
            ("owner", run.owner(&Object::database(name))),
            ("comment", text(&database.comment)),
            ("options", text(options(database.kind))),
            ("retention_time", text("1")),
            ("kind", text("STANDARD")),
            ("owner_role_type", text("ROLE")),
        ]);
    }
    Ok(answer)
}

fn options(kind: Kind) -> &'static str {
    if kind == Kind::Transient { "TRANSIENT" } else { "" }
}

pub(super) fn schemas(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = filter.listing(SCHEMAS);
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
    for (database, content) in catalog.databases.iter().filter(|(name, _)| {
        only.as_ref().is_none_or(|only| only == *name) && run.sees(&Object::database(name))
    }) {
        let own = content
            .schemas
            .iter()
            .map(|(name, schema)| (name.as_str(), schema.created, schema.comment.as_str(), schema.kind));
        let views = (information_schema::NAME, content.created, information_schema::COMMENT, Kind::Permanent);
        let own = own.filter(|(name, ..)| run.sees(&Object::schema(database, name)));
        let mut all: Vec<_> = own.chain([views]).filter(|(name, ..)| filter.takes(name)).collect();
        all.sort_by_key(|(name, ..)| *name);
        for (name, created, comment, kind) in all.into_iter().take(left) {
            left -= 1;
            let current = run.context.database.as_ref() == Some(database)
                && run.context.schema.as_deref() == Some(name);
            let is_own = name != information_schema::NAME;
            answer.named(vec![
                ("created_on", instant_value(created)),
                ("name", text(name)),
                ("is_default", letter(false)),
                ("is_current", letter(current)),
                ("database_name", text(database)),
                ("owner", if is_own { run.owner(&Object::schema(database, name)) } else { text("") }),
                ("comment", text(comment)),
                ("options", text(options(kind))),
                ("retention_time", text("1")),
                ("owner_role_type", text(if is_own { "ROLE" } else { "" })),
            ]);
        }
    }
    Ok(answer)
}
