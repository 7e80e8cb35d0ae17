//! Stages and file formats.

use std::sync::Arc;

use super::super::SqlError;
use super::super::answer::{Answer, instant_value, letter, text};
use super::super::catalog::{Kind, OWNER, ObjectPath};
use super::super::run::Run;
use super::filter::Filter;

const STAGES: &str = "created_on: time, name, database_name, schema_name, url, has_credentials, \
                      has_encryption_key, owner, comment, region, type, cloud, notification_channel, \
                      storage_integration, endpoint, owner_role_type, directory_enabled";
const FILE_FORMATS: &str = "created_on: time, name, database_name, schema_name, type, owner, comment, \
                            format_options, owner_role_type";

pub(super) fn stages(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = filter.listing(STAGES);
    let mut found = Vec::new();
    for (database, schema) in filter.schemas(run)? {
        if let Ok(content) = run.engine().catalog().schema(&database, &schema) {
            found.extend(content.stages.iter().map(|(name, stage)| {
                let path =
                    ObjectPath { database: database.clone(), schema: schema.clone(), name: name.clone() };
                (path, Arc::clone(stage))
            }));
        }
        let state = run.session.state();
        let own = state.stages.iter().filter(|(path, _)| path.database == database && path.schema == schema);
        found.extend(own.map(|(path, stage)| (path.clone(), Arc::clone(stage))));
    }
    found.retain(|(path, _)| filter.takes(&path.name));
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (path, stage) in found.into_iter().take(filter.limit()) {
        answer.named(vec![
            ("created_on", instant_value(stage.created)),
            ("name", text(&path.name)),
            ("database_name", text(&path.database)),
            ("schema_name", text(&path.schema)),
            ("url", text("")),
            ("has_credentials", letter(false)),
            ("has_encryption_key", letter(false)),
            ("owner", text(OWNER)),
            ("comment", text(&stage.comment)),
            ("type", text(if stage.kind == Kind::Temporary { "INTERNAL TEMPORARY" } else { "INTERNAL" })),
            ("owner_role_type", text("ROLE")),
            ("directory_enabled", letter(stage.directory)),
        ]);
    }
    Ok(answer)
}

pub(super) fn file_formats(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = filter.listing(FILE_FORMATS);
    let schemas = filter.schemas(run)?;
    let catalog = run.engine().catalog();
    let mut left = filter.limit();
    for (database, schema) in schemas {
        let Ok(content) = catalog.schema(&database, &schema) else { continue };
        for (name, format) in content.formats.iter().filter(|(name, _)| filter.takes(name)).take(left) {
            left -= 1;
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
