//! Listing, suspending, resuming and resizing warehouses.

use snafu::IntoError;
use snowflake_proto::{Identifier, Literal, ServerCode};
use snowflake_query::Pool;

use super::{WarehouseSize, WarehouseState, WarehouseStatus};
use crate::account_usage::{role_of, spelled};
use crate::answer::read_all;
use crate::error::{NoWarehouseSnafu, Result, WarehouseRefusedSnafu};
use crate::names::identifier;

const SHOW: &str = "SHOW WAREHOUSES";
/// The code of an ALTER WAREHOUSE that finds the warehouse in the wanted state already.
const INVALID_STATE: &str = "090064";

/// The warehouses that the role sees: those on which it has any privilege.
///
/// The service answers this without a warehouse, so that none is woken.
///
/// # Errors
/// The kinds of a statement; [`Protocol`](crate::ErrorKind::Protocol) when the answer has no names or states.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement.
pub async fn list_warehouses(pool: &Pool) -> Result<Vec<WarehouseStatus>> {
    read_all(pool, SHOW, SHOW, WarehouseStatus::read).await
}

/// How one warehouse is doing. Its name is read as in SQL: `wh` and `WH` are the same, `"wh"` is another one.
///
/// The service answers this without a warehouse, so that none is woken.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) when there is no such warehouse, or none that the role may see;
/// [`Configuration`](crate::ErrorKind::Configuration) for a text that is no name; the kinds of a statement.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement.
pub async fn warehouse_status(pool: &Pool, name: &str) -> Result<WarehouseStatus> {
    let identifier = identifier(name)?;
    match find(pool, &identifier).await? {
        Some(status) => Ok(status),
        None => {
            let (name, role) = (spelled(identifier.name()), role_of(pool, &SHOW.into()).await);
            NoWarehouseSnafu { name, role }.fail()?
        }
    }
}

/// Suspends a warehouse: statements that run may end, and no further credits are used then. One that is suspended
/// already, or about to be, is no error.
///
/// # Errors
/// As [`resize_warehouse`], the privilege being `OPERATE`.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement, which may have been carried out.
pub async fn suspend_warehouse(pool: &Pool, name: &str) -> Result<()> {
    let identifier = identifier(name)?;
    let altered = alter(pool, &identifier, "SUSPEND", "suspended", "OPERATE").await;
    match altered {
        Err(error) if is_invalid_state(&error) => {
            let status = find(pool, &identifier).await?;
            if status.is_some_and(|status| status.state.is_suspended()) { Ok(()) } else { Err(error) }
        }
        altered => altered,
    }
}

/// Resumes a warehouse, which uses credits from then on, for at least a minute. One that runs is no error.
///
/// # Errors
/// As [`resize_warehouse`], the privilege being `OPERATE`.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement, which may have been carried out.
pub async fn resume_warehouse(pool: &Pool, name: &str) -> Result<()> {
    let identifier = identifier(name)?;
    let altered = alter(pool, &identifier, "RESUME IF SUSPENDED", "resumed", "OPERATE").await;
    match altered {
        Err(error) if is_invalid_state(&error) => {
            let state = find(pool, &identifier).await?.map(|status| status.state);
            let runs = |state: WarehouseState| state.is_running() || state == WarehouseState::Starting;
            if state.is_some_and(runs) { Ok(()) } else { Err(error) }
        }
        altered => altered,
    }
}

/// Changes the size of a warehouse. Statements that run keep the compute that they have; further ones get the new.
///
/// # Errors
/// [`Sql`](crate::ErrorKind::Sql) when the warehouse does not exist or the role may not do this, with a message that
/// names the warehouse and the missing privilege, here `MODIFY`; [`Configuration`](crate::ErrorKind::Configuration) for
/// a text that is no name; the other kinds of a statement.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement, which may have been carried out.
pub async fn resize_warehouse(pool: &Pool, name: &str, size: WarehouseSize) -> Result<()> {
    let change = format!("SET WAREHOUSE_SIZE = {}", Literal::text(size.as_str()));
    alter(pool, &identifier(name)?, &change, "resized", "MODIFY").await
}

async fn find(pool: &Pool, name: &Identifier) -> Result<Option<WarehouseStatus>> {
    let sql = format!("{SHOW} LIKE {}", Literal::like_exactly(name.name()));
    let found = read_all(pool, sql, SHOW, WarehouseStatus::read).await?;
    // The pattern ignores case.
    Ok(found.into_iter().find(|status| status.name == name.name()))
}

async fn alter(
    pool: &Pool,
    name: &Identifier,
    change: &str,
    verb: &'static str,
    privilege: &'static str,
) -> Result<()> {
    match pool.execute(format!("ALTER WAREHOUSE {name} {change}")).await {
        Ok(_) => Ok(()),
        Err(source) if source.code().is_some_and(is_refusal) => {
            let (name, role) = (spelled(name.name()), role_of(pool, &SHOW.into()).await);
            Err(WarehouseRefusedSnafu { name, verb, privilege, role }.into_error(source).into())
        }
        Err(source) => Err(source.into()),
    }
}

/// Whether the service says that the object is missing or that the role may not; it often does not tell which.
pub(super) fn is_refusal(code: &ServerCode) -> bool {
    matches!(code.as_str(), "002003" | "002043" | "003001" | "003540")
}

fn is_invalid_state(error: &crate::Error) -> bool {
    error.query().and_then(|error| error.code()).is_some_and(|code| code.as_str() == INVALID_STATE)
}
