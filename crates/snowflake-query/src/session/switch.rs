//! Bringing a session to the names that a statement asks for, with as few USE statements as possible.

use std::sync::Arc;

use snafu::ResultExt;
use snowflake_proto::Identifier;
use tokio::sync::RwLockReadGuard;

use super::core::Core;
use super::wanted::Names;
use crate::error::{ArgumentSnafu, Error};
use crate::statement::run_internal;

/// Switches where names differ, and keeps others from switching while the guard lives.
pub(crate) async fn prepare<'a>(
    core: &'a Arc<Core>,
    wanted: &Names,
) -> Result<RwLockReadGuard<'a, ()>, Error> {
    let shared = core.switching.read().await;
    if core.state().names.distance(wanted) == 0 {
        return Ok(shared);
    }
    drop(shared);
    let exclusive = core.switching.write().await;
    switch(core, wanted).await?;
    Ok(exclusive.downgrade())
}

/// Role first, since it decides what the others may be. Each answer tells the names that are left, so that a
/// database that brings its schema along needs no second statement.
async fn switch(core: &Arc<Core>, wanted: &Names) -> Result<(), Error> {
    if let Some(role) = differing(core, wanted, |names| &names.role) {
        run_internal(core, format!("USE ROLE {}", quoted(&role)?)).await?;
    }
    if let Some(warehouse) = differing(core, wanted, |names| &names.warehouse) {
        run_internal(core, format!("USE WAREHOUSE {}", quoted(&warehouse)?)).await?;
    }
    let database = differing(core, wanted, |names| &names.database);
    match (database, &wanted.schema) {
        (Some(database), Some(schema)) => {
            run_internal(core, format!("USE SCHEMA {}.{}", quoted(&database)?, quoted(schema)?)).await?;
        }
        (Some(database), None) => {
            run_internal(core, format!("USE DATABASE {}", quoted(&database)?)).await?;
        }
        (None, _) => {
            if let Some(schema) = differing(core, wanted, |names| &names.schema) {
                run_internal(core, format!("USE SCHEMA {}", quoted(&schema)?)).await?;
            }
        }
    }
    Ok(())
}

fn differing(core: &Core, wanted: &Names, of: impl Fn(&Names) -> &Option<String>) -> Option<String> {
    let wanted = of(wanted).as_ref()?;
    (of(&core.state().names).as_ref() != Some(wanted)).then(|| wanted.clone())
}

fn quoted(name: &str) -> Result<String, Error> {
    let identifier =
        Identifier::new(name).context(ArgumentSnafu { message: "a name cannot be used in SQL" })?;
    Ok(identifier.to_string())
}
